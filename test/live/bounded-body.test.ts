// A page of a busy proxy is read only as far as it was asked for.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { receive } from '../../src/live/response.ts';

const page = (...chunks: string[]): IncomingMessage =>
  Object.assign(Readable.from(chunks.map((text) => Buffer.from(text))), {
    headers: {},
    statusCode: 200,
  }) as unknown as IncomingMessage;

async function bodyOf(response: IncomingMessage, maxBytes?: number): Promise<string | undefined> {
  const got = await receive(response, maxBytes);
  return got.ok ? got.value.body.toString() : undefined;
}

test('what fits is whole', async () => {
  expect(await bodyOf(page('one\n', 'two\n'), 8)).toBe('one\ntwo\n');
  expect(await bodyOf(page('one\n', 'two\n'))).toBe('one\ntwo\n');
});

test('what does not fit ends in the middle of a line, and the rest is not read', async () => {
  const long = page('one\n', 'two\n', 'three\n', 'four\n', 'five\n');
  expect(await bodyOf(long, 6)).toBe('one\ntw');
  expect(long.destroyed).toBe(true);
  // A cut between two lines would look like the end.
  expect(await bodyOf(page('one\n', 'two\n', 'three\n'), 4)).toBe('one');
});

test('what comes byte by byte, or in pieces of many sizes, is whole', async () => {
  const bytes = Array.from({ length: 60_000 }, (_, i) => String(i % 10));
  expect(await bodyOf(page(...bytes))).toBe(bytes.join(''));
  const sizes = [1, 20_000, 0, 70_000, 3, 16_384, 16_383, 65_536, 65_535, 2];
  const pieces = sizes.map((size, i) => String(i).repeat(size));
  expect(await bodyOf(page(...pieces))).toBe(pieces.join(''));
});
