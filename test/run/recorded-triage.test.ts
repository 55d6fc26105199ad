// The run without a runbook over a saved case: what nobody asked when it was recorded is left out, named, and changes nothing.
import { expect, test } from 'vitest';
import { runbooksOf, triageOfOnly } from '../../src/core/triage.ts';
import { load, triageEntry } from '../../src/registry.ts';
import type { CaseFile } from '../../src/snapshot/case.ts';
import { codesOf, run, scenarios } from '../helpers/scenarios.ts';

const all = await scenarios();
const every = runbooksOf(await load(triageEntry));

async function replayed(name: string, file: Partial<CaseFile> = {}) {
  const saved = all.find((one) => one.name === name)?.saved;
  if (!saved) throw new Error(`there is no ${name}`);
  const { runbooks: _, ...known } = saved.file;
  const ran = await run(name, { ...saved, file: { ...known, runbook: 'triage', ...file } });
  return { ran, notes: ran.diagnosed.ok ? ran.diagnosed.notes : [] };
}

test('a case that names its runbooks runs those, and the note names the others', async () => {
  const { ran, notes } = await replayed('stale/healthy', { runbooks: ['stale'] });
  const ids = new Set(ran.diagnoses.flatMap((d) => d.steps.map(({ id }) => id.split('/')[0])));
  expect([...ids]).toEqual(['mesh', 'stale']);
  expect(notes).toEqual([expect.stringContaining('not asked when this was recorded: ')]);
  for (const id of every.filter((one) => one !== 'stale')) expect(notes[0]).toContain(id);
});

test('a case of one runbook is run by what it answers, without a gap', async () => {
  const { ran, notes } = await replayed('stale/healthy');
  expect([ran.exit, ran.diagnoses.flatMap((d) => d.gaps)]).toEqual([0, []]);
  expect(notes).toEqual([expect.stringMatching(/^not asked when this was recorded: .*rbac/)]);
  expect(notes[0]).not.toContain('stale');
});

test('what it found then is found again', async () => {
  const { ran } = await replayed('stale/rejected-envoyfilter');
  expect(codesOf(ran)).toEqual(['stale/push-rejected']);
  expect(ran.exit).toBe(3);
});

test('a case that answers no runbook whole is never healthy', async () => {
  const { ran, notes } = await replayed('stale/healthy', { asked: [] });
  expect([ran.exit, notes]).toEqual([4, []]);
});

test('what is complete answers every runbook', async () => {
  const { notes } = await replayed('triage/two-meshes', { complete: true });
  expect(notes).toEqual([]);
});

test('the next case that is saved names what was run', async () => {
  const { ran } = await replayed('stale/healthy', { runbooks: ['stale', 'oom'] });
  const head = ran.diagnosed.ok ? ran.diagnosed.head : undefined;
  expect(head?.runbooks?.toSorted()).toEqual(['oom', 'stale']);
});

test('a case of another runbook keeps no list', async () => {
  const saved = all.find((one) => one.name === 'oom/healthy')?.saved;
  const ran = saved && (await run('oom/healthy', saved));
  expect(ran?.diagnosed.ok && 'runbooks' in ran.diagnosed.head).toBe(false);
});

test('a part of nothing is nothing', async () => {
  const none = triageOfOnly(await load(triageEntry), [], 'with the mesh');
  expect(none.steps.map(({ id }) => id)).toEqual(['mesh']);
});
