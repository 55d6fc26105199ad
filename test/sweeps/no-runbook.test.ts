// The run without a runbook over every saved case: it names first what the case's own runbook names, and is not more sure of
// anything else.
import { expect, test } from 'vitest';
import { failed, type Ask } from '../../src/core/ports.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { runbooksOf, triageId } from '../../src/core/triage.ts';
import { load, triageEntry } from '../../src/registry.ts';
import { gravest, shown } from '../../src/report/view.ts';
import type { Case } from '../../src/snapshot/case.ts';
import { asked, run, type Ran, type Scenario } from '../helpers/scenarios.ts';
import { runsAll, shareOfEach } from '../helpers/share.ts';
import { all, original } from './shared.ts';

const every = runbooksOf(await load(triageEntry));
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

/** A caller, or the whole mesh, cannot be named without a runbook; of a namespace other pods are looked at. */
function isOfOnePlace({ file }: Case): boolean {
  const words = (file.input['target'] ?? '').split(' ').filter(Boolean);
  return words.length === 1 && !words[0]?.startsWith('ns/');
}

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

test.runIf(runsAll)('an exception that is none any more is taken out', async () => {
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

/** What several runbooks find is told by one of them. */
function idOf(code: string | undefined): string | undefined {
  return code?.replace(/^.*\//, '');
}

/** Of what a person is shown: a finding that another runbook explains is told by that one. */
function firstCause({ diagnoses }: Ran): string | undefined {
  const first = gravest(shown(diagnoses))?.findings[0];
  return first?.role === 'cause' ? first.code : undefined;
}

/** What the case's own runbook did not ask, nobody asked: a case made by hand knows no more than it was made for. */
function withoutRunbook({ name, saved }: Scenario, before: Ran): Promise<Ran> {
  const { target = '', ...input } = saved.file.input;
  const flags = new Set(['path', 'method', 'header']);
  const mesh = Object.fromEntries(Object.entries(input).filter(([key]) => !flags.has(key)));
  const known = asked(before);
  const file = {
    ...saved.file,
    runbook: triageId,
    runbooks: every,
    input: { ...mesh, target: target.replace(/:[\w-]+$/, '') },
  };
  const safe = (ask: Ask): Ask => {
    return (question, signal) =>
      isKnown(question, known)
        ? ask(question, signal)
        : Promise.resolve(failed('not-in-snapshot', 'its runbook did not ask'));
  };
  return run(name, { ...saved, file }, { safe });
}

const makers = ['deployments', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'replicasets'];
const toFindTargets = new Set(['pods', 'services', 'namespaces', ...makers]);

/** To find the target takes its own questions. */
function isKnown(question: Question, known: ReadonlyMap<string, Question>): boolean {
  if (known.has(questionText(question))) return true;
  return toFindTargets.has(pluralOf(question));
}

function pluralOf(question: Question): string {
  if (question.ask === 'get') return question.ref.resource.plural;
  return question.ask === 'list' ? question.resource.plural : '';
}
