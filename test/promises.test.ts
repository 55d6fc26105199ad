// The table of promises (README.md beside this): each names tests that exist, and figures that are still so.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { probes } from './guard/probes.ts';
import { attacks } from './helpers/growth.ts';
import { scenarios } from './helpers/scenarios.ts';

const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:what |-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const all = await scenarios();

describe('promises', () => {
  test('there are some', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  test.each(rows)('%s%s', (_, what, tests = '', figure) => {
    const files = [...tests.matchAll(/\]\(([\w/-]+\.test\.ts)\)/g)].map(([, file]) => file);
    expect(files.length, what).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(import.meta.dirname, file ?? '')))).toEqual([]);
    expect(figure).not.toBe('');
  });

  test.each([
    ['ways to write one', probes.length],
    ['recorded clusters', all.length],
    ['kinds of text', attacks.length],
  ])('the number of %s', (what, count) => {
    const said = [...page.matchAll(new RegExp(`(\\d+) ${what}`, 'g'))].map(([, n]) => Number(n));
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said)).toEqual(new Set([count]));
  });
});
