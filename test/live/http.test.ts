// What goes over the wire, and what is made of what comes back.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate, scratch, status, type Fault } from '../helpers/fake-apiserver/index.ts';
import { ask, later, liveOptions, opened, openTo, pod, pods, startFake } from './open.ts';
import { writeKubeconfig } from '../helpers/fake-apiserver/index.ts';

const server = { ask: 'server' } as const;
const list = { ask: 'list', resource: pods } as const;

describe('connections', () => {
  test('twenty questions one after another share one connection', async () => {
    const fake = await startFake();
    const connection = await openTo(fake);
    for (let i = 0; i < 20; i++) expect((await ask(connection, server)).ok).toBe(true);
    expect(fake.connections).toBe(1);
    expect(fake.requests).toHaveLength(20);
  });

  test('twenty at once use at most eight, and close leaves none', async () => {
    const fake = await startFake();
    const connection = await openTo(fake);
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask(connection, server)));
    expect(replies.every((reply) => reply.ok)).toBe(true);
    expect(fake.connections).toBeLessThanOrEqual(8);
    connection.close();
    await expect.poll(() => fake.open).toBe(0);
  });

  test('a kept connection that the server drops is replaced without a word', async () => {
    let drop = false;
    const fake = await startFake({ fault: () => (drop ? ((drop = false), 'reset') : undefined) });
    const connection = await openTo(fake);
    await ask(connection, server);
    drop = true;
    expect((await ask(connection, server)).ok).toBe(true);
  });

  test('close ends what is under way', async () => {
    const fake = await startFake({ fault: () => 'hang' });
    const connection = await openTo(fake);
    const reply = ask(connection, server);
    await expect.poll(() => fake.requests.length).toBe(1);
    connection.close();
    expect(await reply).toMatchObject({ ok: false, why: 'interrupted' });
    expect(await ask(connection, server)).toMatchObject({ ok: false, why: 'interrupted' });
  });
});

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

describe('deadlines', () => {
  test.each<Fault>(['hang', 'hang-mid-body'])('the request has its own: %s', async (fault) => {
    const fake = await startFake({ fault: () => fault });
    const connection = await openTo(fake, { requestTimeoutMs: 150 });
    expect(await ask(connection, list)).toMatchObject({ ok: false, why: 'timed-out' });
  });

  test.each<Fault>(['hang', 'hang-mid-body'])('and the caller: %s', async (fault) => {
    const fake = await startFake({ fault: () => fault });
    const connection = await openTo(fake, { requestTimeoutMs: 0 });
    expect(await ask(connection, list, AbortSignal.timeout(150))).toMatchObject({
      why: 'timed-out',
    });
    const interrupt = new AbortController();
    const reply = ask(connection, list, interrupt.signal);
    setTimeout(() => interrupt.abort(new Error('SIGINT')), 100);
    expect(await reply).toMatchObject({ ok: false, why: 'interrupted' });
    expect(await ask(connection, list, AbortSignal.abort())).toMatchObject({ why: 'interrupted' });
  });
});

test('a question that still waits for a free connection ends in time, too', async () => {
  const fake = await startFake({ fault: () => 'hang' });
  const connection = await openTo(fake, { requestTimeoutMs: 300 });
  const replies = await Promise.all(Array.from({ length: 20 }, () => ask(connection, server)));
  expect(replies.every((reply) => !reply.ok && reply.why === 'timed-out')).toBe(true);
});

describe('no connection', () => {
  const to = (address: string, cluster: object = {}) =>
    opened(
      liveOptions({ kubeconfig: writeKubeconfig({ server: address, cluster: { ...cluster } }) }),
    );

  test('refused', async () => {
    const reply = await ask(await to('https://127.0.0.1:1'), server);
    expect(reply).toEqual({
      ok: false,
      why: 'unreachable',
      detail: '127.0.0.1:1 refused the connection',
    });
  });

  test('no such name', async () => {
    const reply = await ask(await to('https://nowhere.invalid:6443'), server);
    expect(reply).toEqual({
      ok: false,
      why: 'unreachable',
      detail: 'DNS: no address for nowhere.invalid',
    });
  });

  test('a certificate nobody here signed', async () => {
    const fake = await startFake();
    const reply = await ask(await openTo(fake, {}, { ca: (await makeCertificate()).cert }), server);
    expect(reply).toMatchObject({
      why: 'unreachable',
      detail: expect.stringMatching(/^TLS: the server's certificate is/),
    });
    const insecure = await openTo(
      fake,
      { insecureSkipTlsVerify: true },
      { ca: (await makeCertificate()).cert },
    );
    expect(await ask(insecure, server)).toMatchObject({ ok: true });
  });

  test('a certificate for another name, unless the kubeconfig names it', async () => {
    const fake = await startFake();
    const other = { 'tls-server-name': 'other.test' };
    expect(await ask(await openTo(fake, {}, { cluster: other }), server)).toMatchObject({
      why: 'unreachable',
      detail: "TLS: the server's certificate is for another host name",
    });
    const named = { 'tls-server-name': 'apiserver.test' };
    expect(await ask(await openTo(fake, {}, { cluster: named }), server)).toMatchObject({
      ok: true,
    });
  });

  test('something that does not speak TLS', async () => {
    const plain = createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    later(() => void plain.close());
    const reply = await ask(
      await to(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`),
      server,
    );
    expect(reply).toMatchObject({
      why: 'unreachable',
      detail: expect.stringMatching(/^TLS: the handshake failed/),
    });
  });
});
