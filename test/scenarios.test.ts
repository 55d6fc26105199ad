// Every folder under test/scenarios is a test: its answers are replayed through the same path as
// `meshdoc diagnose --from`, and what is printed must be its expected.md. `-u` writes them, with
// `-t stale/frozen` that one only.
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cli } from './helpers/fake-io.ts';
import {
  firstCode,
  printed,
  run,
  scenarios,
  type Ran,
  type Scenario,
} from './helpers/scenarios.ts';
import { shareOfEach } from './helpers/share.ts';
import { root } from './helpers/sources.ts';
import { tables } from './lab/expected.ts';
import { brokenRows, rowsAt } from './report/screen.ts';

const all = await scenarios();
const lab = await tables();

/** A person who meant one case is told of the others. */
const rewritten: string[] = [];
afterAll(() => {
  if (rewritten.length > 0)
    process.stdout.write(`-u rewrote expected.md of ${rewritten.join(', ')}: read each of them\n`);
});

test('there are scenarios', () => {
  expect(all.length).toBeGreaterThan(10);
});

/** Rows at 80 columns and 24 rows. */
const rows: number[] = [];

describe.each(all)('$name', (scenario) => {
  test('says what it should', async () => {
    const ran = await run(scenario.name, scenario.saved);
    rows.push(await fitsItsScreen(ran));
    expect(ran.bugs).toEqual([]);
    expect(gapsInTheRecording(scenario, ran)).toEqual([]);
    expect(await notAsTheLabExpects(scenario, ran)).toEqual([]);
    expect(scenario.saved.file.expect, stateExpectation(scenario, ran)).toEqual({
      exit: ran.exit,
      first: firstCode(ran),
    });
    const ticket = await printed(ran);
    const path = join(scenario.dir, 'expected.md');
    const before = await readFile(path, 'utf8').catch(() => ticket);
    await expect(ticket).toMatchFileSnapshot(path);
    // Only with -u it comes this far.
    if (before !== ticket) rewritten.push(scenario.name);
  });
});

// At 3 a.m. nobody scrolls.
test('an ordinary diagnosis takes one screen of 24 rows', () => {
  const sorted = rows.toSorted((a, b) => a - b);
  expect(sorted.length).toBe(all.length);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(24);
});

// Reading a folder takes as long as all else; those of the neighbours are read by sweeps/order.test.ts.
test.each(
  shareOfEach(
    all.filter((_, i) => i % 2 === 0),
    6,
  ),
)('$name: the command line says the same', async (scenario) => {
  const ran = await run(scenario.name, scenario.saved);
  const { code, out, err } = await cli(['diagnose', '--from', scenario.dir, '-o', 'ticket']);
  expect(code).toBe(ran.exit);
  expect(ran.diagnosed.ok ? out : err).toBe(await printed(ran));
});

/** The longest takes 40 rows; no terminal breaks a word of it. */
async function fitsItsScreen(ran: Ran): Promise<number> {
  const at = (width: number, height: number) => printed(ran, 'text', { width, height });
  const [small, wide, narrow] = await Promise.all([at(80, 24), at(100, 40), at(40, 24)]);
  expect(rowsAt(small, 80), small).toBeLessThanOrEqual(40);
  expect(rowsAt(wide, 100), wide).toBeLessThanOrEqual(40);
  expect(brokenRows(small, 80)).toEqual([]);
  expect(brokenRows(narrow, 40)).toEqual([]);
  return rowsAt(small, 80);
}

/** The words that the lab's table wants of the first finding are those of the case that was recorded there. */
async function notAsTheLabExpects(
  { name, dir, saved }: Scenario,
  { diagnoses }: Ran,
): Promise<readonly string[]> {
  // Made by hand, it may be another incident of that name.
  const head = await readFile(join(dir, 'scenario.yaml'), 'utf8');
  if (saved.file.context !== 'lab' || /^# .*by hand/m.test(head)) return [];
  const rows = lab.flatMap(({ runbook, all: some }) =>
    some.filter(({ scenario }) => `${runbook}/${scenario}` === name),
  );
  const first = diagnoses.flatMap((d) => d.findings)[0];
  const told = [first?.says, first?.means, first?.reach, first?.since, first?.avoid].join(' ');
  return rows
    .flatMap(({ says = [] }) => says)
    .filter((pattern) => !pattern.test(told))
    .map((pattern) => `test/lab/expected wants ${String(pattern)} of "${told}"`);
}

/** What a person must add to, or take from, the folder. */
function gapsInTheRecording({ dir, saved }: Scenario, ran: Ran): readonly string[] {
  const here = relative(root, dir);
  const record = `record it: meshdoc diagnose ${saved.file.runbook} ${saved.file.input['target'] ?? ''} --save ${here}`;
  return [
    ...(judgedWithout(ran) ? [] : ran.missing).map(
      (q) =>
        `missing: a file in ${here}/answers that begins with "$ ${q}", or a line in replies of scenario.yaml; ${record}`,
    ),
    ...ran.unused.map((q) => `unused: nobody asks "${q}"; take it out of ${here}`),
  ];
}

/**
 * A step that stops the run cuts off questions that were still on their way, so a recording lacks them; they
 * matter to no step that was judged.
 */
function judgedWithout({ diagnoses }: Ran): boolean {
  const stopped = diagnoses.some((d) =>
    d.steps.some((s) => s.outcome.is === 'skipped' && s.outcome.because.startsWith('answered by')),
  );
  return stopped && diagnoses.every((d) => d.gaps.every((gap) => gap.why !== 'not-in-snapshot'));
}

function stateExpectation({ dir }: Scenario, ran: Ran): string {
  return `${relative(root, dir)}/scenario.yaml must say what it expects; it came to: expect: {exit: ${ran.exit}, first: ${String(firstCode(ran))}}`;
}
