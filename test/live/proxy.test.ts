// Proxies, by kubectl's rules.
import { createServer } from 'node:http';
import {
  connect as dial,
  createServer as createTcpServer,
  type AddressInfo,
  type Socket,
} from 'node:net';
import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../src/live/proxy.ts';
import { ask, cleanEnv, later, openTo, startFake } from './open.ts';

describe('which proxy', () => {
  const through = 'http://proxy.corp:3128';
  const via = (server: string, noProxy = '', more: NodeJS.ProcessEnv = {}) =>
    proxyFor(new URL(server), undefined, { HTTPS_PROXY: through, NO_PROXY: noProxy, ...more })
      ?.host;

  test('by scheme, lower case first, and without a scheme', () => {
    expect(via('https://k8s.corp:6443')).toBe('proxy.corp:3128');
    expect(via('http://k8s.corp:8001')).toBeUndefined();
    expect(via('http://k8s.corp:8001', '', { HTTP_PROXY: 'plain:1' })).toBe('plain:1');
    expect(via('https://k8s.corp', '', { https_proxy: 'lower:1' })).toBe('lower:1');
  });

  test('the cluster’s own proxy-url stands above the environment and NO_PROXY', () => {
    const own = proxyFor(new URL('https://k8s.corp'), 'socks5://own:1080', {
      HTTPS_PROXY: through,
      NO_PROXY: '*',
    });
    expect(own?.href).toBe('socks5://own:1080');
  });

  test.each([
    ['https://localhost:6443', ''],
    ['https://127.0.0.9:6443', ''],
    ['https://[::1]:6443', ''],
    ['https://k8s.corp', '*'],
    ['https://k8s.corp', 'corp'],
    ['https://k8s.corp', ' a, .corp'],
    ['https://k8s.corp', '*.corp'],
    ['https://k8s.corp', 'K8S.corp:443'],
    ['https://10.1.2.3:6443', '10.0.0.0/8'],
    ['https://10.1.2.3:6443', '10.1.2.3'],
    ['https://10.1.2.3:6443', '10.1.2.3:6443'],
    ['https://[fd00::7]', 'fd00::/8'],
  ])('none for %s with NO_PROXY=%s', (server, noProxy) => {
    expect(via(server, noProxy)).toBeUndefined();
  });

  test.each([
    ['https://k8s.corp', 'xcorp,s.corp'],
    ['https://corp', '.corp'],
    ['https://k8s.corp:6443', 'k8s.corp:443'],
    ['https://10.1.2.3', '10.2.0.0/16,3'],
    ['https://10.1.2.3', '10.0.0.0/99'],
  ])('one for %s with NO_PROXY=%s', (server, noProxy) => {
    expect(via(server, noProxy)).toBe('proxy.corp:3128');
  });
});

describe('through it', () => {
  /** A CONNECT proxy that takes every name for loopback. */
  async function startProxy(
    status = 200,
  ): Promise<{ url: string; connects: string[]; auth: unknown[] }> {
    const connects: string[] = [];
    const auth: unknown[] = [];
    const sockets = new Set<Socket>();
    const proxy = createServer();
    proxy.on('connect', (req, client: Socket) => {
      sockets.add(client);
      connects.push(req.url ?? '');
      auth.push(req.headers['proxy-authorization']);
      client.on('error', () => undefined);
      if (status === 0) return;
      if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      const target = dial(Number(req.url?.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      target.on('error', () => client.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    later(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });
    return {
      url: `http://user:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      connects,
      auth,
    };
  }

  const server = { ask: 'server' } as const;

  test('requests and websockets, over kept connections', async () => {
    const fake = await startFake({ exec: () => ({ stdout: 'hi' }) });
    const proxy = await startProxy();
    const parts = { server: `https://apiserver.test:${fake.port}` };
    const connection = await openTo(fake, { env: cleanEnv({ HTTPS_PROXY: proxy.url }) }, parts);
    for (let i = 0; i < 5; i++) expect(await ask(connection, server)).toMatchObject({ ok: true });
    expect(proxy.connects).toEqual([`apiserver.test:${fake.port}`]);
    expect(proxy.auth).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    const exec = {
      ask: 'exec',
      pod: { namespace: 'a', name: 'b' },
      container: 'c',
      argv: ['d'],
    } as const;
    expect(await ask(connection, exec)).toMatchObject({ ok: true, value: { stdout: 'hi' } });
  });

  test('SOCKS, which resolves the name itself', async () => {
    const fake = await startFake();
    const asked: string[] = [];
    const proxy = createTcpServer((client) => {
      playSocks(client, asked);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    later(() => void proxy.close());
    const parts = {
      server: `https://apiserver.test:${fake.port}`,
      cluster: { 'proxy-url': `socks5://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
    };
    const connection = await openTo(fake, {}, parts);
    for (let i = 0; i < 3; i++) expect(await ask(connection, server)).toMatchObject({ ok: true });
    expect(asked).toEqual(['apiserver.test']);
  });

  test('also the one of the kubeconfig, even to loopback', async () => {
    const fake = await startFake();
    const proxy = await startProxy();
    const connection = await openTo(fake, {}, { cluster: { 'proxy-url': proxy.url } });
    expect(await ask(connection, server)).toMatchObject({ ok: true });
    expect(proxy.connects).toHaveLength(1);
  });

  test('a proxy that refuses, is not there, or never answers', async () => {
    const fake = await startFake();
    const via = async (url: string) =>
      ask(await openTo(fake, { requestTimeoutMs: 300 }, { cluster: { 'proxy-url': url } }), server);
    expect(await via((await startProxy(407)).url)).toEqual({
      ok: false,
      why: 'unreachable',
      detail: 'the proxy answered HTTP 407 to CONNECT',
    });
    expect(await via('http://127.0.0.1:1')).toEqual({
      ok: false,
      why: 'unreachable',
      detail: 'the proxy 127.0.0.1:1 refused the connection',
    });
    expect(await via((await startProxy(0)).url)).toMatchObject({ ok: false, why: 'timed-out' });
    expect(await via('socks5://127.0.0.1:1')).toMatchObject({ ok: false, why: 'unreachable' });
  });
});

/** SOCKS5 without authentication (RFC 1928), for a name and a port; every name is loopback. */
function playSocks(client: Socket, asked: string[]): void {
  client.on('error', () => undefined);
  client.once('data', () => {
    client.write(Buffer.from([5, 0]));
    client.once('data', (request: Buffer) => {
      const length = request[4] ?? 0;
      asked.push(request.toString('latin1', 5, 5 + length));
      const target = dial(request.readUInt16BE(5 + length), '127.0.0.1', () => {
        client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        target.pipe(client).pipe(target);
      });
      target.on('error', () => client.destroy());
    });
  });
}
