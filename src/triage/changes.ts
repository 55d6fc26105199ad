// What changed between two runs of one question, in lines: the verdict, what is gone, what is new.
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import { clip, oneLine } from '../report/plain.ts';
import { shown } from '../report/view.ts';
import { state, tally } from '../report/words.ts';

export type Change = {
  readonly is: 'same' | 'changed';
  readonly lines: readonly string[];
};

export function changes(before: readonly Diagnosis[], after: readonly Diagnosis[]): Change {
  const [was, now] = [findingsOf(before), findingsOf(after)];
  const open = openOf(after);
  const gone = [...was].filter(([key]) => !now.has(key));
  const lines = [
    ...(verdicts(before) === verdicts(after) ? [] : [`${verdicts(before)} -> ${verdicts(after)}`]),
    // What could not be asked again is not gone.
    ...gone.map(([, says]) => `${open ? 'not known any more' : 'gone'}  ${says}`),
    ...[...now].filter(([key]) => !was.has(key)).map(([, says]) => `new  ${says}`),
    ...(openOf(before) === open || open === 0 ? [] : [`${open} things could not be checked now`]),
  ];
  return { is: lines.length === 0 ? 'same' : 'changed', lines };
}

function verdicts(all: readonly Diagnosis[]): string {
  const [only, ...others] = shown(all);
  return only && others.length === 0 ? state(only) : tally(shown(all));
}

function openOf(all: readonly Diagnosis[]): number {
  return all.reduce((sum, { gaps }) => sum + gaps.length, 0);
}

function findingsOf(all: readonly Diagnosis[]): ReadonlyMap<string, string> {
  const keyed = (d: Diagnosis, f: Finding) =>
    [`${f.code} ${d.target}`, `${f.code}: ${clip(oneLine(f.says), 160)}`] as const;
  return new Map(shown(all).flatMap((d) => d.findings.map((f) => keyed(d, f))));
}
