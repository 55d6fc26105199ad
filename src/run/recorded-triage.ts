// The run without a runbook over a saved case: the runbooks that were run when it was recorded, or, where the case does not
// say, those that it has answers for. One that nobody asked then would only find gaps.
import type { Diagnosis, Outcome } from '../core/diagnosis.ts';
import type { Runbook } from '../core/runbook.ts';
import { listed } from '../core/text.ts';
import { runbooksOf, triageId, triageOfOnly } from '../core/triage.ts';
import type { CaseFile } from '../snapshot/case.ts';

type Recorded = Pick<CaseFile, 'runbook' | 'complete' | 'runbooks'>;
type Replayed = { readonly runbook: Runbook; readonly notes: readonly string[] };

/** `probe` diagnoses every target with a part of triage. What is complete answers every question. */
export async function asRecorded(
  triage: Runbook,
  file: Recorded | undefined,
  probe: (part: Runbook) => Promise<readonly Diagnosis[]>,
): Promise<Replayed> {
  if (!file || triage.head.id !== triageId) return { runbook: triage, notes: [] };
  const all = runbooksOf(triage);
  if (file.runbooks) return noted(triage, all, file.runbooks, 'with the mesh');
  if (file.complete) return { runbook: triage, notes: [] };
  const parts = await Promise.all(
    all.map((id) => probe(triageOfOnly(triage, [id], 'with the mesh'))),
  );
  const fitting = all.filter((id, i) => fits(id, parts[i] ?? []));
  const kept = fitting.filter((id) => isAnswered(id, parts[all.indexOf(id)] ?? []));
  if (kept.length === 0) return { runbook: triage, notes: [] };
  const isUnread = parts.flat().some((d) => lacks(d, (id) => id === 'mesh'));
  return noted(triage, fitting, kept, isUnread ? 'without' : 'with the mesh');
}

function noted(
  triage: Runbook,
  all: readonly string[],
  kept: readonly string[],
  mesh: Parameters<typeof triageOfOnly>[2],
): Replayed {
  const left = all.filter((id) => !kept.includes(id));
  const notes = left.length === 0 ? [] : [`not asked when this was recorded: ${listed(left)}`];
  return { runbook: left.length === 0 ? triage : triageOfOnly(triage, kept, mesh), notes };
}

const stepsIn = (id: string) => (step: string) => step.startsWith(`${id}/`);

function isAnswered(id: string, diagnoses: readonly Diagnosis[]): boolean {
  return diagnoses.every((d) => !lacks(d, stepsIn(id)));
}

function fits(id: string, diagnoses: readonly Diagnosis[]): boolean {
  const of = stepsIn(id);
  return diagnoses.some(({ steps }) =>
    steps.some((step) => of(step.id) && step.outcome.is !== 'skipped'),
  );
}

/** Whether the case does not answer such a step. */
function lacks({ steps }: Diagnosis, isOne: (step: string) => boolean): boolean {
  return steps.some(({ id, outcome }) => isOne(id) && lacksAnswer(outcome));
}

function lacksAnswer(outcome: Outcome): boolean {
  return (
    outcome.is === 'could-not-check' && outcome.gaps.some(({ why }) => why === 'not-in-snapshot')
  );
}
