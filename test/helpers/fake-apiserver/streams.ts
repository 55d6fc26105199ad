// The websocket side of a fake API server: exec and port-forward, as the kubelet speaks them.
import { createServer, type RequestListener } from 'node:http';
import { Duplex } from 'node:stream';
import { TLSSocket, type TlsOptions } from 'node:tls';
import type WebSocket from 'ws';

/** What a command in a container does. `silent` never ends; `refused` never starts. */
export type FakeExec =
  | { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number }
  | 'silent'
  | { readonly refused: string }
  | Frames
  | Play;
/** Does what it likes with its end of the websocket. */
export type Play = { readonly play: (socket: WebSocket) => void };
/** Whatever is sent, message by message: text as text, bytes as bytes. */
export type Frames = {
  readonly frames: readonly (Buffer | string)[];
  /** How the server then closes, if it does. */
  readonly close?: { readonly code: number; readonly reason: string };
};
/** What is behind a port: an HTTP server, nothing, something stopped, something that hangs up or speaks gibberish. */
export type FakePort =
  | RequestListener
  | { readonly tls: TlsOptions }
  | Frames
  | Play
  | 'refused'
  | 'silent'
  | 'hangs-up'
  | 'gibberish';

export function playExec(socket: WebSocket, exec: FakeExec): void {
  if (exec === 'silent') return;
  if ('frames' in exec) return playFrames(socket, exec);
  if ('play' in exec) {
    exec.play(socket);
    return;
  }
  const send = (channel: number, text: string): void => {
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  };
  if ('refused' in exec) {
    send(
      3,
      JSON.stringify({
        status: 'Failure',
        reason: 'InternalError',
        message: exec.refused,
        code: 500,
      }),
    );
    return;
  }
  if (exec.stdout) send(1, exec.stdout);
  if (exec.stderr) send(2, exec.stderr);
  send(3, JSON.stringify(ending(exec.exitCode ?? 0)));
}

function playFrames(socket: WebSocket, { frames, close }: Frames): void {
  for (const frame of frames) socket.send(frame, { binary: typeof frame !== 'string' });
  if (close) socket.close(close.code, close.reason);
}

function ending(exitCode: number): object {
  if (exitCode === 0) return { status: 'Success' };
  const causes = [{ reason: 'ExitCode', message: String(exitCode) }];
  return { status: 'Failure', reason: 'NonZeroExitCode', message: 'exit', details: { causes } };
}

export function playPort(socket: WebSocket, number: number, port: FakePort): void {
  if (typeof port === 'object' && 'frames' in port) return playFrames(socket, port);
  if (typeof port === 'object' && 'play' in port) {
    port.play(socket);
    return;
  }
  const label = Buffer.from([number & 255, number >> 8]);
  const send: Send = (channel, data, sent) => {
    if (socket.readyState === socket.OPEN)
      socket.send(Buffer.concat([Buffer.from([channel]), data]), () => sent?.());
  };
  // Each channel starts with the number of the port (kubelet portforward/websocket.go).
  send(0, label);
  send(1, label);
  if (port === 'silent') return;
  if (port === 'hangs-up') {
    socket.close();
    return;
  }
  if (port === 'gibberish') {
    send(0, Buffer.from('\x15\x03\x01\x00\x02\x02\x16 not http\r\n'));
    return;
  }
  if (port === 'refused') {
    send(
      1,
      Buffer.from(
        `error forwarding port ${number}: dial tcp4 127.0.0.1:${number}: connect: connection refused`,
      ),
    );
    socket.close();
    return;
  }
  if ('tls' in port) {
    const stream = tunnel(socket, send);
    new TLSSocket(stream, { isServer: true, ...port.tls }).on('error', () => {
      stream.end();
    });
    return;
  }
  createServer(port).emit('connection', tunnel(socket, send));
}

type Send = (channel: number, data: Buffer, sent?: () => void) => void;

/** The port's bytes as a socket for Node's HTTP server. */
function tunnel(socket: WebSocket, send: Send): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      // As fast as it is read: an answer of 200 MB must not pile up here.
      send(0, chunk, done);
    },
    final: (done) => {
      socket.close();
      done();
    },
  });
  socket.on('message', (data: Buffer) => stream.push(data.subarray(1)));
  socket.on('close', () => stream.destroy());
  return stream;
}
