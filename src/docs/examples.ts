// What the saved cases show of each finding: the fixes of a page are real ones, with the case they come from.
import { shell } from '../core/command.ts';
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import type { Fix } from '../core/fix.ts';

/** A saved case with what it came to: `stale/frozen`. */
export type Replayed = { readonly name: string; readonly diagnoses: readonly Diagnosis[] };
/** A fix, and the case that shows it. */
export type Shown = { readonly by: string; readonly fix: Fix };

/** By code: each kind of fix that some case shows, once. */
export function examplesOf(all: readonly Replayed[]): ReadonlyMap<string, readonly Shown[]> {
  const found = new Map<string, Map<string, readonly Finding[]>>();
  for (const { name, diagnoses } of all)
    for (const finding of diagnoses.flatMap((d) => d.findings)) {
      const cases = found.get(finding.code) ?? new Map<string, readonly Finding[]>();
      cases.set(name, [...(cases.get(name) ?? []), finding]);
      found.set(finding.code, cases);
    }
  return new Map([...found].map(([code, cases]) => [code, kindsOf(code, cases)]));
}

/** A finding as a report tells it, and the case that does. */
export type Told = { readonly by: string; readonly says: string; readonly means: string };

/** By code: the sentences of the case that shows it best. */
export function toldIn(all: readonly Replayed[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const { name, diagnoses } of all)
    for (const { code, says, means } of diagnoses.flatMap((d) => d.findings)) {
      const before = told.get(code)?.by;
      const [own = ''] = code.split('/');
      const isBetter =
        name === code || (name.startsWith(`${own}/`) && !before?.startsWith(`${own}/`));
      if (before === undefined || (before !== code && isBetter))
        told.set(code, { by: name, says, means });
    }
  return told;
}

function kindsOf(code: string, cases: ReadonlyMap<string, readonly Finding[]>): readonly Shown[] {
  const shown = new Map<string, Shown>();
  for (const by of [...cases.keys()].sort(bestFirst(code, cases)))
    for (const fix of (cases.get(by) ?? []).flatMap(({ fixes }) => fixes))
      if (!shown.has(kindOf(fix))) shown.set(kindOf(fix), { by, fix });
  return [...shown.values()];
}

/** A case that is called what the finding is called; else one of the finding's own runbook with as many fixes as any. */
function bestFirst(code: string, cases: ReadonlyMap<string, readonly Finding[]>) {
  const [runbook = ''] = code.split('/');
  const rank = (name: string) =>
    (name === code ? 2000 : name.startsWith(`${runbook}/`) ? 1000 : 0) +
    (cases.get(name) ?? []).flatMap(({ fixes }) => fixes).length;
  return (a: string, b: string) => rank(b) - rank(a) || (a < b ? -1 : 1);
}

/** What it does, without the names: those are words of its command as well. */
function kindOf({ does, run }: Fix): string {
  const command = shell(run);
  const isName = (word: string) => word.length > 2 && command.includes(word);
  const words = does.split(/[\s,:]+/).map((word) => (isName(word) || /\d/.test(word) ? '_' : word));
  return words.join(' ').replace(/_( (and|or|in))?( _)+/g, '_');
}
