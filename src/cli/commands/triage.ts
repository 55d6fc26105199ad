// `meshdoc triage`: an interactive session. It asks, runs what fits, and keeps all of it; it never changes the cluster.
import { exitCodes, refusal, type ExitCode, type Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { TriageArgs } from '../options.ts';
import type { Format } from '../../report/formats.ts';
import { beginSession, type Begun } from '../session/begin.ts';
import { listCommand } from '../session/list.ts';
import { farewell } from '../session/session.ts';
import { chooseSession, sessionsRoot } from '../session/store.ts';
import { lookOf, styleFor } from '../terminal.ts';
import { keptTicket } from '../session/kept-ticket.ts';

export async function triageCommand(args: TriageArgs, io: Io): Promise<ExitCode> {
  const outcome = await run(args, io);
  if (typeof outcome === 'number') return outcome;
  io.err(`meshdoc: ${outcome.says}\n`);
  return outcome.code;
}

async function run(args: TriageArgs, io: Io): Promise<ExitCode | Refusal> {
  const root = sessionsRoot(io.env);
  if (args.list) return listCommand(root, io);
  if (args.ticket !== undefined) return printTicket(args, args.ticket, root, io);
  const closed = noTerminal(args, io);
  if (closed) return closed;
  const resumed = args.resume === undefined ? undefined : chooseSession(root, idOf(args.resume));
  if (resumed && !resumed.ok) return resumed.refusal;
  const begun = await beginSession(args, resumed, root, io);
  return begun.ok ? end(begun, io) : begun.refusal;
}

async function end(begun: Extract<Begun, { ok: true }>, io: Io): Promise<ExitCode> {
  try {
    const { hold } = await import('../session/hold.ts');
    const { session, how } = await hold(begun.session, begun.start);
    io.out(`\n${farewell(session)}`);
    if (session.hangUp.aborted) return exitCodes.hungUp;
    return how === 'out' ? exitCodes.interrupted : exitCodes.healthy;
  } finally {
    begun.session.world.close();
  }
}

function idOf(resume: string | true): string | undefined {
  return resume === true ? undefined : resume;
}

/** One line that says what to run in its place. */
function noTerminal({ options, target }: TriageArgs, io: Io): Refusal | undefined {
  const why = options.noInput
    ? '--no-input was given'
    : io.env['CI']
      ? 'CI is set'
      : !io.interactive
        ? 'standard input is no terminal'
        : io.stdout.isTTY
          ? undefined
          : 'standard output is no terminal';
  if (why === undefined) return undefined;
  const words = options.from === undefined ? (target ?? '<pod>') : `--from ${options.from}`;
  return refusal(
    exitCodes.usage,
    `triage asks a person, and ${why}; type: meshdoc diagnose ${words}`,
  );
}

async function printTicket(
  { resume, options }: TriageArgs,
  format: Format,
  root: string | undefined,
  io: Io,
): Promise<ExitCode | Refusal> {
  const chosen = chooseSession(root, idOf(resume ?? true));
  if (!chosen.ok) return chosen.refusal;
  const ticket = await keptTicket(chosen, format, options, io);
  if (!ticket.ok) return ticket.refusal;
  io.out(ticket.text, lookOf(styleFor(options, io.env, io.stdout)));
  return exitCodes.healthy;
}
