// The runs of a kept session, diagnosed again from their cases: for going on with it, and for its ticket.
import { join } from 'node:path';
import type { Diagnosis } from '../../core/diagnosis.ts';
import { safeText } from '../../core/text.ts';
import type { SessionFile, SessionRun } from '../../snapshot/session.ts';
import type { Run } from '../../triage/ask.ts';
import type { Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { diagnoseCase } from '../../run/replayed.ts';

export type Restored =
  | { readonly ok: true; readonly runs: readonly Run[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Offline. One case that cannot be read is a refusal that names it: a ticket must not silently lack it. */
export async function restoreRuns(
  dir: string,
  file: SessionFile,
  options: RunOptions,
  io: Io,
): Promise<Restored> {
  const runs: Run[] = [];
  const whole = new AbortController().signal;
  for (const entry of file.runs) {
    const done = await diagnoseCase(join(dir, entry.case), asKept(options), whole, io);
    if (!done.ok) return done;
    const diagnoses = asMade(done.diagnoses, file);
    runs.push({ name: entry.case, ask: askOf(entry), diagnoses, kept: true });
  }
  return { ok: true, runs };
}

/** The case has the words and the mesh; what the command line says of a cluster is not for it. */
function asKept(given: RunOptions): RunOptions {
  const { namespace: _n, save: _s, ...rest } = given;
  return { ...rest, mesh: {}, flags: {} };
}

function askOf({ runbook, words, fallback }: SessionRun): Run['ask'] {
  return { runbook, words, ...(fallback ? { fallback } : {}) };
}

/** To the reader of a ticket these answers came from the cluster, and they did. */
function asMade(all: readonly Diagnosis[], { from, server }: SessionFile): readonly Diagnosis[] {
  if (from !== undefined) return all;
  return all.map((d): Diagnosis => {
    const told = server === undefined ? {} : { server: safeText(server) };
    return { ...d, about: { ...d.about, source: { is: 'live' }, ...told } };
  });
}
