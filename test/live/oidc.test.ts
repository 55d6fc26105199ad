// The `oidc` auth provider; refreshing is client-node's, keeping the token is ours.
import { expect, test } from 'vitest';
import { ask, openTo, startFake } from './open.ts';

const jwt = (exp: number): string =>
  ['{"alg":"none"}', JSON.stringify({ exp }), 's']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const now = Math.floor(Date.now() / 1000);
const user = (config: object) => ({ 'auth-provider': { name: 'oidc', config } });

test('a token that is still good is sent as it is', async () => {
  const fake = await startFake();
  const token = jwt(now + 600);
  const connection = await openTo(fake, {}, { user: user({ 'id-token': token }) });
  expect(await ask(connection, { ask: 'server' })).toMatchObject({ ok: true });
  expect(fake.requests[0]?.headers.authorization).toBe(`Bearer ${token}`);
});

test('one that has expired and cannot be refreshed is not sent', async () => {
  const fake = await startFake();
  const refresh = {
    'refresh-token': 'r',
    'client-id': 'c',
    'idp-issuer-url': 'https://127.0.0.1:1/',
  };
  for (const config of [
    {},
    { 'id-token': jwt(now - 60) },
    { 'id-token': jwt(now - 60), ...refresh },
  ]) {
    const connection = await openTo(fake, {}, { user: user(config) });
    expect(await ask(connection, { ask: 'server' })).toMatchObject({
      ok: false,
      why: 'unauthenticated',
      detail: expect.stringMatching(/^OIDC: .*; log in again$/) as string,
    });
  }
  expect(fake.requests).toEqual([]);
});
