// `npx tsx test/lab/record.ts <runbook> [scenario...]`: produces each fault, diagnoses it with --save, and keeps
// the case under test/scenarios. Run after `npm run build`; read every expected.md afterwards.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { byFault, tables, type Row } from './expected.ts';
import { lab, type FaultContext, type Lab } from './lab.ts';
import { diagnose, root } from './meshdoc.ts';

const [runbook, ...wanted] = process.argv.slice(2);
const known = await tables();
const table = known.find((each) => each.runbook === runbook);
if (!table) {
  throw new Error(`name a runbook: ${known.map((each) => each.runbook).join(', ')}`);
}
const mesh = await lab();
let wrong = 0;
for (const [fault, all] of byFault([table])) {
  const some = all.filter((one) => wanted.length === 0 || wanted.includes(one.scenario));
  if (some.length === 0) continue;
  const context = fault === '' ? { target: 'deploy/web.shop' } : await mesh.breakIt(fault);
  for (const one of some) await record(mesh, one, context);
  if (fault !== '') await mesh.mend(fault);
}
process.stdout.write(`${wrong} wrong\n`);
process.exitCode = wrong === 0 ? 0 : 1;

async function record(mesh: Lab, one: Row, context: FaultContext): Promise<void> {
  const dir = join(root, 'test/scenarios', one.runbook || one.table, one.scenario);
  await rm(dir, { recursive: true, force: true });
  const ran = await diagnose(mesh, one, context, '--save', dir, '-o', 'json');
  const { diagnoses } = JSON.parse(ran.stdout || '{"diagnoses":[]}') as {
    diagnoses: { findings: { code: string; says: string }[] }[];
  };
  const codes = diagnoses.flatMap((d) => d.findings.map((f) => f.code));
  const right = ran.code === one.exit && (codes[0] ?? null) === one.first;
  if (!right) wrong += 1;
  process.stdout.write(
    `${right ? 'right' : 'WRONG'} ${one.scenario}: exit ${ran.code}, ${codes.join(' ') || 'no finding'}, ${ran.ms} ms\n`,
  );
  if (!right)
    process.stdout.write(
      `${ran.stderr}${diagnoses.flatMap((d) => d.findings.map((f) => `  ${f.says}\n`)).join('')}`,
    );
  const file = join(dir, 'scenario.yaml');
  const saved = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const { asked, replies, ...head } = saved;
  const expect = { exit: one.exit, first: one.first };
  const about = {
    ...(one.demo ? { demo: one.demo } : {}),
    ...(one.example ? { example: true } : {}),
  };
  await writeFile(file, stringify({ ...head, expect, ...about, asked, replies }, { lineWidth: 0 }));
}
