// One runbook made of all others: what it asks, what it says, and in which order.
import { expect, test } from 'vitest';
import { known } from './seen.ts';
import { cause, symptom, tells, type Follow } from '../../src/core/finding.ts';
import { input } from '../../src/core/input.ts';
import { check, runbookOf } from '../../src/core/check.ts';
import { clear, recogniser, stop } from '../../src/core/runbook.ts';
import { runbooksOf, triageOf, triageOfOnly } from '../../src/core/triage.ts';
import { about, echo, ports } from '../engine/toy.ts';
import { diagnose } from '../../src/engine/diagnose.ts';

type Says = {
  readonly mesh?: string;
  readonly says?: string;
  readonly role?: 'cause' | 'symptom';
  readonly among?: 'first' | 'last';
  readonly follow?: Follow<'pod'>;
  readonly answersOnly?: true;
};

/** Its second step would find the same again, were it not stopped. */
function runbook(id: string, { mesh, says, role = 'cause', among, follow, answersOnly }: Says) {
  const declare = role === 'cause' ? cause : symptom;
  const body = { means: 'About {pod}.', ...(follow ? { follow } : {}) } as const;
  const findings = { fault: declare('{says}', body), again: cause('Again.', { means: 'It is.' }) };
  const tell = tells(findings);
  const inputs = { pod: input.pod('the pod') };
  const ask = check<{ readonly pod: { readonly namespace: string; readonly name: string } }>();
  const look = ask({
    id: 'look',
    asks: 'What is there?',
    why: 'It is.',
    rulesOut: `what ${id} finds`,
    uses: [echo],
    gather: (see) => see(echo, { word: id }),
    judge: (_, __, { pod }) =>
      says === undefined ? [] : [tell('fault', { says, pod }, { from: [known(id)] }), stop],
  });
  const second = ask({
    id: 'second',
    asks: 'And then?',
    why: 'It is.',
    uses: [],
    sees: { look },
    judge: (_, seen) =>
      seen.look?.kind === 'known' && says !== undefined
        ? [tell('again', {}, { from: [seen.look] })]
        : [],
  });
  return runbookOf(
    {
      ...{ id, title: `Title of ${id}`, symptom: 'none', input: inputs, findings },
      ...(mesh === undefined ? {} : { mesh }),
      ...(answersOnly ? { answersOnly: ['fault'] as const } : {}),
      ...(among === undefined ? {} : { among: { [among]: ['fault'] } as const }),
    },
    [look, second],
  );
}

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

function triage(all: Readonly<Record<string, Says>>, meshes?: readonly string[]) {
  const runbooks = Object.entries(all).map(([id, says]) => runbook(id, says));
  return triageOf(runbooks, recognise(meshes));
}

async function ask(all: Readonly<Record<string, Says>>, meshes?: readonly string[]) {
  const header = { target: 'shop/web', input: {}, about: about() };
  const target = { is: 'pod', pod: { namespace: 'shop', name: 'web' } };
  const signal = new AbortController().signal;
  return diagnose(triage(all, meshes), { target }, header, { ports, signal });
}

const codes = (done: Awaited<ReturnType<typeof ask>>) => done.findings.map(({ code }) => code);

test('every runbook is run whole, and one that stops stops only itself', async () => {
  const done = await ask({ oom: { says: 'app was killed.' }, stale: {} });
  expect(done.verdict).toBe('cause-found');
  expect(codes(done)).toEqual(['oom/fault']);
  expect(done.steps.map((step) => [step.id, step.outcome.is, step.rulesOut])).toEqual([
    ['mesh', 'clear', undefined],
    ['oom/look', 'found', 'what oom finds'],
    ['oom/second', 'skipped', undefined],
    ['stale/look', 'clear', 'what stale finds'],
    ['stale/second', 'clear', undefined],
  ]);
});

test('without a finding everything that was looked for is ruled out', async () => {
  const done = await ask({ oom: {}, stale: {} });
  expect([done.verdict, done.findings]).toEqual(['healthy', []]);
});

test('only runbooks of its mesh, and those of any, are run on a pod', async () => {
  const all = {
    any: {},
    ours: { mesh: 'red', says: 'is red.' },
    theirs: { mesh: 'blue', says: 'is blue.' },
  };
  expect(codes(await ask(all, ['red']))).toEqual(['ours/fault']);
  expect(codes(await ask(all, undefined))).toEqual(['ours/fault', 'theirs/fault']);
  expect(codes(await ask(all, []))).toEqual([]);
});

test('what keeps the pod from running comes first, what is over comes last', async () => {
  const done = await ask({
    past: { says: 'was.', among: 'last' },
    mesh: { says: 'is.' },
    pod: { says: 'does not run.', among: 'first' },
  });
  expect(codes(done)).toEqual(['pod/fault', 'mesh/fault', 'past/fault']);
});

test('what another runbook explains is left to that one, which then stands in its place', async () => {
  const follow = { runbook: 'deep', target: 'pod' } as const;
  const done = await ask({
    other: { says: 'is.' },
    shallow: { says: 'is seen.', follow, among: 'first' },
    deep: { says: 'is why.', among: 'last' },
  });
  expect(codes(done)).toEqual(['deep/fault', 'other/fault']);
  expect(codes(await ask({ shallow: { says: 'is seen.', follow }, deep: {} }))).toEqual([
    'shallow/fault',
  ]);
});

test('the same is told once', async () => {
  expect(codes(await ask({ one: { says: 'is.' }, two: { says: 'is.' } }))).toEqual(['one/fault']);
});

test('what answers only who asked is an answer, and rules nothing out', async () => {
  const done = await ask({ ended: { says: 'The pod has finished.', answersOnly: true } });
  expect(done.findings).toEqual([]);
  expect(done.steps[1]).toMatchObject({ outcome: { is: 'clear', says: 'The pod has finished.' } });
  expect(done.steps[1]).not.toHaveProperty('rulesOut');
});

test('a part of it runs some of its runbooks', () => {
  const all = triage({ one: {}, two: {} });
  expect(runbooksOf(all)).toEqual(['one', 'two']);
  const part = triageOfOnly(all, ['two'], 'with the mesh');
  expect(part.steps.map(({ id }) => id)).toEqual(['mesh', 'two/look', 'two/second']);
  const bare = triageOfOnly(all, ['two'], 'without');
  expect(bare.steps.map(({ id, after }) => [id, after])).toEqual([
    ['two/look', []],
    ['two/second', []],
  ]);
});
