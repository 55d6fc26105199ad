// A saved case, diagnosed again without a cluster.
import type { Diagnosis } from '../core/diagnosis.ts';
import { diagnoseTargets } from './diagnose-target.ts';
import type { Refusal } from './exit.ts';
import type { Io } from './io.ts';
import type { RunOptions } from './options.ts';
import { savedRequest } from './request.ts';
import { open } from './wire.ts';

export type Replayed =
  | { readonly ok: true; readonly diagnoses: readonly Diagnosis[] }
  | { readonly ok: false; readonly refusal: Refusal };

export async function diagnoseCase(path: string, options: RunOptions, io: Io): Promise<Replayed> {
  const opened = await open({ ...options, from: path }, io);
  if (!opened.ok) return opened;
  const { world } = opened;
  const request = await savedRequest(
    { runbook: undefined, targets: [], options },
    world.saved?.file,
  );
  if ('says' in request) return { ok: false, refusal: request };
  return diagnoseTargets({
    runbook: request.runbook,
    targets: request.words,
    options: { ...options, ...request.mesh, flags: request.flags },
    world,
    interrupt: io.interrupt,
  });
}
