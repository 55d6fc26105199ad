// `--fix 1`: one fix as a screen shows it under `--verbose`, and nothing else.
import type { Diagnosis } from '../core/diagnosis.ts';
import { count } from '../core/text.ts';
import type { Style } from './style.ts';
import { wholeFix } from './text-actions.ts';
import { ink } from './text-rows.ts';
import { changesOf, gravest } from './view.ts';

/** Of several diagnoses the one that a report shows in full; a sentence where it has no such fix. */
export function fixText(
  all: readonly Diagnosis[],
  n: number,
  style: Style,
): { readonly is: 'fix'; readonly text: string } | { readonly is: 'none'; readonly says: string } {
  const d = gravest(all);
  const fixes = d === undefined ? [] : changesOf(d);
  const fix = fixes[n - 1];
  if (d === undefined || fix === undefined) {
    const has = fixes.length === 0 ? 'no fix' : count(fixes.length, 'fix', 'fixes');
    return { is: 'none', says: `there is no fix ${n}: this diagnosis has ${has}` };
  }
  const lines = wholeFix(fix, n, d, ink(style)).map((one) => one.trimEnd());
  return { is: 'fix', text: `${lines.join('\n')}\n` };
}
