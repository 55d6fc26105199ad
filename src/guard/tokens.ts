// Stands in for hidden values: the same value is the same `[hidden #3]` everywhere in one run, so that a
// reader can still see that two places hold the same thing. Only salted hashes are kept.
import { createHash, randomBytes } from 'node:crypto';

/** Every stand-in the guard writes; what looks like one is left alone, so that guarding twice is safe. */
export const MASK = String.raw`\[hidden(?: #\d{1,6}|, \d{1,9} bytes)?\]`;

const WHOLE_MASK = new RegExp(`^${MASK}$`);
const NUMBERED = /\[hidden #(\d{1,6})\]/g;
const SCHEME = /^(?:bearer|basic|token) +/i;

export type Tokens = {
  hide(value: string): string;
  /** Numbers an earlier run gave out in this text are not given out again. */
  reserve(text: string): void;
};

export function isMask(text: string): boolean {
  return text.startsWith('[hidden') && WHOLE_MASK.test(text);
}

/** For values whose size is worth knowing and whose equality is not: the data of a Secret. */
export function sized(value: string, base64 = false): string {
  if (isMask(value)) return value;
  return `[hidden, ${base64 ? Buffer.byteLength(value, 'base64') : Buffer.byteLength(value)} bytes]`;
}

export function createTokens(): Tokens {
  const salt = randomBytes(16);
  const numbers = new Map<string, number>();
  let last = 0;
  return {
    hide(value) {
      if (isMask(value)) return value;
      // A token is the same secret with and without the scheme before it.
      const bare = value.trim().replace(SCHEME, '');
      const hash = createHash('sha256').update(salt).update(bare).digest('base64');
      const number = numbers.get(hash) ?? ++last;
      numbers.set(hash, number);
      return `[hidden #${number}]`;
    },
    reserve(text) {
      if (!text.includes('[hidden #')) return;
      for (const [, number] of text.matchAll(NUMBERED)) last = Math.max(last, Number(number));
    },
  };
}
