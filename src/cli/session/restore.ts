// The runs of a kept session, diagnosed again from their cases: for going on with it, and for its ticket.
import { join } from 'node:path';
import type { Diagnosis } from '../../core/diagnosis.ts';
import { safeText } from '../../core/text.ts';
import type { SessionFile, SessionRun } from '../../snapshot/session.ts';
import type { Run } from '../../triage/ask.ts';
import { diagnoseTargets } from '../diagnose-target.ts';
import type { Refusal } from '../exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../options.ts';
import { savedRequest } from '../request.ts';
import { open } from '../wire.ts';

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
  for (const entry of file.runs) {
    const done = await again(join(dir, entry.case), options, io);
    if (!Array.isArray(done)) return { ok: false, refusal: done as Refusal };
    runs.push({ name: entry.case, ask: askOf(entry), diagnoses: asMade(done, file), kept: true });
  }
  return { ok: true, runs };
}

function askOf({ runbook, words, fallback }: SessionRun): Run['ask'] {
  return { runbook, words, ...(fallback ? { fallback } : {}) };
}

async function again(
  path: string,
  given: RunOptions,
  io: Io,
): Promise<readonly Diagnosis[] | Refusal> {
  // The case has the words and the mesh; what the command line says of a cluster is not for it.
  const { namespace: _n, save: _s, ...rest } = given;
  const options: RunOptions = { ...rest, from: path, flags: {} };
  const opened = await open(options, io);
  if (!opened.ok) return opened.refusal;
  const { world } = opened;
  const request = await savedRequest(
    { runbook: undefined, targets: [], options },
    world.saved?.file,
  );
  if ('says' in request) return request;
  const done = await diagnoseTargets({
    runbook: request.runbook,
    targets: request.words,
    options: { ...options, ...request.mesh, flags: request.flags },
    world,
    interrupt: new AbortController().signal,
  });
  return done.ok ? done.diagnoses : done.refusal;
}

/** To the reader of a ticket these answers came from the cluster, and they did. */
function asMade(all: readonly Diagnosis[], { from, server }: SessionFile): readonly Diagnosis[] {
  if (from !== undefined) return all;
  return all.map((d): Diagnosis => {
    const told = server === undefined ? {} : { server: safeText(server) };
    return { ...d, about: { ...d.about, source: { is: 'live' }, ...told } };
  });
}
