import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { sh } from './sh.ts';

export type LogPipe = { fd: number; write: (line: string) => void; close: () => void };

/**
 * A container's stdout. It must be a FIFO open to all: Envoy re-opens /dev/stdout for its access
 * log as its own user, which neither Node's socket pairs nor root's anonymous pipes allow.
 * Lines land in the file in CRI format, as a kubelet's `logs` endpoint expects them.
 */
export async function logPipe(file: string): Promise<LogPipe> {
  const fifo = `${file}.fifo`;
  await rm(fifo, { force: true });
  await sh(['mkfifo', '-m', '666', fifo]);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(fifo, constants.O_WRONLY);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  const write = (line: string): void =>
    appendFileSync(file, `${new Date().toISOString().slice(0, -1)}000000Z stdout F ${line}\n`);
  socket.on('error', () => undefined);
  createInterface({ input: socket }).on('line', write);
  appendFileSync(file, '');
  return { fd, write, close: () => closeSync(fd) };
}
