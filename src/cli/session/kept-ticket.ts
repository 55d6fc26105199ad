// The ticket of a kept session, made again from its cases without a cluster.
import type { Diagnosis } from '../../core/diagnosis.ts';
import type { Format } from '../../report/formats.ts';
import { askKey, type Run } from '../../triage/ask.ts';
import type { Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { redacted } from '../../run/redacted.ts';
import { styleFor } from '../terminal.ts';
import { restoreRuns } from './restore.ts';
import type { Chosen } from './store.ts';
import { sessionTicket } from './ticket.ts';

export type KeptTicket =
  | {
      readonly ok: true;
      readonly text: string;
      /** The last answer to each question. */
      readonly last: readonly Diagnosis[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

export async function keptTicket(
  { dir, file }: Extract<Chosen, { ok: true }>,
  format: Format,
  options: RunOptions,
  io: Io,
): Promise<KeptTicket> {
  const restored = await restoreRuns(dir, file, options, io);
  if (!restored.ok) return restored;
  const { runs } = restored;
  const { names } = options;
  for (const { says } of file.notes) names?.text(says);
  const told = redacted(
    runs.map(({ diagnoses }) => diagnoses),
    names,
  );
  const notes = file.notes.map((note) => ({
    ...note,
    says: names ? names.rename(note.says) : note.says,
  }));
  const text = await sessionTicket(
    format,
    runs.map((run, i) => ({ ...run, diagnoses: told[i] ?? [] })),
    notes,
    styleFor(options, io.env, io.stdout),
  );
  return { ok: true, text, last: lastAnswers(runs) };
}

function lastAnswers(runs: readonly Run[]): readonly Diagnosis[] {
  const last = new Map(runs.map((run) => [askKey(run.ask), run.diagnoses]));
  return [...last.values()].flat();
}
