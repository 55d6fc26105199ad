// Patterns of others: what they fit, and which may be tried.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsGlob, isTame } from '../../src/core/glob.ts';

const few = (...letters: readonly string[]) =>
  fc.array(fc.constantFrom(...letters), { maxLength: 9 }).map((all) => all.join(''));

describe('fitsGlob', () => {
  it('fits what the regular expression fits', () => {
    fc.assert(
      fc.property(few('a', 'b', '*'), few('a', 'b'), (glob, text) => {
        const source = glob.replaceAll('*', '.*');
        expect(fitsGlob(glob, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer for many stars', () => {
    expect(fitsGlob('*a'.repeat(50) + 'b', 'a'.repeat(10_000))).toBe(false);
  });
});

describe('isTame', () => {
  it.each([
    '/users/[0-9]+',
    '/(users|orders)/.*',
    '/api/.*/items/.*',
    '(?:/v[12])?/a',
    '/(ab)*/c',
    '/a{2,5}',
    String.raw`/[+*(]\(\+\*/x`,
  ])('tries %s', (pattern) => {
    expect(isTame(pattern, 100)).toBe(true);
  });

  it.each(['(a+)+b', '(a|a)*b', '(.*)*', '((a?)b)+', '.*.*.*.*.*.*.*x', '(?:a*){9,}'])(
    'does not try %s',
    (pattern) => {
      expect(isTame(pattern, 100)).toBe(false);
    },
  );
});
