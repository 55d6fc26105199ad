// What an identity provider may do to whoever refreshes a token there.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { boundedFetch } from '../../src/live/bounded-fetch.ts';
import { later } from './open.ts';

async function provider(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
const open = new AbortController().signal;

test('an answer of its size is read', async () => {
  const url = await provider((_, res) => {
    res.writeHead(201, { 'Content-Encoding': 'gzip', 'X-A': 'b' }).end(gzipSync('{"a":1}'));
  });
  const got = await boundedFetch(open)(url, {});
  expect([got.status, got.headers.get('x-a'), await got.json()]).toEqual([201, 'b', { a: 1 }]);
});

test('one without end is not, packed or not', async () => {
  const endless = await provider((_, res) => {
    const more = (): void => {
      if (!res.destroyed) res.write(Buffer.alloc(1e5, 'x'), more);
    };
    more();
  });
  await expect(boundedFetch(open)(endless, {})).rejects.toThrow('too large');
  const bomb = gzipSync(Buffer.alloc(2e7));
  const packed = await provider((_, res) => {
    res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
  });
  await expect(boundedFetch(open)(packed, {})).rejects.toThrow('too large');
});

test('one that never comes is not waited for once the connection is closed', async () => {
  const closing = new AbortController();
  const silent = await provider(() => {
    closing.abort();
  });
  await expect(boundedFetch(closing.signal)(silent, {})).rejects.toThrow();
});

test('one that never ends is not waited for after its deadline', async () => {
  const slow = await provider((_, res) => {
    res.write('{');
    vi.advanceTimersByTime(10_000);
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  later(() => void vi.useRealTimers());
  await expect(boundedFetch(open)(slow, {})).rejects.toThrow('the deadline passed');
});
