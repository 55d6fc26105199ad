// Reads one HTTP response to its end: bytes, unpacked, within bounds.
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { inMiB, limits } from '../core/limits.ts';
import type { Reply } from '../core/ports.ts';
import { failure } from './failure.ts';

export type Received = {
  readonly status: number;
  /** The content type in lower case; '' when there is none. */
  readonly type: string;
  /** Seconds to wait before asking again, if the server said so. */
  readonly retryAfter?: number | undefined;
  /** When the answer was made by its maker's clock, milliseconds since the epoch, if it said so. */
  readonly date?: number | undefined;
  readonly body: Buffer;
};

const unpack = promisify(gunzip);

/**
 * Rejects when the connection breaks in the middle; too long or badly packed is a failure. With `maxBytes` the
 * rest is not read.
 */
export async function receive(
  response: IncomingMessage,
  maxBytes?: number,
): Promise<Reply<Received>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.answer) return tooLong();
    chunks.push(chunk);
    if (maxBytes !== undefined && size > maxBytes) break;
  }
  const packed = firstOf(Buffer.concat(chunks), maxBytes);
  const body = await bodyOf(packed, response.headers['content-encoding']);
  if (!body)
    return failure('unreadable', 'the answer is compressed in a way that cannot be undone');
  const wait = Number(response.headers['retry-after']);
  const date = Date.parse(response.headers.date ?? '');
  return {
    ok: true,
    value: {
      status: response.statusCode ?? 0,
      type: (response.headers['content-type'] ?? '').toLowerCase(),
      retryAfter: Number.isFinite(wait) ? wait : undefined,
      date: Number.isFinite(date) ? date : undefined,
      body,
    },
  };
}

/** Ends in the middle of a line when something was cut. */
function firstOf(body: Buffer, maxBytes: number | undefined): Buffer {
  if (maxBytes === undefined || body.length <= maxBytes) return body;
  const cut = body.subarray(0, maxBytes);
  return cut.at(-1) === 10 ? cut.subarray(0, -1) : cut;
}

async function bodyOf(packed: Buffer, encoding: string | undefined): Promise<Buffer | undefined> {
  if (encoding === undefined || encoding === 'identity') return packed;
  if (encoding !== 'gzip') return undefined;
  return unpack(packed, { maxOutputLength: limits.answer }).catch(() => undefined);
}

function tooLong(): Reply<never> {
  return failure('unreadable', `the answer is longer than ${inMiB(limits.answer)}`);
}
