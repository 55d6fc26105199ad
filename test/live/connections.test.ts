// Connections: how many, how long, and why there is none.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { makeCertificate, writeKubeconfig, type Fault } from '../helpers/fake-apiserver/index.ts';
import { ask, later, liveOptions, opened, openTo, pods, startFake } from './open.ts';

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
    setTimeout(() => {
      interrupt.abort(new Error('SIGINT'));
    }, 100);
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
