// A saved case of triage is replayed with the detectors that it was recorded with.
import type { Runbook } from '../core/runbook.ts';
import { listed } from '../core/text.ts';
import { triageAsOf, triageId } from '../core/triage.ts';
import { meshes } from '../meshes/meshes.ts';
import type { CaseFile } from '../snapshot/case.ts';

/** The detectors there were before a case kept their names. */
const first: readonly string[] = meshes.flatMap(({ firstDetectors = [] }) => firstDetectors);

type Recorded = Pick<CaseFile, 'runbook' | 'complete' | 'detectors'>;

/** With a note for each run that leaves a detector out. What is complete answers every question, so all are asked. */
export function asRecorded(
  runbook: Runbook,
  file: Recorded | undefined,
): { readonly runbook: Runbook; readonly notes: readonly string[] } {
  if (file?.runbook !== triageId || runbook.head.id !== triageId) return { runbook, notes: [] };
  const detectors = file.detectors ?? (file.complete ? undefined : first);
  if (!detectors) return { runbook, notes: [] };
  const { triage, younger } = triageAsOf(runbook, detectors);
  const notes =
    younger.length === 0 ? [] : [`not asked when this was recorded: ${listed(younger)}`];
  return { runbook: triage, notes };
}
