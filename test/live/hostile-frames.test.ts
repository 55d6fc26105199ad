// What a broken or hostile server may send on a websocket: each is a gap, and the process goes on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frames } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, startFake } from './open.ts';

const pod = { namespace: 'shop', name: 'web' };
const exec = { ask: 'exec', pod, container: 'istio-proxy', argv: ['pilot-agent'] } as const;
const port = 15_000;
const http = { ask: 'http', pod, port, path: '/stats' } as const;

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const label = [port & 255, port >> 8];
const opened = [bytes(0, ...label), bytes(1, ...label)];
const large = Buffer.alloc(9 * 1024 * 1024, 1);

const hostile: Readonly<Record<string, Frames>> = {
  'an empty frame': { frames: [bytes()] },
  'empty frames': { frames: [bytes(), bytes(), bytes(), bytes()] },
  'an empty text': { frames: [''] },
  text: { frames: ['hello', 'again'] },
  'a channel that there is not': { frames: [bytes(9, 1, 2, 3)] },
  'channel 255': { frames: [bytes(255)] },
  'a message of megabytes': { frames: [large] },
  'an abnormal close': { frames: [], close: { code: 1011, reason: 'x\u001b[2J' } },
  'a close behind an empty frame': { frames: [bytes()], close: { code: 1000, reason: '' } },
};

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeAll(() => {
  process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterAll(() => {
  process.off('uncaughtException', note).off('unhandledRejection', note);
  expect(uncaught).toEqual([]);
});

describe('exec', () => {
  const cases: Readonly<Record<string, Frames>> = {
    ...hostile,
    'a status that is no JSON': { frames: [bytes(3, 123)] },
    'a status that is a list': { frames: [Buffer.from('\u0003[]')] },
    'a status of nothing': { frames: [bytes(3)] },
    'output without end': { frames: Array.from({ length: 6 }, () => Buffer.alloc(7e6, 1)) },
  };
  test.each(Object.entries(cases))('%s is a gap', async (_, frames) => {
    const fake = await startFake({ exec: () => frames });
    const reply = await ask(await openTo(fake, { requestTimeoutMs: 1500 }), exec);
    expect(reply.ok).toBe(false);
    await expect.poll(() => fake.open).toBe(0);
  });

  test('a text frame behind the status does no harm', async () => {
    const frames = [Buffer.from('\u0001out'), Buffer.from('\u0003{"status":"Success"}'), ''];
    const fake = await startFake({ exec: () => ({ frames }) });
    expect(await ask(await openTo(fake), exec)).toEqual({
      ok: true,
      value: { exitCode: 0, stdout: 'out', stderr: '' },
    });
  });
});

describe('port-forward', () => {
  const cases: Readonly<Record<string, Frames>> = {
    ...hostile,
    'an empty frame once the port is open': { frames: [...opened, bytes()] },
    'the number of another port': { frames: [bytes(0, 1, 1), bytes(1, 1, 1)] },
    'garbage for HTTP': { frames: [...opened, bytes(0, 0, 1, 2, 3)] },
    'headers without end': {
      frames: [...opened, Buffer.from(`\0HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}`)],
    },
    'half a status line': { frames: [...opened, Buffer.from('\0HTTP/1.1 2')], close: ended() },
    'a chunk of a size that is none': {
      frames: [
        ...opened,
        Buffer.from('\0HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      ],
    },
    'a body cut short': {
      frames: [...opened, Buffer.from('\0HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')],
      close: ended(),
    },
  };
  test.each(Object.entries(cases))('%s is no answer', async (_, frames) => {
    const fake = await startFake({ ports: { [`shop/web:${port}`]: frames } });
    const reply = await ask(await openTo(fake, { requestTimeoutMs: 1500 }), http);
    expect(reply.ok && reply.value.is === 'answered').toBe(false);
    await expect.poll(() => fake.open).toBe(0);
  });

  test('the number of the port may come byte by byte', async () => {
    const body = Buffer.from('\0HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const pieces = [bytes(0, label[0] ?? 0), bytes(0, label[1] ?? 0), bytes(1, ...label), body];
    const fake = await startFake({ ports: { [`shop/web:${port}`]: { frames: pieces } } });
    expect(await ask(await openTo(fake), http)).toEqual({
      ok: true,
      value: { is: 'answered', status: 200, body: 'ok' },
    });
  });

  test('garbage for TLS is refused or unreadable', async () => {
    const frames = { frames: [...opened, bytes(0, 0x16, 3, 1, 0, 2, 9, 9)] };
    const fake = await startFake({ ports: { 'shop/web:8443': labelled(frames, 8443) } });
    const reply = await ask(await openTo(fake, { requestTimeoutMs: 1500 }), {
      ask: 'tls',
      pod,
      port: 8443,
      serverName: 'web',
    });
    expect(reply.ok && reply.value.is === 'answered').toBe(false);
  });

  function labelled({ frames }: Frames, number: number): Frames {
    const own = [number & 255, number >> 8];
    return { frames: [bytes(0, ...own), bytes(1, ...own), ...frames.slice(2)] };
  }
  function ended() {
    return { code: 1000, reason: '' };
  }
});
