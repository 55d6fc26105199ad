// What is about to be printed, without names when that was asked for.
import type { Diagnosis } from '../core/diagnosis.ts';
import { mapped, renameDiagnosis } from '../guard/rename/apply.ts';
import type { Names } from '../guard/rename/names.ts';

/** All that is printed together at once: what one part names, another may too. */
export function redacted(
  parts: readonly (readonly Diagnosis[])[],
  names: Names | undefined,
): readonly (readonly Diagnosis[])[] {
  if (!names) return parts;
  for (const d of parts.flat()) learnDiagnosis(d, names);
  return parts.map((all) => all.map((d) => renameDiagnosis(d, names.rename)));
}

export function learnDiagnosis(d: Diagnosis, names: Names): void {
  const { context, as, asGroups } = d.about.reach;
  names.name('context', context);
  for (const user of [as, ...(asGroups ?? [])])
    if (!user?.startsWith('system:')) names.name('user', user);
  const hear = (text: string): string => {
    names.text(text);
    return text;
  };
  mapped(d, hear, () => false);
}
