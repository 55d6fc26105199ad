// `npm run accuracy [-- <runbook>[/<scenario>]] [--again]`: every row of the lab, both halves side by side, each result
// kept as soon as it is there. A second call goes on with the rows that have no result of this commit.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readResults, waiting } from './accuracy.ts';
import { instances, leavingNoLab, program } from './beside.ts';
import { tables, type Half, type Row } from './expected.ts';
import { root } from './meshdoc.ts';
import { chosenOf, groupsOf } from './turns.ts';
import { turnOf } from '../helpers/turn.ts';

const USAGE = 'usage: npm run accuracy [-- <runbook>[/<scenario>]] [--again]\n';
const HALVES = ['istio', 'linkerd'] as const;

/** What decides a result: meshdoc, and what the lab does to the mesh. */
const MEASURED = ['src', 'runbooks', 'bin', 'test/lab', ':!test/lab/accuracy-*', ':!*.md'];

/** The last commit that could have changed a result; with a `+` when the tree has changed since. */
function commitNow(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args, '--', ...MEASURED], { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain') !== '';
  return `${git('log', '-1', '--abbrev=7', '--format=%h')}${changed ? '+' : ''}`;
}

type Work = { readonly half: Half; readonly rows: readonly Row[] };

async function workOf(name: string, again: boolean, commit: string): Promise<readonly Work[]> {
  const all = await tables();
  const work: Work[] = [];
  for (const half of HALVES) {
    const { groups } = chosenOf(groupsOf(all, half), 1, turnOf(name));
    const rows = groups.flatMap((group) => group.rows);
    const left = again ? rows : waiting(rows, await readResults(half), commit);
    if (rows.length > 0) {
      process.stdout.write(`accuracy: ${half}: ${left.length} of ${rows.length} rows to run\n`);
      work.push({ half, rows: left });
    }
  }
  return work;
}

/** The halves side by side, each in a lab of its own; one after the other when one lab was chosen. */
async function run(work: readonly Work[], name: string, rest: readonly string[]): Promise<number> {
  const script = join(import.meta.dirname, 'accuracy-half.ts');
  const runHalf = ({ half }: Work, i: number): Promise<number> =>
    program(['--import', 'tsx', script, half, name, ...rest], {
      MESHDOC_BUNDLED: '1',
      MESHDOC_LAB_INSTANCE: instances[i % instances.length] ?? '',
    });
  const codes: number[] = [];
  if (instances.length > 1) codes.push(...(await Promise.all(work.map(runHalf))));
  else for (const one of work) codes.push(await runHalf(one, 0));
  return Math.max(0, ...codes);
}

async function main(words: readonly string[]): Promise<number> {
  const names = words.filter((word) => !word.startsWith('-'));
  const flags = words.filter((word) => word.startsWith('-'));
  const name = names[0] ?? 'all';
  const commit = commitNow();
  if (names.length > 1 || flags.some((flag) => flag !== '--again')) {
    process.stderr.write(USAGE);
    return 2;
  }
  const known = await workOf(name, flags.length > 0, commit);
  if (known.length === 0) {
    process.stderr.write(`accuracy: no row is called ${name}\n${USAGE}`);
    return 2;
  }
  const work = known.filter(({ rows }) => rows.length > 0);
  if (work.length === 0) return 0;
  return leavingNoLab(() => run(work, name, [commit, ...flags]));
}

process.exitCode = await main(process.argv.slice(2));
