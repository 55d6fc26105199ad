// Whether the check that found something before was answered this time.
import type { Told } from '../core/comparison.ts';
import { isHealthy, type Diagnosis, type StepRecord } from '../core/diagnosis.ts';

/** Why it is not known whether a finding is still there; `undefined` when its question was answered. */
export function missedBy({ finding, in: before }: Told, after: Diagnosis): string | undefined {
  // "Healthy" is said only when everything was answered; a skipped check had nothing to check.
  if (isHealthy([after])) return undefined;
  const asked = before.steps.find(
    ({ outcome }) => outcome.is === 'found' && outcome.codes.includes(finding.code),
  );
  const again = after.steps.find((step) => step.id === asked?.id);
  if (!again) return 'this run does not check for it';
  switch (again.outcome.is) {
    case 'clear':
      return undefined;
    case 'skipped':
      return `"${again.asks}" was skipped: ${again.outcome.because}`;
    case 'could-not-check':
      return `"${again.asks}" could not be answered`;
    case 'found':
      return hasOwnGaps(after) ? `"${again.asks}" was only partly answered` : undefined;
  }
}

/** Gaps that no unanswered step accounts for: they belong to a step that still found something. */
function hasOwnGaps({ gaps, steps }: Diagnosis): boolean {
  const accounted = new Set(steps.flatMap(gapsOf));
  return gaps.some((gap) => !accounted.has(`${gap.asked} ${gap.why}`));
}

function gapsOf({ outcome }: StepRecord): readonly string[] {
  return outcome.is === 'could-not-check' ? outcome.gaps.map((g) => `${g.asked} ${g.why}`) : [];
}
