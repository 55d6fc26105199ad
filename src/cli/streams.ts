// Writing to standard output and standard error: all of it, or a reason why not.
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Node writes terminals and pipes whole. To a file it makes one call, and takes what a full disk left out for written
 * (`_write` of lib/internal/fs/sync_write_stream.js).
 */
export function writerOf(
  stream: NodeJS.WritableStream,
  fd: 1 | 2,
  onError: (error: NodeJS.ErrnoException) => void,
): (text: string) => void {
  stream.on('error', onError);
  const put =
    stream instanceof Socket
      ? (text: string) => void stream.write(text)
      : (text: string) => {
          writeAll(fd, Buffer.from(text));
        };
  return (text) => {
    try {
      put(text);
    } catch (error) {
      onError(error as NodeJS.ErrnoException);
    }
  };
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSome(fd, bytes.subarray(done));
}

/** How many of them. A device that another program made non-blocking is waited for. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    return 0;
  }
}
const waitMs = 10;

export function writeErrorSays({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return `no space left (${code})`;
  return code ?? message;
}
