// One half of `npm run accuracy`, in one lab: accuracy-run.ts starts it with the half, what to run, the commit, --again.
import { turnOf } from '../helpers/turn.ts';
import { keyOf, readResults, waiting, writeResults, type Result } from './accuracy.ts';
import { tables, type Half, type Row } from './expected.ts';
import { judged } from './judged.ts';
import type { FaultContext, Lab } from './lab.ts';
import { readyLab } from './meshdoc.ts';
import { chosenOf, groupsOf, type Group } from './turns.ts';

const [half, name, commit, again] = process.argv.slice(2) as [Half, string, string, string?];

const groups = groupsOf(await tables(), half);
const rows = groups.flatMap((group) => group.rows);
const results = new Map(await readResults(half));

const secondsSince = (began: number): number => Math.round((Date.now() - began) / 100) / 10;

/** Answers how many rows of the group were not right, or could not be run. */
async function runGroup(mesh: Lab, { fault, rows: some }: Group): Promise<number> {
  const made: Result[] = [];
  const began = Date.now();
  try {
    const context = fault === '' ? { target: 'deploy/web.shop' } : await mesh.breakIt(fault);
    const broken = secondsSince(began);
    process.stdout.write(`${fault || 'a healthy mesh'}: break ${broken} s\n`);
    for (const row of some) {
      made.push(await runRow(mesh, row, context, broken));
      await keep(made);
    }
  } catch (error) {
    process.stdout.write(`  NOT RUN ${fault}: ${String(error)}\n`);
  }
  if (fault !== '') await keep(await mended(mesh, fault, made));
  return some.length - made.filter(({ right }) => right).length;
}

async function keep(made: readonly Result[]): Promise<void> {
  for (const one of made) results.set(keyOf(one), one);
  await writeResults(half, rows, results);
}

async function mended(
  mesh: Lab,
  fault: string,
  made: readonly Result[],
): Promise<readonly Result[]> {
  const began = Date.now();
  await mesh.mend(fault);
  const mend = secondsSince(began);
  process.stdout.write(`  mend ${mend} s\n`);
  return made.map((one) => ({ ...one, seconds: { ...one.seconds, mend } }));
}

async function runRow(mesh: Lab, row: Row, context: FaultContext, broken: number): Promise<Result> {
  const { ran, found, right } = await judged(mesh, row, context);
  const meshdoc = Math.round(ran.ms / 100) / 10;
  const seconds = row.fault === undefined ? { meshdoc } : { break: broken, meshdoc };
  const date = new Date().toISOString().slice(0, 10);
  process.stdout.write(
    `  ${right ? 'right' : 'WRONG'} ${keyOf(row)}: ${found ?? 'none'}, ${meshdoc} s\n`,
  );
  return { table: row.table, scenario: row.scenario, found, right, seconds, date, commit };
}

/** Those of the groups' rows that are to be run. */
function todo(): readonly Group[] {
  const { groups: asked } = chosenOf(groups, 1, turnOf(name));
  const left = (some: readonly Row[]): readonly Row[] =>
    again === undefined ? waiting(some, results, commit) : some;
  return asked
    .map((group) => ({ ...group, rows: left(group.rows) }))
    .filter((group) => group.rows.length > 0);
}

const mesh = await readyLab();
let wrong = 0;
for (const group of todo()) wrong += await runGroup(mesh, group);
await mesh.mend();
process.stdout.write(
  `accuracy: ${half}: ${wrong} rows not right; \`npm run docs\` shows them in the README\n`,
);
process.exitCode = wrong === 0 ? 0 : 1;
