// Runbooks by what was typed; every one when nothing was.
import type { Runbook } from '../core/runbook.ts';
import { entries, findRunbook, load, triageEntry, type Entry } from '../registry.ts';

export type ChosenRunbooks =
  | { readonly ok: true; readonly runbooks: readonly Runbook[] }
  | { readonly ok: false; readonly says: string };

/** Each once, whatever it was called. Without names also triage, which is what `diagnose <target>` runs. */
export async function chosenRunbooks(names: readonly string[]): Promise<ChosenRunbooks> {
  if (names.length === 0) {
    return { ok: true, runbooks: await Promise.all([...entries, triageEntry].map(load)) };
  }
  const chosen = new Set<Entry>();
  for (const name of names) {
    const found = findRunbook(name);
    if (!found.ok) return found;
    chosen.add(found.entry);
  }
  return { ok: true, runbooks: await Promise.all([...chosen].map(load)) };
}
