import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cpuQuantity,
  memoryQuantity,
  memoryText,
  readQuantity,
} from '../../../src/model/kube/quantity.ts';

const mi = 2 ** 20;

describe('readQuantity', () => {
  // Forms of quantity_test.go in apimachinery.
  test.each([
    ['0', 0],
    ['2', 2],
    ['100m', 0.1],
    ['2000m', 2],
    ['1.5', 1.5],
    ['.5Gi', 2 ** 29],
    ['128Mi', 128 * mi],
    ['1Gi', 1024 * mi],
    ['1G', 1e9],
    ['64k', 64_000],
    ['64Ki', 65_536],
    ['1e3', 1000],
    ['12E-2', 0.12],
    ['1E', 1e18],
    ['123456789n', 0.123456789],
    ['107374182400m', 107_374_182.4],
  ])('%s', (text, value) => {
    expect(readQuantity(text)).toBeCloseTo(value, 6);
  });

  test.each(['', 'x', '1 Gi', '1gi', '1KI', '1ki', '--1', '1.2.3', '1e', 'Mi', undefined])(
    '%s is none',
    (text) => {
      expect(readQuantity(text)).toBeUndefined();
    },
  );
});

const bytes = fc.integer({ min: 1, max: 2 ** 45 });

test('a memory quantity is never less than what it stands for, and at most one Mi more', () => {
  fc.assert(
    fc.property(bytes, (n) => {
      const back = readQuantity(memoryQuantity(n)) ?? 0;
      expect(back).toBeGreaterThanOrEqual(n);
      expect(back - n).toBeLessThan(mi);
    }),
  );
});

test('a CPU quantity is never less than what it stands for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64_000 }), (millis) => {
      expect(readQuantity(cpuQuantity(millis / 1000))).toBeCloseTo(millis / 1000, 9);
    }),
  );
});

test('binary suffixes and exponents agree with arithmetic', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.constantFrom('Ki', 'Mi', 'Gi'), (n, suffix) => {
      const power = { Ki: 10, Mi: 20, Gi: 30 }[suffix];
      expect(readQuantity(`${n}${suffix}`)).toBe(n * 2 ** power);
    }),
  );
});

test('words for a sentence', () => {
  expect([memoryText(241 * mi), memoryText(1536 * mi), memoryText(1024 * mi)]).toEqual([
    '241Mi',
    '1.5Gi',
    '1Gi',
  ]);
});
