// One runbook made of every other's detector: what it asks, what it says, where it sends its reader.
import { expect, test } from 'vitest';
import { known } from './seen.ts';
import { input } from '../../src/core/input.ts';
import { defineRunbook, detector, type Sign } from '../../src/core/runbook.ts';
import { triageOf } from '../../src/core/triage.ts';
import { about, echo, ports } from '../engine/toy.ts';
import { diagnose } from '../../src/engine/diagnose.ts';

function runbook(id: string, sign: Sign | undefined) {
  return defineRunbook({
    id,
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

async function ask(...signs: readonly (readonly [string, string | undefined])[]) {
  const all = signs.map(([id, says]) =>
    runbook(id, says === undefined ? undefined : { says, from: [known(id)] }),
  );
  const triage = triageOf([...all, without]);
  const header = { target: 'shop/web', input: {}, about: about() };
  const pod = { namespace: 'shop', name: 'web' };
  const signal = new AbortController().signal;
  return diagnose(triage, { pod, root: 'istio-system' }, header, { ports, signal });
}

test('a sign is a symptom, and its runbook goes on from there', async () => {
  const done = await ask(['oom', 'app was killed.'], ['stale', undefined]);
  expect(done.verdict).toBe('inconclusive');
  expect(done.findings).toMatchObject([
    { code: 'triage/oom', says: 'app was killed.', follow: { runbook: 'oom', target: 'shop/web' } },
  ]);
  expect(done.steps.map((step) => [step.id, step.outcome.is, step.rulesOut])).toEqual([
    ['oom', 'found', 'what oom finds'],
    ['stale', 'clear', 'what stale finds'],
  ]);
});

test('without a sign nothing is found, and everything that was looked for is ruled out', async () => {
  const done = await ask(['oom', undefined], ['stale', undefined]);
  expect([done.verdict, done.findings]).toEqual(['healthy', []]);
});
