// What of the lab one run takes. The rows are chosen before tests are declared: what is left out is announced, never
// skipped.
import { sliceOfEach } from '../helpers/share.ts';
import { inTurn, slicesOf, told, turnOf, type Turn } from '../helpers/turn.ts';
import { byFault, type Half, type Row, type Table } from './expected.ts';

export const turn = turnOf(process.env['MESHDOC_LAB']);

/** A fault and the rows that are asked while it lasts; `runbook` is the table that has it first. */
export type Group = {
  readonly fault: string;
  readonly runbook: string;
  readonly rows: readonly Row[];
};

export function groupsOf(all: readonly Table[], half: Half): readonly Group[] {
  return [...byFault(all, half)].map(([fault, rows]) => ({
    fault,
    rows,
    runbook: rows[0]?.table ?? '',
  }));
}

/** What no commit may break unseen: nothing is found where nothing is wrong, and what may not be read is said. */
export const isStanding = ({ fault = '', scenario, user }: Row): boolean =>
  fault === '' || user !== undefined || /\b(healthy|denied)\b/.test(scenario);

export type Chosen = { readonly groups: readonly Group[]; readonly says: string };

/** The groups with a standing row, and about `size` of the others, some of each runbook. */
export function chosenOf(all: readonly Group[], size: number, now: Turn, half = ''): Chosen {
  const what = `faults${half === '' ? '' : ` of ${half}`}`;
  const others = all.filter(({ rows }) => !rows.some(isStanding));
  const slices = slicesOf(others.length, size);
  const groups = now.runs === 'one' ? only(all, now) : mine(all, others, slices, now);
  return { groups, says: told(what, groups.length, all.length, slices, now) };
}

function mine(
  all: readonly Group[],
  others: readonly Group[],
  slices: number,
  now: Turn,
): readonly Group[] {
  if (now.runs !== 'slice') return all;
  const waiting = new Set(others);
  for (const group of sliceOfEach(others, slices, now.number)) waiting.delete(group);
  return all.filter((group) => !waiting.has(group));
}

function only(
  all: readonly Group[],
  { runbook, scenario }: { readonly runbook: string; readonly scenario?: string },
): readonly Group[] {
  const wanted = (row: Row): boolean =>
    row.table === runbook && (scenario === undefined || row.scenario === scenario);
  return all
    .map((group) => ({ ...group, rows: group.rows.filter(wanted) }))
    .filter(({ rows }) => rows.length > 0);
}

/** Says what runs, and how to run the rest. */
export function announce(says: string): void {
  const rest = turn.runs === 'slice' ? '; all: MESHDOC_LAB=all npm run test:lab' : '';
  process.stdout.write(`  lab: ${says}${rest}\n`);
}

/** What of a list has its turn, announced. */
export function taken<T>(what: string, all: readonly T[], size: number): readonly T[] {
  const some = inTurn(all, size, turn);
  announce(told(what, some.length, all.length, slicesOf(all.length, size), turn));
  return some;
}

/** The same of scenarios, which stay under the fault that they share. */
export function takenOf(
  what: string,
  all: Readonly<Record<string, readonly string[]>>,
  size: number,
): readonly (readonly [string, readonly string[]])[] {
  const pairs = Object.entries(all).flatMap(([fault, some]) =>
    some.map((scenario) => ({ fault, scenario })),
  );
  const mine = taken(what, pairs, size);
  const under = (fault: string): readonly string[] =>
    mine.filter((pair) => pair.fault === fault).map(({ scenario }) => scenario);
  return Object.keys(all)
    .map((fault) => [fault, under(fault)] as const)
    .filter(([, some]) => some.length > 0);
}
