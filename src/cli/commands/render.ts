// `meshdoc render <case> -o <format>`: a saved case as text again. It is `diagnose --from` under the name that one
// looks for after an incident; no cluster is asked. The folder of a session becomes one ticket of all its runs.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCodeOf, exitCodes, type ExitCode, type Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { lookOf, styleFor } from '../terminal.ts';
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
  if (existsSync(join(path, 'session.yaml'))) {
    const done = await renderSession(resolve(path), options, io);
    if (typeof done === 'number') return done;
    io.err(`meshdoc: ${done.says}\n`);
    return done.code;
  }
  return diagnoseCommand(
    { runbook: undefined, targets: [], options: { ...options, from: path } },
    io,
  );
}

async function renderSession(
  dir: string,
  options: RunOptions,
  io: Io,
): Promise<ExitCode | Refusal> {
  const [{ chooseSession }, { keptTicket }] = await Promise.all([
    import('../session/store.ts'),
    import('../session/kept-ticket.ts'),
  ]);
  const chosen = chooseSession(dir, dir);
  if (!chosen.ok) return chosen.refusal;
  const ticket = await keptTicket(chosen, options.output, options, io);
  if (!ticket.ok) return ticket.refusal;
  io.out(ticket.text, lookOf(styleFor(options, io.env, io.stdout)));
  return exitCodeOf(ticket.last);
}
