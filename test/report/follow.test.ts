// A diagnosis that ends in another runbook's field: the one that answers it is what a person reads.
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { safeText } from '../../src/core/text.ts';
import { formats, render, type Format } from '../../src/report/formats.ts';
import { shown } from '../../src/report/view.ts';
import { diagnosis, finding, gap, plain } from './build.ts';

const target = safeText('shop/legacy');
const says = safeText('shop/legacy has no istio-proxy container.');
const code = 'stale/no-proxy';
const asked = diagnosis({
  target,
  findings: [finding({ code, says, follow: { runbook: 'injection', target } })],
});
const answer: Diagnosis = {
  ...diagnosis({
    target,
    runbook: 'injection',
    findings: [finding({ code: 'injection/no-label', says: 'Namespace shop has no label.' })],
  }),
  from: { runbook: 'stale', target, code, says },
};
const noAnswer: Diagnosis = { ...answer, verdict: 'inconclusive', findings: [] };

describe('what is shown', () => {
  test('the answer stands for the question that led to it', () => {
    expect(shown([asked, answer])).toEqual([answer]);
  });

  test.each([
    ['nothing was answered', [asked, noAnswer]],
    ['the first has a cause of its own', [{ ...asked, findings: [finding()] }, answer]],
    [
      'the first could not look at something',
      [{ ...asked, gaps: [gap('pods', 'forbidden', 'no')] }, answer],
    ],
    ['another target was answered', [{ ...asked, target: safeText('shop/web') }, answer]],
  ])('both are shown when %s', (_, both) => {
    expect(shown(both)).toEqual(both);
  });

  test('advice alone hides nothing', () => {
    const advice = diagnosis({ verdict: 'warning', findings: [finding({ role: 'contributor' })] });
    expect(shown([advice])).toEqual([advice]);
  });
});

const pasted: readonly Format[] = ['text', 'short', 'ticket', 'jira', 'slack', 'html'];

test.each(pasted)('%s says where it came from, and counts no second target', async (format) => {
  const out = (await render(format, [asked, answer], plain)).replace(/\s+/g, ' ');
  expect(out).toContain('You asked about stale; the trail leads here');
  expect(out).toContain('Namespace shop has no label.');
  expect(out).not.toContain('2 targets');
  expect(await render(format, [asked, noAnswer], plain)).toContain('2 diagnoses');
});

test('a runbook that was chosen by its sign says by which', async () => {
  const chosen = { ...answer, from: { ...answer.from, runbook: 'triage' } } as Diagnosis;
  expect(await render('text', [chosen], plain)).toContain('No runbook named; chose injection');
});

test('for a program both are there, and point at each other', async () => {
  for (const format of Object.keys(formats).filter((name) => !pasted.includes(name as Format))) {
    const out = await render(format as Format, [asked, answer], plain);
    for (const word of ['follow', 'from', code, 'injection/no-label']) expect(out).toContain(word);
  }
});
