// Finds runbooks by what a person types. The list is generated (npm run docs), so that help and completion
// load no runbook, and a diagnosis loads one.
import type { Runbook } from './core/runbook.ts';
import { near } from './core/near.ts';
import { listed } from './core/text.ts';
import { triageId, triageOf } from './core/triage.ts';
import { runbooks, type Entry } from './runbooks.gen.ts';

export type { Entry };
export const entries: readonly Entry[] = runbooks;

/** Made of all the others, so it has no file of its own. */
export const triageEntry: Entry = {
  id: triageId,
  aliases: [],
  title: 'What is wrong',
  symptom: 'Something is wrong with a pod, a workload or a namespace, and it is not known what.',
  options: [],
  folder: 'runbooks/triage',
  codes: ['two-meshes', 'no-runbook'].map((c) => `${triageId}/${c}`),
  load: async () => {
    const [{ recogniserFor }, ...all] = await Promise.all([
      import('../runbooks/triage/recognise.ts'),
      ...runbooks.map(load),
    ]);
    return { default: triageOf(all, recogniserFor(all.flatMap(({ head }) => head.mesh ?? []))) };
  },
};

export type Found =
  | { readonly ok: true; readonly entry: Entry }
  /** One line for the user: what is wrong, what to type. */
  | { readonly ok: false; readonly says: string };

/** By id or alias. */
export function findRunbook(name: string): Found {
  const wanted = name.toLowerCase();
  const entry = [...entries, triageEntry].find(
    (e) => e.id === wanted || e.aliases.includes(wanted),
  );
  if (entry) return { ok: true, entry };
  const close = near(
    wanted,
    entries.flatMap((e) => [e.id, ...e.aliases]),
  );
  const hint =
    close.length > 0 ? `did you mean ${listed(close)}?` : 'meshdoc list shows what there is';
  return { ok: false, says: `there is no runbook "${name}"; ${hint}` };
}

export async function load(entry: Entry): Promise<Runbook> {
  return (await entry.load()).default;
}
