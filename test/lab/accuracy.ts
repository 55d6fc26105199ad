// What the lab's rows came to when each was last run: kept as they are run, and shown in the README.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Half, Row } from './expected.ts';

/** One row's last run. The fault's own seconds are those of all rows that were asked while it lasted. */
export type Result = {
  readonly table: string;
  readonly scenario: string;
  readonly found: string | null;
  readonly right: boolean;
  readonly seconds: {
    readonly break?: number;
    readonly meshdoc: number;
    readonly mend?: number;
  };
  readonly date: string;
  readonly commit: string;
};

type Named = Pick<Row, 'table' | 'scenario'>;

export const keyOf = ({ table, scenario }: Named): string => `${table}/${scenario}`;

export type Results = ReadonlyMap<string, Result>;

const fileOf = (half: Half, ending: string): string =>
  join(import.meta.dirname, `accuracy-${half}.${ending}`);

export async function readResults(half: Half): Promise<Results> {
  const text = await readFile(fileOf(half, 'json'), 'utf8').catch(() => '[]');
  return new Map((JSON.parse(text) as Result[]).map((one) => [keyOf(one), one]));
}

/** In the order of the rows, one a line; what has no row any more is dropped. */
export async function writeResults(
  half: Half,
  rows: readonly Row[],
  results: Results,
): Promise<void> {
  const kept = rows.flatMap((row) => results.get(keyOf(row)) ?? []);
  await put(fileOf(half, 'json'), `[\n${kept.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
  await put(fileOf(half, 'md'), pageOf(half, rows, results));
}

/** A run that is ended here leaves the whole file of before. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Rows whose last run says nothing of this commit; of a tree that has changed since it, every row. */
export function waiting(rows: readonly Row[], results: Results, commit: string): readonly Row[] {
  return rows.filter((row) => commit.endsWith('+') || results.get(keyOf(row))?.commit !== commit);
}

/** What was real in a run. */
const real: Readonly<Record<Half, string>> = {
  istio: 'on a real API server, istiod and Envoy',
  linkerd:
    "on a real API server and Prometheus, with fakes of Linkerd's control plane and proxies that serve what upstream's serve",
};

export function pageOf(half: Half, rows: readonly Row[], results: Results): string {
  const run = rows.flatMap((row) => results.get(keyOf(row)) ?? []);
  const right = run.filter((one) => one.right).length;
  const left = rows.length - run.length;
  const more = left === 0 ? '' : `, ${left} not run yet`;
  const summary = `${right} of ${run.length} runs right${more}, ${real[half]} (\`npm run accuracy\`).`;
  const lines = rows.map((row) => lineOf(row, results.get(keyOf(row))));
  return `${summary}\n\n${[...HEAD, ...lines].join('\n')}\n`;
}

const HEAD = [
  '| fault | case | runbook | first finding | | seconds | date | commit |',
  '|---|---|---|---|---|---|---|---|',
];

function lineOf(row: Row, one: Result | undefined): string {
  const typed = row.runbook ?? row.table;
  const asked = `| ${row.fault ?? 'none'} | ${row.scenario} | ${typed || '(none)'} |`;
  if (one === undefined) return `${asked} | not run yet | | | |`;
  const found = one.found === null ? 'none' : `\`${one.found}\``;
  const seconds = one.seconds.meshdoc.toFixed(1);
  return `${asked} ${found} | ${one.right ? 'right' : '**wrong**'} | ${seconds} | ${one.date} | ${one.commit} |`;
}
