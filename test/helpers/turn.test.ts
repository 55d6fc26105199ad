// What a run of the lab leaves out comes round: no row of the lab is out for long, and some are never out.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, pageOf, waiting, type Result } from '../lab/accuracy.ts';
import { tables, type Half } from '../lab/expected.ts';
import { chosenOf, groupsOf, isStanding, type Group } from '../lab/turns.ts';
import { inTurn, slicesOf, told, turnOf, type Turn } from './turn.ts';

const all = await tables();
const HALVES: readonly Half[] = ['istio', 'linkerd'];
const SIZES = [1, 5, 12, 1000];

const numbered = (number: number): Turn => ({ runs: 'slice', number, because: 'a test' });
const chosen = (half: Half, size: number, now: Turn): readonly Group[] =>
  chosenOf(groupsOf(all, half), size, now).groups;
const keys = (groups: readonly Group[]): readonly string[] =>
  groups.flatMap(({ rows }) => rows.map(keyOf));

const rowsOf = (half: Half): readonly string[] => keys(groupsOf(all, half));

test('each row of the tables is on one half of the lab, and has a name of its own', () => {
  const rows = HALVES.flatMap(rowsOf);
  expect(rows.length).toBe(all.flatMap((table) => table.all).length);
  expect(new Set(rows).size).toBe(rows.length);
});

test.each(HALVES)('%s: every row is in some slice, and nothing is there twice', (half) => {
  for (const size of SIZES) {
    const others = groupsOf(all, half).filter(({ rows }) => !rows.some(isStanding)).length;
    const slices = slicesOf(others, size);
    const each = Array.from({ length: slices }, (_, i) => keys(chosen(half, size, numbered(i))));
    expect(new Set(each.flat())).toEqual(new Set(rowsOf(half)));
    for (const some of each) expect(new Set(some).size).toBe(some.length);
  }
});

test.each(HALVES)(
  '%s: commits that follow one another run every row, from whichever on',
  (half) => {
    const others = groupsOf(all, half).filter(({ rows }) => !rows.some(isStanding)).length;
    for (const first of [0, 1, 465, 4_294_967_290]) {
      const turns = Array.from({ length: slicesOf(others, 12) }, (_, i) => numbered(first + i));
      const ran = turns.flatMap((turn) => keys(chosen(half, 12, turn)));
      expect(new Set(ran)).toEqual(new Set(rowsOf(half)));
    }
  },
);

test.each(HALVES)('%s: what is healthy and what is denied is never left out', (half) => {
  const standing = groupsOf(all, half)
    .flatMap(({ rows }) => rows)
    .filter(isStanding)
    .map(keyOf);
  expect(standing.length).toBeGreaterThan(8);
  expect(standing.filter((key) => /denied-(exec|istio-system|port-forward)/.test(key))).not.toEqual(
    [],
  );
  for (let turn = 0; turn < 12; turn += 1) {
    expect(keys(chosen(half, 12, numbered(turn)))).toEqual(expect.arrayContaining(standing));
  }
});

test.each(HALVES)('%s: some faults of every runbook, and no more than fit', (half) => {
  const groups = groupsOf(all, half);
  const runbooks = new Set(groups.map(({ runbook }) => runbook));
  for (let turn = 0; turn < 12; turn += 1) {
    const mine = chosen(half, 12, numbered(turn));
    expect(new Set(mine.map(({ runbook }) => runbook))).toEqual(runbooks);
    const others = mine.filter(({ rows }) => !rows.some(isStanding));
    expect(others.length).toBeLessThanOrEqual(12 + runbooks.size);
  }
});

test('a longer list makes more slices, not longer ones, and all of it comes round', () => {
  const lists = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 30 }), fc.nat(), (list, size, first) => {
      const slices = slicesOf(list.length, size);
      const each = Array.from({ length: slices }, (_, i) =>
        inTurn(list, size, numbered(first + i)),
      );
      expect(new Set(each.flat())).toEqual(new Set(list));
      expect(each.flat().length).toBe(list.length);
      for (const some of each) {
        expect(some.length).toBeGreaterThan(0);
        expect(some.length).toBeLessThanOrEqual(size);
      }
    }),
  );
});

test('all of it, one runbook, one row, or one turn can be asked for', () => {
  expect(turnOf('all').runs).toBe('all');
  expect(turnOf('7')).toMatchObject({ runs: 'slice', number: 7 });
  for (const half of HALVES) {
    expect(keys(chosen(half, 12, turnOf('all')))).toEqual(rowsOf(half));
    const oom = keys(chosen(half, 12, turnOf('oom')));
    expect(oom).toEqual(rowsOf(half).filter((key) => key.startsWith('oom/')));
  }
  expect(keys(chosen('istio', 12, turnOf('rbac/deny-rule')))).toEqual(['rbac/deny-rule']);
  expect(chosen('istio', 12, turnOf('nonsense'))).toEqual([]);
});

test('what is left out is told', () => {
  expect(chosenOf(groupsOf(all, 'istio'), 12, numbered(13), 'istio').says).toMatch(
    /^\d+ of \d+ faults of istio: slice \d+ of \d+ \(turn 13\)$/,
  );
  expect(told('tests', 3, 7, 3, numbered(4))).toBe('3 of 7 tests: slice 2 of 3 (turn 4)');
  expect(told('tests', 7, 7, 3, turnOf('all'))).toBe('7 of 7 tests: all, because it was asked for');
});

test('a commit has one turn, and the next commit the next', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'meshdoc-turn-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: dir,
    }).toString();
  try {
    expect(turnOf(undefined, dir)).toMatchObject({ runs: 'all' });
    git('init', '-q');
    const turns = ['one', 'two', 'three'].map((message) => {
      git('commit', '-q', '--allow-empty', '-m', message);
      return turnOf('', dir);
    });
    expect(turns).toMatchObject([1, 2, 3].map((number) => ({ runs: 'slice', number })));
    expect(turnOf(undefined, dir)).toEqual(turns[2]);
    git('clone', '-q', '--depth', '1', `file://${dir}`, join(dir, 'shallow'));
    const hash = git('rev-parse', 'HEAD').slice(0, 8);
    const shallow = turnOf(undefined, join(dir, 'shallow'));
    expect(shallow).toMatchObject({ runs: 'slice', number: parseInt(hash, 16) });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a row is run again when its result is of another commit, and shown as it was until then', () => {
  const rows = groupsOf(all, 'linkerd').flatMap((group) => group.rows);
  const [first, second] = rows;
  if (!first || !second) throw new Error('no rows');
  const { table, scenario } = first;
  const seconds = { meshdoc: 0.5 };
  const of = { found: null, right: true, seconds, date: '2026-11-30', commit: 'abc1234' };
  const results = new Map<string, Result>([[keyOf(first), { table, scenario, ...of }]]);
  expect(waiting(rows, results, 'abc1234')).toEqual(rows.slice(1));
  expect(waiting(rows, results, 'def5678')).toEqual(rows);
  expect(waiting(rows, new Map([...results]), 'abc1234+')).toEqual(rows);
  const page = pageOf('linkerd', rows, results);
  expect(page).toContain(`1 of 1 runs right, ${rows.length - 1} not run yet`);
  expect(page).toContain('| right | 0.5 | 2026-11-30 | abc1234 |');
  expect(page.match(/not run yet \| \| \| \|/g)).toHaveLength(rows.length - 1);
});
