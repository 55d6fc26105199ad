// What goes over the wire, and what is made of what comes back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate, scratch, status, type Fault } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, pod, pods, startFake } from './open.ts';

const server = { ask: 'server' } as const;
const list = { ask: 'list', resource: pods } as const;

describe('headers', () => {
  test('the user agent, the token and every impersonated group', async () => {
    const fake = await startFake();
    const connection = await openTo(fake, { as: 'jané', asUid: 'u-1', asGroups: ['ops', 'dev'] });
    await ask(connection, server);
    const sent = fake.requests[0];
    expect(sent?.verb).toBe('GET');
    expect(sent?.headers).toMatchObject({
      'user-agent': 'meshdoc/0.0.0-test',
      authorization: 'Bearer fake-token',
    });
    expect(Buffer.from(String(sent?.headers['impersonate-user']), 'latin1').toString()).toBe(
      'jané',
    );
    expect(sent?.distinct['impersonate-group']).toEqual(['ops', 'dev']);
    expect(sent?.headers['impersonate-uid']).toBe('u-1');
  });

  test('impersonation of the kubeconfig, with the flags over it', async () => {
    const fake = await startFake();
    const user = {
      token: 't',
      as: 'config',
      'as-groups': ['g'],
      'as-user-extra': { 'a/b': ['c'] },
    };
    await ask(await openTo(fake, {}, { user }), server);
    await ask(await openTo(fake, { as: 'flag' }, { user }), server);
    const [first, second] = fake.requests;
    expect(first?.headers).toMatchObject({
      'impersonate-user': 'config',
      'impersonate-group': 'g',
      'impersonate-extra-a%2fb': 'c',
    });
    expect(second?.headers).toMatchObject({ 'impersonate-user': 'flag', 'impersonate-group': 'g' });
  });

  test('basic authentication, and a token file that is read anew', async () => {
    const fake = await startFake();
    await ask(await openTo(fake, {}, { user: { username: 'u', password: 'p' } }), server);
    const tokenFile = join(scratch(), 'token');
    writeFileSync(tokenFile, 'one\n');
    const rotating = await openTo(fake, {}, { user: { tokenFile } });
    await ask(rotating, server);
    writeFileSync(tokenFile, 'two\n');
    await ask(rotating, server);
    expect(fake.requests.map((r) => r.headers.authorization)).toEqual([
      'Basic dTpw',
      'Bearer one',
      'Bearer two',
    ]);
  });

  test('a client certificate', async () => {
    const fake = await startFake({ clientCertificates: true });
    const { cert, key } = await makeCertificate('jane');
    const user = {
      'client-certificate-data': Buffer.from(cert).toString('base64'),
      'client-key-data': Buffer.from(key).toString('base64'),
    };
    expect((await ask(await openTo(fake, {}, { user }), server)).ok).toBe(true);
    expect(fake.clients).toEqual(['jane']);
  });

  test('the path under which a gateway serves the cluster', async () => {
    const fake = await startFake({ fault: () => ({ status: 200, json: { gitVersion: 'v1' } }) });
    const connection = await openTo(fake, {}, { server: `${fake.url}/k8s/clusters/c-1/` });
    expect(connection.server).toBe(`${fake.url}/k8s/clusters/c-1`);
    await ask(connection, server);
    expect(fake.requests[0]?.path).toBe('/k8s/clusters/c-1/version');
  });

  test('user information is kept out of the server name', async () => {
    const fake = await startFake();
    const connection = await openTo(fake, {}, { server: fake.url.replace('//', '//bob:hunter2@') });
    expect(connection.server).toBe(fake.url);
  });
});

describe('bodies', () => {
  test('large answers are asked for and read compressed', async () => {
    const objects = Array.from({ length: 400 }, (_, i) =>
      pod(`p-${i}`, 'shop', { filler: 'x'.repeat(400) }),
    );
    const fake = await startFake({ objects });
    const reply = await ask(await openTo(fake), list);
    expect(fake.requests[0]?.headers['accept-encoding']).toBe('gzip');
    expect(reply.ok && reply.value.items).toHaveLength(400);
  });

  test.each<[string, Fault, string]>([
    ['broken in the middle', 'reset-mid-body', 'unreachable'],
    [
      'a web page',
      { status: 200, text: '<html>login</html>', headers: { 'Content-Type': 'text/html' } },
      'unreadable',
    ],
    ['JSON of another kind', { status: 200, json: { hello: 1 } }, 'unreadable'],
    [
      'half of a JSON',
      { status: 200, text: '{"kind":', headers: { 'Content-Type': 'application/json' } },
      'unreadable',
    ],
    ['no gzip', { status: 200, text: 'x', headers: { 'Content-Encoding': 'gzip' } }, 'unreadable'],
    [
      'a redirect to a login',
      { status: 302, text: '', headers: { Location: 'https://sso/' } },
      'unreadable',
    ],
    [
      'a web page with 404',
      { status: 404, text: '<html>', headers: { 'Content-Type': 'text/html' } },
      'unreadable',
    ],
    [
      'a web page with 403',
      { status: 403, text: '<html>', headers: { 'Content-Type': 'text/html' } },
      'unreachable',
    ],
    ['500', { status: 500 }, 'server-error'],
    ['401', { status: 401 }, 'unauthenticated'],
    ['403', { status: 403 }, 'forbidden'],
    ['422', { status: 422 }, 'unreadable'],
  ])('%s', async (_, fault, why) => {
    const fake = await startFake({ fault: () => fault });
    const reply = await ask(await openTo(fake), list);
    expect(reply).toMatchObject({ ok: false, why });
    // The fake's error bodies say "secret words": no detail may be copied from them.
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  test('403 says what may not be done, by whom it was found', async () => {
    const answers = [
      status(403, 'Forbidden', 'pods is forbidden: User "jane" cannot list resource "pods"'),
      status(
        403,
        'Forbidden',
        'users "bob" is forbidden: User "jane" cannot impersonate resource "users"',
      ),
      status(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot list resource "pods"'),
    ];
    const fake = await startFake({ fault: () => ({ status: 403, json: answers.shift() }) });
    const connection = await openTo(fake);
    const inShop = { ...list, namespace: 'shop' };
    expect(await ask(connection, inShop)).toMatchObject({
      why: 'forbidden',
      detail: 'may not list pods in shop',
    });
    expect(await ask(connection, inShop)).toMatchObject({
      why: 'forbidden',
      detail: 'may not impersonate the user or group given',
    });
    expect(await ask(connection, inShop)).toMatchObject({ why: 'unauthenticated' });
  });
});

describe('retries', () => {
  const busy = (code: number, after: string): Fault => ({
    status: code,
    headers: { 'Retry-After': after },
  });

  test('429 and 503 with Retry-After are asked again', async () => {
    const faults: (Fault | undefined)[] = [busy(429, '0'), busy(503, '1'), undefined];
    const fake = await startFake({ fault: () => faults.shift() });
    expect(await ask(await openTo(fake), server)).toMatchObject({ ok: true });
    expect(fake.requests).toHaveLength(3);
  });

  test('three times at most', async () => {
    const fake = await startFake({ fault: () => busy(429, '0') });
    expect(await ask(await openTo(fake), server)).toMatchObject({ ok: false, why: 'server-error' });
    expect(fake.requests).toHaveLength(3);
  });

  test('not when the wait is longer than the deadline, and not without being told to wait', async () => {
    const faults = [busy(429, '3600'), { status: 500 }];
    const fake = await startFake({ fault: () => faults.shift() });
    const connection = await openTo(fake);
    expect(await ask(connection, server)).toMatchObject({ ok: false, why: 'server-error' });
    expect(await ask(connection, server)).toMatchObject({ ok: false, why: 'server-error' });
    expect(fake.requests).toHaveLength(2);
  });
});
