// Findings that a team has decided to live with for a while. They get one line, and are never called healthy.
import { verdict, type Diagnosis, type Finding, type Ignored } from './diagnosis.ts';
import { fitsGlob } from './glob.ts';
import { isOver, type Ignore } from './ignore.ts';

export type Applied = {
  readonly diagnosis: Diagnosis;
  readonly used: readonly Ignore[];
  /** Decisions that have expired, and whose finding is still there. */
  readonly ended: readonly Ignore[];
};

/** `now` in milliseconds: a replay's own time, so that a case says the same next year. */
export function applyIgnores(d: Diagnosis, ignores: readonly Ignore[], now: number): Applied {
  const fits = ignores.filter((one) => one.target === undefined || fitsGlob(one.target, d.target));
  const of = (finding: Finding) => fits.filter((one) => one.code === finding.code);
  const ignored = d.findings.flatMap((finding): Ignored[] => {
    const by = of(finding).find((one) => !isOver(one, now));
    return by ? [{ finding, by }] : [];
  });
  const kept = d.findings.filter((finding) => !ignored.some((one) => one.finding === finding));
  const ended = kept.flatMap((finding) => of(finding).filter((one) => isOver(one, now)));
  if (ignored.length === 0) return { diagnosis: d, used: [], ended };
  const outcomes = d.steps.map(({ outcome }) => outcome);
  const rest = verdict(kept, d.gaps, outcomes);
  const diagnosis: Diagnosis = {
    ...d,
    findings: kept,
    ignored,
    verdict: rest === 'healthy' ? 'only-ignored' : rest,
  };
  return { diagnosis, used: ignored.map(({ by }) => by), ended };
}
