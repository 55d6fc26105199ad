// One runbook made of every other's detector: what it asks, what it says, where it sends its reader.
import { expect, test } from 'vitest';
import { known } from './seen.ts';
import { input } from '../../src/core/input.ts';
import { clear, detector, recogniser, type Sign } from '../../src/core/runbook.ts';
import { defineRunbook } from '../engine/chain.ts';
import { triageOf } from '../../src/core/triage.ts';
import { about, echo, ports } from '../engine/toy.ts';
import { diagnose } from '../../src/engine/diagnose.ts';

function runbook(id: string, sign: Sign | undefined, mesh?: string) {
  return defineRunbook({
    id,
    ...(mesh === undefined ? {} : { mesh }),
    title: `Title of ${id}`,
    symptom: 'none',
    input: { pod: input.pod('the pod') },
    findings: {},
    detect: detector({
      asks: 'Is there a sign?',
      rulesOut: `what ${id} finds`,
      uses: [echo],
      gather: (look) => look(echo, { word: id }),
      judge: () => sign,
    }),
  });
}

const without = defineRunbook({
  id: 'plain',
  title: 'No detector',
  symptom: 'none',
  input: { pod: input.pod('the pod') },
  findings: {},
});

/** A pod is in the mesh `red`, or nobody knows. */
const recognise = (meshes: readonly string[] | undefined) =>
  recogniser({
    asks: 'Which mesh is it in?',
    findings: {},
    uses: [echo],
    gather: (look) => look(echo, { word: 'mesh' }),
    meshes: () => meshes,
    judge: () => clear('It is in one.'),
  });

type Signs = readonly (readonly [id: string, says: string | undefined, mesh?: string])[];

async function ask(signs: Signs, meshes?: readonly string[]) {
  const all = signs.map(([id, says, mesh]) =>
    runbook(id, says === undefined ? undefined : { says, from: [known(id)] }, mesh),
  );
  const triage = triageOf([...all, without], recognise(meshes));
  const header = { target: 'shop/web', input: {}, about: about() };
  const pod = { namespace: 'shop', name: 'web' };
  const signal = new AbortController().signal;
  return diagnose(triage, { pod, root: 'istio-system' }, header, { ports, signal });
}

test('a sign is a symptom, and its runbook goes on from there', async () => {
  const done = await ask([
    ['oom', 'app was killed.'],
    ['stale', undefined],
  ]);
  expect(done.verdict).toBe('inconclusive');
  expect(done.findings).toMatchObject([
    { code: 'triage/oom', says: 'app was killed.', follow: { runbook: 'oom', target: 'shop/web' } },
  ]);
  expect(done.steps.map((step) => [step.id, step.outcome.is, step.rulesOut])).toEqual([
    ['mesh', 'clear', undefined],
    ['oom', 'found', 'what oom finds'],
    ['stale', 'clear', 'what stale finds'],
  ]);
});

test('without a sign nothing is found, and everything that was looked for is ruled out', async () => {
  const done = await ask([
    ['oom', undefined],
    ['stale', undefined],
  ]);
  expect([done.verdict, done.findings]).toEqual(['healthy', []]);
});

test('only runbooks of its mesh, and those of any, are asked about a pod', async () => {
  const signs: Signs = [
    ['any', undefined],
    ['ours', 'is red.', 'red'],
    ['theirs', 'is blue.', 'blue'],
  ];
  const outcomes = async (meshes?: readonly string[]) =>
    (await ask(signs, meshes)).steps.map((step) => step.outcome.is);
  expect(await outcomes(['red'])).toEqual(['clear', 'clear', 'found', 'skipped']);
  expect(await outcomes(undefined)).toEqual(['clear', 'clear', 'found', 'found']);
});
