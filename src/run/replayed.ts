// A saved case, diagnosed again without a cluster.
import { diagnoseTargets, type Diagnosed } from './diagnose-target.ts';
import type { RunOptions, Surroundings } from './options.ts';
import { optionsFor, savedRequest } from './request.ts';
import { open } from './wire.ts';

export async function diagnoseCase(
  path: string,
  options: RunOptions,
  interrupt: AbortSignal,
  io: Surroundings,
): Promise<Diagnosed> {
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
    options: optionsFor(options, request),
    world,
    interrupt,
  });
}
