// A server, or what stands before it, that breaks the rules of websockets, of HTTP or of TLS: a gap each time. An error that
// nobody catches fails the run of these tests. Frames of wrong channels are in hostile-frames.test.ts.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  kubeconfigText,
  scratch,
  type FakeOptions,
  type Play,
} from '../helpers/fake-apiserver/index.ts';
import { ask, later, liveOptions, opened, openTo, startFake } from './open.ts';

const where = { namespace: 'shop', name: 'web' };
const questions = {
  http: { ask: 'http', pod: where, port: 15000, path: '/stats' },
  tls: { ask: 'tls', pod: where, port: 15000, serverName: 'x' },
  exec: { ask: 'exec', pod: where, container: 'app', argv: ['pilot-agent'] },
} as const;
const label = Buffer.from([15000 & 255, 15000 >> 8]);
const on = (channel: number, data: Buffer | string = ''): Buffer =>
  Buffer.concat([Buffer.of(channel), Buffer.from(data)]);

const sends =
  (...messages: readonly (Buffer | string)[]): Play['play'] =>
  (socket) => {
    for (const message of messages) socket.send(message);
  };
/** Bytes that ws would not send. */
const raw =
  (...bytes: readonly number[]): Play['play'] =>
  (socket) => {
    const { _socket } = socket as unknown as { readonly _socket: Socket };
    _socket.write(Buffer.from(bytes));
  };

const faults: readonly (readonly [string, Play['play']])[] = [
  ['text that is not UTF-8', raw(0x81, 2, 0xc3, 0x28)],
  ['a reserved opcode', raw(0x83, 0)],
  ['a masked frame', raw(0x82, 0x81, 1, 2, 3, 4, 5)],
  ['a compressed frame', raw(0xc2, 1, 0)],
  ['a continuation of nothing', raw(0x80, 0)],
  ['a close of one byte', raw(0x88, 1, 3)],
  ['a close with a code there is not', raw(0x88, 2, 0, 1)],
  ['a ping that is too long', raw(0x89, 126, 1, 0)],
  ['a frame of 2^63 bytes', raw(0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
  ['a frame of 200 MB', raw(0x82, 127, 0, 0, 0, 0, 12, 0, 0, 0)],
  [
    'the end at once',
    (socket) => {
      socket.terminate();
    },
  ],
  [
    'a frame after the close',
    (socket) => {
      const { _socket } = socket as unknown as { readonly _socket: Socket };
      _socket.write(Buffer.from([0x88, 0, 0x82, 0]));
    },
  ],
];

async function reply(kind: keyof typeof questions, play: Play['play'], timeout = 1500) {
  const options: FakeOptions = {
    ports: { 'shop/web:15000': { play } },
    exec: () => ({ play }),
  };
  const connection = await openTo(await startFake(options), { requestTimeoutMs: timeout });
  return ask(connection, questions[kind]);
}

describe.each(['http', 'tls', 'exec'] as const)('%s: a gap for', (kind) => {
  test.each(faults)('%s', async (_, frames) => {
    const got = await reply(kind, frames);
    // That a port's other side ends a handshake is an answer to `tls`: it listens.
    if (kind === 'tls' && got.ok) expect(got.value).toEqual({ is: 'refused' });
    else expect(got).toMatchObject({ ok: false, why: expect.stringMatching(/^unre/) as string });
  });
});

describe('a port', () => {
  const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const answered = { ok: true, value: { is: 'answered', status: 200, body: 'ok' } };

  test('whose error channel never ends', async () => {
    const flood: Play['play'] = (socket) => {
      socket.send(on(1, label));
      const more = (): void => {
        if (socket.readyState === socket.OPEN)
          socket.send(on(1, Buffer.alloc(64 * 1024, 'e')), more);
      };
      more();
    };
    expect(await reply('http', flood)).toMatchObject({ ok: false, why: 'unreachable' });
  });
  test('with pings without end is silent, or broken off', async () => {
    const flood: Play['play'] = (socket) => {
      const timer = setInterval(() => {
        for (let n = 0; n < 500; n++) socket.ping(Buffer.alloc(100));
      }, 5);
      socket.once('close', () => {
        clearInterval(timer);
      });
    };
    const got = await reply('http', flood);
    if (got.ok) expect(got.value).toMatchObject({ is: 'silent' });
    else expect(got.why).toMatch(/^unre/);
  });

  test('that sends more after its answer has answered', async () => {
    const after: Play['play'] = (socket) => {
      sends(on(0, label), on(0, response))(socket);
      setTimeout(() => {
        sends(on(0, 'more'), Buffer.alloc(0), on(9))(socket);
      }, 50);
    };
    expect(await reply('http', after)).toEqual(answered);
  });

  test.each<[string, string]>([
    ['a header without end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}`],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok',
    ],
    ['a length of no number', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok'],
    [
      'a chunk too large to be',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n',
    ],
    [
      'chunks with long extensions',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(40_000)}`,
    ],
    [
      'trailers without end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'X: a\r\n'.repeat(50_000)}`,
    ],
    [
      'an upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nxx',
    ],
    ['bad gzip', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok'],
    [
      'an unknown packing',
      'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nok',
    ],
  ])('that answers with %s', async (_, text) => {
    const frames: Play['play'] = (socket) => {
      sends(on(0, label), on(0, Buffer.from(text, 'latin1')))(socket);
      setTimeout(() => {
        socket.close();
      }, 200);
    };
    expect(await reply('http', frames)).toMatchObject({ ok: false });
    expect(await reply('tls', frames)).toBeDefined();
  });

  test('that says 100 and 103 first', async () => {
    const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
    expect(await reply('http', sends(on(0, label), on(0, early.repeat(50) + response)))).toEqual(
      answered,
    );
  });
});

describe('a command', () => {
  const success = on(3, '{"status":"Success"}');
  test('whose output comes in one frame, byte by byte, is broken off', async () => {
    const size = 20_000;
    const bytewise: Play['play'] = (socket) => {
      const { _socket } = socket as unknown as { readonly _socket: Socket };
      const rest = (left: number): void => {
        if (left > 0)
          _socket.write(Buffer.of(1), () => {
            rest(left - 1);
          });
        else socket.send(success);
      };
      _socket.write(Buffer.of(0x82, 126, size >> 8, size & 255));
      rest(size);
    };
    expect(await reply('exec', bytewise, 20_000)).toMatchObject({
      ok: false,
      why: 'unreadable',
      detail: 'the websocket was broken off (WS_ERR_TOO_MANY_BUFFERED_PARTS)',
    });
  });
  test('whose streams are closed one by one', async () => {
    const got = await reply('exec', sends(on(1), on(1, 'out'), Buffer.of(255, 1), success));
    expect(got).toEqual({ ok: true, value: { exitCode: 0, stdout: 'out', stderr: '' } });
  });
  test.each<[string, Buffer]>([
    ['another object', on(3, '{"kind":"Pod"}')],
    ['brackets', on(3, '['.repeat(50_000))],
    ['64 MB', on(3, Buffer.alloc(64e6, ' '))],
  ])('that ends with %s', async (_, end) => {
    expect(await reply('exec', sends(end))).toMatchObject({ ok: false, why: 'unreadable' });
  });
});

/** Answers each connection with these bytes. */
async function answering(answer: (request: string, socket: Socket) => void): Promise<string> {
  const server = createTcp((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data: Buffer) => {
      answer(data.toString('latin1'), socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('instead of a websocket', () => {
  const accept = (request: string): string =>
    createHash('sha1')
      .update(
        `${/Sec-WebSocket-Key: (\S+)/i.exec(request)?.[1]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      )
      .digest('base64');
  const upgrade = (request: string, more: string): string =>
    `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept(request)}\r\n${more}\r\n`;
  test.each<[string, (request: string) => string]>([
    ['no HTTP', () => '\x00\x01garbage\r\n\r\n'],
    ['headers without end', () => `HTTP/1.1 101 x\r\n${'X: a\r\n'.repeat(50_000)}`],
    ['no subprotocol', (r) => upgrade(r, '')],
    ['another subprotocol', (r) => upgrade(r, 'Sec-WebSocket-Protocol: chat\r\n')],
    [
      'an older subprotocol',
      (r) => upgrade(r, 'Sec-WebSocket-Protocol: base64.channel.k8s.io\r\n'),
    ],
    [
      'an extension',
      (r) =>
        upgrade(r, 'Sec-WebSocket-Protocol: v4.channel.k8s.io\r\nSec-WebSocket-Extensions: x\r\n'),
    ],
    ['a wrong key', (r) => upgrade(r, '').replace(/Accept: \S+/, 'Accept: x')],
    ['another upgrade', () => 'HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'],
    ['200', () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    [
      'a redirect',
      () => 'HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
    ],
    ['403 cut short', () => 'HTTP/1.1 403 x\r\nContent-Length: 200\r\n\r\nok'],
    [
      '403 in bad gzip',
      () => 'HTTP/1.1 403 x\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok',
    ],
  ])('%s', async (_, text) => {
    const host = await answering((request, socket) => socket.end(text(request), 'latin1'));
    const kubeconfig = join(scratch(), 'config');
    writeFileSync(kubeconfig, kubeconfigText({ server: `http://${host}` }));
    const connection = await opened(liveOptions({ kubeconfig, requestTimeoutMs: 1500 }));
    for (const question of Object.values(questions))
      expect(await ask(connection, question)).toMatchObject({ ok: false });
  });
});

describe('instead of TLS', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9\r\n')],
    ['a TLS alert', (socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 40]))],
    ['a TLS record without end', (socket) => socket.end(Buffer.from([0x16, 3, 3, 0x40, 0, 2]))],
    ['nothing', (socket) => socket.destroy()],
  ])('%s', async (_, answer) => {
    const host = await answering((__, socket) => {
      answer(socket);
    });
    const kubeconfig = join(scratch(), 'config');
    writeFileSync(kubeconfig, kubeconfigText({ server: `https://${host}` }));
    const connection = await opened(liveOptions({ kubeconfig, requestTimeoutMs: 1500 }));
    for (const question of [
      ...Object.values(questions),
      { ask: 'server' },
      { ask: 'peer' },
    ] as const)
      expect(await ask(connection, question)).toMatchObject({ ok: false });
  });
});

describe('a proxy to the server', () => {
  test.each<[string, string]>([
    ['endless headers', `HTTP/1.1 200 OK\r\n${'X: a\r\n'.repeat(50_000)}`],
    ['no HTTP', 'no proxy here'],
    ['a body instead of a tunnel', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['1xx without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20_000)],
  ])('%s', async (_, text) => {
    const host = await answering((__, socket) => socket.end(text));
    const kubeconfig = join(scratch(), 'config');
    const cluster = { 'proxy-url': `http://${host}` };
    writeFileSync(kubeconfig, kubeconfigText({ server: 'https://192.0.2.1:6443', cluster }));
    const connection = await opened(liveOptions({ kubeconfig, requestTimeoutMs: 1500 }));
    for (const question of [questions.exec, questions.http, { ask: 'server' }] as const)
      expect(await ask(connection, question)).toMatchObject({ ok: false });
  });
});
