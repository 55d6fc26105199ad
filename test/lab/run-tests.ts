// `npm run test:lab [-- <arguments of vitest>]`: the tests of the lab in two labs side by side; MESHDOC_LAB says which of
// them (README.md), and without it the commit does.
import { join } from 'node:path';
import { instances, leavingNoLab, program } from './beside.ts';
import { tables, type Half } from './expected.ts';
import { root } from './meshdoc.ts';
import { announce, chosenOf, groupsOf, turn } from './turns.ts';

const FILES: Readonly<Record<Half, string>> = {
  istio: 'test/lab/runbooks.test.ts',
  linkerd: 'test/lab/linkerd-runbooks.test.ts',
};

/** Of one runbook or row: the files that have its rows, and no others. */
async function filesOfOne(): Promise<readonly string[]> {
  const all = await tables();
  const halves = (['istio', 'linkerd'] as const).filter(
    (half) => chosenOf(groupsOf(all, half), 1, turn).groups.length > 0,
  );
  return halves.map((half) => FILES[half]);
}

/** More than twice what a slice takes; all of it may take as long as it needs. */
const SLICE_MS = 45 * 60_000;

async function main(words: readonly string[]): Promise<number> {
  const files = turn.runs === 'one' ? await filesOfOne() : [];
  if (turn.runs === 'one' && files.length === 0) {
    process.stderr.write(`lab: no row is called ${process.env['MESHDOC_LAB'] ?? ''}\n`);
    return 2;
  }
  if (turn.runs === 'slice') announce(`turn ${turn.number} (${turn.because})`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const workers = ['--maxWorkers', String(instances.length)];
  const how = ['--dir', 'test/lab', '--isolate', ...workers];
  const argv = [vitest, 'run', ...how, ...files, ...words];
  // A commit that is made meanwhile does not change the turn of what comes last.
  const fixed = turn.runs === 'slice' ? { MESHDOC_LAB: String(turn.number) } : {};
  const timer = setTimeout(() => {
    process.stderr.write('lab: not done after 45 minutes, which is far too long: ended\n');
    process.emit('SIGTERM');
  }, SLICE_MS);
  if (turn.runs !== 'slice') clearTimeout(timer);
  try {
    return await leavingNoLab(() => program(argv, { MESHDOC_BUNDLED: '1', ...fixed }));
  } finally {
    clearTimeout(timer);
  }
}

process.exitCode = await main(process.argv.slice(2));
