// What becomes of a finding between two runs, and what nobody knows any more.
import { describe, expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { stem } from '../../src/compare/target.ts';
import type { Change, Comparison } from '../../src/core/comparison.ts';
import type { Diagnosis, StepRecord } from '../../src/core/diagnosis.ts';
import { safeText } from '../../src/core/text.ts';
import { clear, couldNot, diagnosis, finding, gap } from '../report/build.ts';
import { run, scenarios } from '../helpers/scenarios.ts';

const rejected = (over: Partial<Parameters<typeof finding>[0]> = {}) =>
  finding({ subject: { kind: safeText('EnvoyFilter'), name: safeText('add-header') }, ...over });
const foundBy = (asks: string): StepRecord => ({
  ...{ id: asks, asks, ms: 1 },
  outcome: { is: 'found', codes: ['stale/push-rejected'] },
});
const asks = 'Which resource is refused?';
const before = diagnosis({ findings: [rejected()], steps: [foundBy(asks)] });
const fates = ({ changes }: Comparison) => changes.map((change) => change.is);
const only = (c: Comparison): Change => {
  expect(c.changes).toHaveLength(1);
  return c.changes[0]!;
};

describe('one finding', () => {
  test('the same code about the same things is unchanged', () => {
    expect(only(compare([before], [before])).is).toBe('unchanged');
  });

  test('about another thing it is another finding', () => {
    const other = rejected({ subject: { kind: safeText('EnvoyFilter'), name: safeText('other') } });
    const after = diagnosis({ findings: [other], steps: [foundBy(asks)] });
    expect(fates(compare([before], [after]))).toEqual(['new', 'resolved']);
  });

  test('other figures, and likely that is sure now, are changes', () => {
    const now = (over: object) => diagnosis({ findings: [rejected(over)], steps: [foundBy(asks)] });
    const figures = only(compare([before], [now({ says: 'It is so, 3 times.' })]));
    expect(figures).toMatchObject({ is: 'changed', how: 'before: It is so.' });
    const sure = compare([now({ sure: false })], [before]);
    expect(only(sure)).toMatchObject({ is: 'changed', how: 'likely before, confirmed now' });
  });

  test('it is resolved when its question was answered', () => {
    const step = { ...clear(asks), id: asks };
    const after = diagnosis({
      verdict: 'inconclusive',
      steps: [step, couldNot('Else?', g)],
      gaps: [g],
    });
    expect(only(compare([before], [after])).is).toBe('resolved');
  });
});

const g = gap('pods in shop', 'forbidden', 'may not list pods');

/** A run in which the question was not answered, and words of the reason. */
const silent: readonly (readonly [string, Partial<Diagnosis>, RegExp])[] = [
  ['a gap', { steps: [couldNot(asks, g)], gaps: [g] }, /could not be answered/],
  [
    'a step that was skipped',
    { steps: [{ id: asks, asks, ms: 0, outcome: { is: 'skipped', because: 'answered by "x"' } }] },
    /was skipped: answered by "x"/,
  ],
  ['no such step', { steps: [] }, /does not check for it/],
  [
    'an answer in part',
    { steps: [{ ...foundBy(asks), outcome: { is: 'found', codes: ['stale/other'] } }], gaps: [g] },
    /only partly answered/,
  ],
];

test.each(silent)('silence is not resolved: %s', (_, over, because) => {
  const after = diagnosis({ verdict: 'inconclusive', ...over });
  const change = only(compare([before], [after]));
  expect(change.is).toBe('not-known');
  expect(change.is === 'not-known' && change.because).toMatch(because);
});

test('what was reached through a finding goes with it, and not without it', () => {
  const { runbook, target } = before;
  const from = { runbook, target, code: 'stale/push-rejected', says: safeText('x') } as const;
  const led = diagnosis({
    runbook: 'injection',
    from,
    findings: [finding({ code: 'injection/x' })],
  });
  const healthy = diagnosis({ verdict: 'healthy' });
  expect(fates(compare([before, led], [healthy]))).toEqual(['resolved', 'resolved']);
  const denied = diagnosis({ verdict: 'inconclusive', steps: [couldNot(asks, g)], gaps: [g] });
  expect(fates(compare([before, led], [denied]))).toEqual(['not-known', 'not-known']);
});

test('gaps that came and went are told apart', () => {
  const denied = diagnosis({ verdict: 'inconclusive', gaps: [g] });
  expect(compare([before], [denied]).gaps).toEqual({ came: [g], went: [] });
  expect(compare([denied], [before]).gaps).toEqual({ came: [], went: [g] });
});

test('a pod that was replaced stands beside the one before', () => {
  const named = (target: string) => diagnosis({ target: safeText(target), findings: [rejected()] });
  const c = compare([named('shop/web-5fcd744f86-zf8bb')], [named('shop/web-7d9f6c5b8-x2x4q')]);
  expect(c.pairs).toHaveLength(1);
  expect(fates(c)).toEqual(['unchanged']);
});

test.each([
  ['shop/web-5fcd744f86-zf8bb', 'shop/web-*'],
  ['shop/web-0', 'shop/web-0'],
  ['shop/cart-admin', 'shop/cart-admin'],
  ['ds/node-exporter-x2x4q.shop', 'ds/node-exporter-*.shop'],
])('%s is of %s', (name, of) => {
  expect(stem(name)).toBe(of);
});

describe('each recorded case beside itself', async () => {
  const some = (await scenarios()).filter((_, i) => i % 6 === 0);
  test.each(some)('$name: nothing has changed', async ({ name, saved }) => {
    const { diagnoses } = await run(name, saved);
    const c = compare(diagnoses, diagnoses);
    expect(c.changes.filter(({ is }) => is !== 'unchanged')).toEqual([]);
    expect(c.changes).toHaveLength(diagnoses.flatMap((d) => d.findings).length);
    expect(c.gaps).toEqual({ came: [], went: [] });
  });
});
