// The run without a runbook over a case that was saved for one: what the case's own runbook did not ask, nobody asked. A case
// made by hand knows no more than it was made for.
import { failed, type Ask } from '../../src/core/ports.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { runbooksOf, triageId } from '../../src/core/triage.ts';
import { load, triageEntry } from '../../src/registry.ts';
import { gravest, shown } from '../../src/report/view.ts';
import type { Case } from '../../src/snapshot/case.ts';
import { asked, run, type Ran, type Scenario } from './scenarios.ts';

const every = runbooksOf(await load(triageEntry));

/** A caller, or the whole mesh, cannot be named without a runbook; of a namespace other pods are looked at. */
export function isOfOnePlace({ file }: Case): boolean {
  const words = (file.input['target'] ?? '').split(' ').filter(Boolean);
  return words.length === 1 && !words[0]?.startsWith('ns/');
}

export function withoutRunbook({ name, saved }: Scenario, before: Ran): Promise<Ran> {
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

/** Of what a person is shown: a finding that another runbook explains is told by that one. */
export function firstCause({ diagnoses }: Ran): string | undefined {
  const first = gravest(shown(diagnoses))?.findings[0];
  return first?.role === 'cause' ? first.code : undefined;
}

/** What several runbooks find is told by one of them. */
export function idOf(code: string | undefined): string | undefined {
  return code?.replace(/^.*\//, '');
}
