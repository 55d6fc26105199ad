// `meshdoc doctor`: its own preconditions, for a person who was told "it does not work here"; and
// `meshdoc access --check`, the permissions alone.
import { bounded } from '../../core/deadline.ts';
import type { Reach } from '../../core/command.ts';
import type { Examination } from '../../doctor/check.ts';
import type { Examined } from '../../doctor/examine.ts';
import { chosenRunbooks } from '../chosen-runbooks.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { runOptions } from '../options.ts';
import { lookOf, styleFor } from '../terminal.ts';
import { version } from '../../run/version.ts';
import { approach, open } from '../../run/wire.ts';

type Raw = Readonly<Record<string, unknown>>;
type Result = { readonly examination: Examination; readonly reach: Reach; readonly code: ExitCode };

export function doctorCommand(names: readonly string[], raw: Raw, io: Io): Promise<ExitCode> {
  return run(names, raw, io, (examination) => examination);
}

/** The table of permissions; what kept it from being made stays in it. */
export function checkAccess(names: readonly string[], raw: Raw, io: Io): Promise<ExitCode> {
  return run(names, raw, io, ({ checks, ...rest }) => ({
    ...rest,
    checks: rest.end === 'reached' ? [] : checks.filter(({ state }) => state === 'failed'),
  }));
}

async function run(
  names: readonly string[],
  raw: Raw,
  io: Io,
  part: (whole: Examination) => Examination,
): Promise<ExitCode> {
  const all = await chosenRunbooks(names);
  if (!all.ok) {
    io.err(`meshdoc: ${all.says}\n`);
    return exitCodes.usage;
  }
  const options = runOptions(raw);
  const named = names.length > 0;
  const { examination, reach, code } = await result(
    { runbooks: all.runbooks, named },
    options,
    io,
    part,
  );
  if (raw['output'] === 'json') {
    const { doctorJson } = await import('../../doctor/document.ts');
    io.out(doctorJson(examination, { meshdoc: version, exitCode: code, reach }));
  } else {
    const { doctorText } = await import('../../doctor/text.ts');
    const style = styleFor(options, io.env, io.stdout);
    io.out(doctorText(examination, reach, style), lookOf(style));
  }
  return code;
}

async function result(
  of: Pick<Examined, 'runbooks' | 'named'>,
  options: RunOptions,
  io: Io,
  part: (whole: Examination) => Examination,
): Promise<Result> {
  const { examine, withoutCluster } = await import('../../doctor/examine.ts');
  const way = await approach(options, io);
  const opened = await open(options, io);
  if (!opened.ok) {
    const whole = withoutCluster(way, opened.refusal.says, Date.now());
    return { examination: part(whole), reach: {}, code: opened.refusal.code };
  }
  const { world } = opened;
  const about = { ...of, namespace: world.namespace, chosen: options.mesh };
  try {
    const whole = await bounded(options.timeoutMs, io.interrupt, (signal) =>
      examine(way, world.ports, about, signal),
    );
    const examination = part(whole);
    const code = io.interrupt.aborted ? exitCodes.interrupted : codeOf(examination);
    return { examination, reach: world.reach, code };
  } finally {
    world.close();
  }
}

/** Unreachable before failed before not checked: what has to be mended first. */
function codeOf({ end, checks, permissions }: Examination): ExitCode {
  if (end !== 'reached') return exitCodes.unreachable;
  const states = [...checks, ...permissions].map(({ state }) => state);
  if (states.includes('failed')) return exitCodes.found;
  return states.includes('not-checked') ? exitCodes.inconclusive : exitCodes.healthy;
}
