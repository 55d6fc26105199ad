// The `oidc` auth provider: its token is refreshed, kept, and asked for within bounds.
import { afterEach, expect, test, vi } from 'vitest';
import { ask, openTo, startFake } from './open.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

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

const issuer = 'https://login.example/';
const expired = {
  'id-token': jwt(now - 60),
  'refresh-token': 'first',
  'client-id': 'c',
  'idp-issuer-url': issuer,
};
const idToken = (exp: number): string =>
  ['{"alg":"RS256"}', JSON.stringify({ iss: issuer, aud: 'c', sub: 's', iat: now, exp }), 's']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

/** An identity provider in place of the network: what it answers to discovery and to a refresh. */
function stubProvider(answer: (refreshToken: string) => object): void {
  const metadata = { issuer, token_endpoint: `${issuer}token` };
  vi.stubGlobal('fetch', (url: string, { body }: { readonly body?: URLSearchParams }) => {
    const found = url.endsWith('/token') ? answer(body?.get('refresh_token') ?? '') : metadata;
    return Promise.resolve(Response.json(found));
  });
}

test('an expired token is refreshed, and the new one is sent', async () => {
  const fake = await startFake();
  const fresh = idToken(now + 600);
  stubProvider(() => ({ access_token: 'a', token_type: 'bearer', id_token: fresh }));
  const connection = await openTo(fake, {}, { user: user(expired) });
  expect(await ask(connection, { ask: 'server' })).toMatchObject({ ok: true });
  expect(fake.requests[0]?.headers.authorization).toBe(`Bearer ${fresh}`);
});

test('a refresh token is used again when the provider sends no other', async () => {
  const asked: string[] = [];
  stubProvider((refreshToken) => {
    asked.push(refreshToken);
    // Within the tolerance of clocks that differ, and still over.
    const id_token = idToken(asked.length === 1 ? now - 20 : now + 600);
    return { access_token: 'a', token_type: 'bearer', id_token };
  });
  const connection = await openTo(await startFake(), {}, { user: user(expired) });
  expect(await ask(connection, { ask: 'server' })).toMatchObject({ why: 'unauthenticated' });
  expect(await ask(connection, { ask: 'server' })).toMatchObject({ ok: true });
  expect(asked).toEqual(['first', 'first']);
});

test('an answer without end is not read', async () => {
  let sent = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    sent += 64 * 1024;
    if (sent > 20e6) controller.close();
    else controller.enqueue(new Uint8Array(64 * 1024));
  };
  const endless = new ReadableStream({ pull }, { highWaterMark: 0 });
  const headers = { 'Content-Type': 'application/json' };
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(endless, { headers })));
  const connection = await openTo(await startFake(), {}, { user: user(expired) });
  expect(await ask(connection, { ask: 'server' })).toMatchObject({ why: 'unauthenticated' });
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(2e6);
});

test('a request to a provider that never answers is stopped when the connection is closed', async () => {
  const stopped: unknown[] = [];
  const never = (_: string, { signal }: { readonly signal: AbortSignal }): Promise<never> =>
    new Promise((__, reject) => {
      signal.addEventListener('abort', () => {
        stopped.push(signal.reason);
        reject(new Error('stopped'));
      });
      connection.close();
    });
  vi.stubGlobal('fetch', never);
  const connection = await openTo(await startFake(), {}, { user: user(expired) });
  expect(await ask(connection, { ask: 'server' })).toMatchObject({ ok: false });
  expect(stopped).toEqual([new Error('the connection was closed')]);
});
