// The run without a runbook over every saved case: it names first what the case's own runbook names, and is not more sure of
// anything else.
import { expect, test } from 'vitest';
import { triageId } from '../../src/core/triage.ts';
import { load, triageEntry } from '../../src/registry.ts';
import type { Ran } from '../helpers/scenarios.ts';
import { runsAll, shareOfEach } from '../helpers/share.ts';
import { firstCause, idOf, isOfOnePlace, withoutRunbook } from '../helpers/without-runbook.ts';
import { all, original } from './shared.ts';

const answersOnly = new Set(
  (await load(triageEntry)).steps.flatMap(({ of }) =>
    (of?.answersOnly ?? []).map((id) => `${of?.id ?? ''}/${id}`),
  ),
);

/** Where another runbook rightly says something else first, with what it says. */
const others: Readonly<Record<string, readonly [first: string, because: string]>> = {
  'injection/istiod-not-ready': ['istiod-down', 'why the webhook does not answer'],
  'injection/webhook-down-under-a-running-pod': ['scaled-to-zero', 'why it does not answer'],
  'linkerd-injection/ca-empty-unseen': ['webhook-no-bundle', 'the same of the webhook, and sure'],
  'linkerd-injection/injector-down-closed': ['injector-down', 'why the webhook does not answer'],
  'linkerd-injection/injector-down-under-a-running-pod': [
    'injector-down',
    'why it does not answer',
  ],
  'stale/kind-crash-loop': ['crashes', 'the same, with its last words'],
  'linkerd-injection/two-proxies': ['two-meshes', 'the same, of the pod'],
};

/** Nothing of the pod, its workload or its namespace speaks of a mesh, so nobody meant it to be in one. */
const notMeant = new Set([
  'injection/pod-of-its-own',
  'stale/no-sidecar',
  'linkerd-injection/namespace-off',
]);

const cases = all.filter(({ runbook, saved }) => runbook !== triageId && isOfOnePlace(saved));

test.each(shareOfEach(cases, 4))('$name: is found without its runbook', async (scenario) => {
  const before = await original(scenario.name);
  const wanted = wantedOf(before);
  if (wanted.length === 0 || wanted.some((one) => answersOnly.has(one))) return;
  if (notMeant.has(scenario.name)) return;
  const after = await withoutRunbook(scenario, before);
  const other = others[scenario.name]?.[0];
  expect(after.bugs).toEqual([]);
  expect((other === undefined ? wanted : [other]).map(idOf)).toContain(idOf(firstCause(after)));
});

if (runsAll)
  test('an exception that is none any more is taken out', async () => {
    const stale = await Promise.all(
      Object.keys(others).map(async (name) => {
        const scenario = cases.find((one) => one.name === name);
        if (!scenario) return name;
        const before = await original(name);
        const after = firstCause(await withoutRunbook(scenario, before));
        return wantedOf(before).some((one) => idOf(one) === idOf(after)) ? name : [];
      }),
    );
    expect(stale.flat()).toEqual([]);
  });

/** What its runbook finds, and what explains that where the run went on to another pod. */
function wantedOf(before: Ran): readonly string[] {
  const own = before.diagnoses[0]?.findings[0];
  const last = firstCause(before);
  return [...(own?.role === 'cause' ? [own.code] : []), ...(last === undefined ? [] : [last])];
}
