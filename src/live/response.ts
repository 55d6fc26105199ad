// Reads one HTTP response to its end: bytes, unpacked while they come, within bounds.
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { limits } from '../core/limits.ts';
import { failed, type Reply } from '../core/ports.ts';
import { Budget, tooLarge } from './budget.ts';
import { Bytes } from './bytes.ts';
import { cutShort } from './deadline.ts';

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

/** What an answer may take. */
export type Room = {
  /** Bytes, unpacked. */
  readonly limit: number;
  readonly budget: Budget;
  readonly signal: AbortSignal;
};

/** For an answer that is read beside no other. */
function alone(): Room {
  return { limit: limits.answer, budget: new Budget(), signal: new AbortController().signal };
}

/**
 * Rejects when the connection breaks in the middle; too large or badly packed is a failure. With `maxBytes` the
 * rest is not read. However it ends, the response has been read or its socket is destroyed.
 */
export async function receive(
  response: IncomingMessage,
  maxBytes?: number,
  room: Room = alone(),
): Promise<Reply<Received>> {
  const body = await bodyOf(response, maxBytes, room);
  if (!body.ok) return body;
  const wait = Number(response.headers['retry-after']);
  const date = Date.parse(response.headers.date ?? '');
  return {
    ok: true,
    value: {
      status: response.statusCode ?? 0,
      type: (response.headers['content-type'] ?? '').toLowerCase(),
      retryAfter: Number.isFinite(wait) ? wait : undefined,
      date: Number.isFinite(date) ? date : undefined,
      body: body.value,
    },
  };
}

async function bodyOf(
  response: IncomingMessage,
  maxBytes: number | undefined,
  room: Room,
): Promise<Reply<Buffer>> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  const packed = encoding === 'gzip';
  if (!packed && encoding !== 'identity') {
    response.destroy();
    return badlyPacked();
  }
  const length = packed ? NaN : Number(response.headers['content-length'] ?? NaN);
  if (maxBytes === undefined && length > room.limit) {
    response.destroy();
    return tooLarge(room.limit, length);
  }
  try {
    return await collect(packed ? unpacked(response) : response, length, maxBytes, room);
  } catch (error) {
    if (isBadlyPacked(error)) return badlyPacked();
    throw error;
  } finally {
    // What was read to its end leaves its connection to the next request.
    if (!response.complete) response.destroy();
  }
}

function unpacked(response: IncomingMessage): Readable {
  // The callback is told of an error that whoever iterates gets as well.
  return pipeline(response, createGunzip({ chunkSize: 64 * 1024 }), () => undefined);
}

async function collect(
  stream: Readable,
  length: number,
  maxBytes: number | undefined,
  { limit, budget, signal }: Room,
): Promise<Reply<Buffer>> {
  const most = Math.min(limit, maxBytes ?? limit, Number.isNaN(length) ? limit : length);
  const body = new Bytes();
  let reserved = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      body.push(chunk);
      if (body.size > limit && maxBytes === undefined) return tooLarge(limit);
      if (maxBytes !== undefined && body.size > maxBytes) break;
      if (reserved === 0 && body.size > limits.unreserved) {
        if (!(await budget.reserve(most, signal))) return cutShort(signal);
        reserved = most;
      }
    }
    return { ok: true, value: firstOf(body.take(), maxBytes) };
  } finally {
    budget.release(reserved);
  }
}

/** Ends in the middle of a line when something was cut. */
function firstOf(body: Buffer, maxBytes: number | undefined): Buffer {
  if (maxBytes === undefined || body.length <= maxBytes) return body;
  const cut = body.subarray(0, maxBytes);
  return cut.at(-1) === 10 ? cut.subarray(0, -1) : cut;
}

/** zlib's codes: https://nodejs.org/api/zlib.html#constants */
function isBadlyPacked(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^Z_[A-Z]+_ERROR$/.test(code);
}

function badlyPacked(): Reply<never> {
  return failed('unreadable', 'the answer is compressed in a way that cannot be undone');
}
