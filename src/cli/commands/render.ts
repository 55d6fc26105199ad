// `meshdoc render <case> -o <format>`: a saved case as text again. It is `diagnose --from` under the name that one
// looks for after an incident; no cluster is asked.
import { exitCodes, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../options.ts';
import { diagnoseCommand } from './diagnose.ts';

export async function renderCommand(
  path: string | undefined,
  options: RunOptions,
  io: Io,
): Promise<ExitCode> {
  if (path === undefined) {
    io.err('meshdoc: name a saved case: meshdoc render case.tgz -o ticket\n');
    return exitCodes.usage;
  }
  return diagnoseCommand(
    { runbook: undefined, targets: [], options: { ...options, from: path } },
    io,
  );
}
