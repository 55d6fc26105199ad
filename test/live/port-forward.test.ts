// The `http` question: a GET through a port-forward.
import { describe, expect, test } from 'vitest';
import { status, type FakePort } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, startFake } from './open.ts';

const http = {
  ask: 'http',
  pod: { namespace: 'istio-system', name: 'istiod-1' },
  port: 15014,
  path: '/debug/syncz?a=b',
} as const;
const behind = (port: FakePort) => ({ ports: { 'istio-system/istiod-1:15014': port } });

describe('answered', () => {
  test('status and body, with the request istiod and Envoy expect', async () => {
    const seen: unknown[] = [];
    const fake = await startFake(
      behind((req, res) => {
        seen.push(req.method, req.url, req.headers.host, req.headers.connection);
        res.writeHead(418).write('[1,');
        // Two writes without a length: chunked.
        res.end('2]');
      }),
    );
    const reply = await ask(await openTo(fake, { as: 'bob', asGroups: ['ops'] }), http);
    expect(reply).toEqual({ ok: true, value: { is: 'answered', status: 418, body: '[1,2]' } });
    expect(seen).toEqual(['GET', '/debug/syncz?a=b', 'localhost:15014', 'close']);
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({
      verb: 'GET',
      upgrade: true,
      path: '/api/v1/namespaces/istio-system/pods/istiod-1/portforward',
      headers: {
        'user-agent': 'meshdoc/0.0.0-test',
        'impersonate-user': 'bob',
        authorization: 'Bearer fake-token',
      },
    });
  });

  test('a body of megabytes', async () => {
    const body = 'x'.repeat(5_000_000);
    const fake = await startFake(behind((_, res) => void res.end(body)));
    const reply = await ask(await openTo(fake), http);
    expect(reply.ok && reply.value.is === 'answered' && reply.value.body.length).toBe(body.length);
  });

  test('many at once, and the sockets are closed afterwards', async () => {
    const fake = await startFake(behind((req, res) => void res.end(req.url)));
    const connection = await openTo(fake);
    const paths = Array.from({ length: 12 }, (_, i) => `/${i}`);
    const replies = await Promise.all(paths.map((path) => ask(connection, { ...http, path })));
    expect(replies.map((r) => r.ok && r.value.is === 'answered' && r.value.body)).toEqual(paths);
    await expect.poll(() => fake.open).toBe(0);
  });
});

describe('not answered', () => {
  test('nothing listens: closed', async () => {
    const fake = await startFake(behind('refused'));
    expect(await ask(await openTo(fake), http)).toEqual({ ok: true, value: { is: 'closed' } });
  });

  test('the process is stopped: silent, before the deadline of the question', async () => {
    const fake = await startFake(behind('silent'));
    const connection = await openTo(fake, { requestTimeoutMs: 200 });
    const reply = await ask(connection, http);
    expect(reply).toMatchObject({
      ok: true,
      value: { is: 'silent', waitedMs: expect.any(Number) },
    });
    expect(reply.ok && reply.value.is === 'silent' && reply.value.waitedMs).toBeGreaterThanOrEqual(
      190,
    );
  });

  test('silence that the caller cut off early says nothing', async () => {
    const fake = await startFake(behind('silent'));
    const connection = await openTo(fake);
    expect(await ask(connection, http, AbortSignal.timeout(250))).toMatchObject({
      ok: false,
      why: 'timed-out',
    });
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort();
    }, 100);
    expect(await ask(connection, http, stop.signal)).toMatchObject({
      ok: false,
      why: 'interrupted',
    });
  });

  test('silence up to the caller’s deadline is silence', async () => {
    const fake = await startFake(behind('silent'));
    const reply = await ask(await openTo(fake), http, AbortSignal.timeout(1500));
    expect(reply).toMatchObject({ ok: true, value: { is: 'silent' } });
  });

  test('an answer that stops in the middle is not silence', async () => {
    const fake = await startFake(behind((_, res) => void res.writeHead(200).write('x')));
    const connection = await openTo(fake, { requestTimeoutMs: 200 });
    expect(await ask(connection, http)).toMatchObject({ ok: false, why: 'timed-out' });
  });

  test.each<[FakePort, string]>([
    ['hangs-up', 'port 15014 closed the connection without an answer'],
    ['gibberish', 'port 15014 does not speak HTTP'],
  ])('%s', async (port, detail) => {
    const fake = await startFake(behind(port));
    expect(await ask(await openTo(fake), http)).toEqual({ ok: false, why: 'unreadable', detail });
  });
});

describe('no websocket', () => {
  test.each([
    [{ status: 401 }, 'unauthenticated', 'the server did not accept the credentials'],
    [{ status: 403 }, 'forbidden', 'may not create pods/portforward in istio-system'],
    [{ status: 404, json: status(404, 'NotFound', 'x') }, 'absent', 'no pod istio-system/istiod-1'],
    [
      { status: 400, json: status(400, 'BadRequest', 'no host') },
      'absent',
      'istio-system/istiod-1 is not running on a node',
    ],
    [
      { status: 400, text: 'Upgrade request required' },
      'unreachable',
      'something before the API server does not let websockets through',
    ],
    [{ status: 502 }, 'server-error', 'the server answered HTTP 502'],
    [
      { status: 200, text: '<html>' },
      'unreadable',
      'the server answered instead of opening a websocket',
    ],
    ['reset' as const, 'unreachable', expect.stringContaining('broke')],
  ])('%o', async (fault, why, detail) => {
    const fake = await startFake({ fault: () => fault });
    expect(await ask(await openTo(fake), http)).toEqual({ ok: false, why, detail });
  });

  test('an upgrade that never completes times out', async () => {
    const fake = await startFake({ fault: () => 'hang' });
    const connection = await openTo(fake, { requestTimeoutMs: 150 });
    expect(await ask(connection, http)).toMatchObject({ ok: false, why: 'timed-out' });
  });

  test('an aborted question opens nothing', async () => {
    const fake = await startFake();
    const connection = await openTo(fake);
    expect(await ask(connection, http, AbortSignal.abort())).toMatchObject({ why: 'interrupted' });
    expect(fake.requests).toEqual([]);
  });
});
