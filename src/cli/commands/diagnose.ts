// `meshdoc diagnose <runbook> <target...>`: the main job.
import { exitCodeOf, exitCodes, refusal, type ExitCode, type Refusal } from '../exit.ts';
import { diagnoseTargets } from '../diagnose-target.ts';
import type { RunOptions } from '../options.ts';
import { open } from '../wire.ts';
import { styleFor, wantsColor } from '../terminal.ts';
import { version } from '../version.ts';
import { findRunbook, load } from '../../registry.ts';
import { liveProgress } from '../../report/progress.ts';
import { render } from '../../report/formats.ts';
import type { Io } from '../io.ts';

export type DiagnoseArgs = {
  /** Absent with --from: the case knows. */
  readonly runbook: string | undefined;
  readonly targets: readonly string[];
  readonly options: RunOptions;
  readonly demo?: boolean;
};

export async function diagnoseCommand(args: DiagnoseArgs, io: Io): Promise<ExitCode> {
  const outcome = await run(args, io);
  if (typeof outcome === 'number') return outcome;
  return refuse(outcome, args.options, io);
}

/** One clear line on stderr; a program that reads JSON gets a document all the same. */
function refuse(refused: Refusal, options: RunOptions, io: Io): ExitCode {
  io.err(`meshdoc: ${refused.says}\n`);
  if (options.output === 'json') {
    const error = { exitCode: refused.code, says: refused.says };
    const document = { schema: 'meshdoc/diagnosis/v1', meshdoc: version, error, diagnoses: [] };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
  }
  return refused.code;
}

async function run(args: DiagnoseArgs, io: Io): Promise<ExitCode | Refusal> {
  const { options } = args;
  const early = checkArgs(args);
  if (early) return early;
  const opened = await open(options, io, args.demo ?? false);
  if (!opened.ok) return opened.refusal;
  const { world } = opened;
  try {
    const asked = whatIsAsked(args, world.saved?.file);
    if ('says' in asked) return asked;
    const found = findRunbook(asked.runbook);
    if (!found.ok) return refusal(exitCodes.usage, found.says);
    const progress = liveProgress({
      stream: io.stderr,
      kind: options.quiet || world.saved ? 'quiet' : io.stderr.isTTY ? 'spinner' : 'lines',
      color: wantsColor(options.color, io.env, io.stderr),
    });
    const runbook = await load(found.entry);
    const done = await diagnoseTargets({
      runbook,
      targets: asked.targets,
      options: { ...options, ...asked.mesh },
      world,
      interrupt: io.interrupt,
      observer: progress,
      ...(options.debug
        ? {
            onBug: (error: unknown) => {
              io.err(`${stackOf(error)}\n`);
            },
          }
        : {}),
    });
    progress.stop();
    if (!done.ok) return done.refusal;
    const style = styleFor(options, io.env, io.stdout);
    io.out(await render(options.output, done.diagnoses, style));
    for (const note of done.notes) io.err(`meshdoc: ${note}\n`);
    if (options.save !== undefined && world.recorder) {
      io.err(
        `meshdoc: saved ${options.save}; diagnose it again anywhere: meshdoc diagnose --from ${options.save}\n`,
      );
    }
    return exitCodeOf(done.diagnoses);
  } finally {
    world.close();
  }
}

function checkArgs({ runbook, targets, options }: DiagnoseArgs): Refusal | undefined {
  if (options.from !== undefined) {
    return options.save === undefined
      ? undefined
      : refusal(exitCodes.usage, '--save and --from do not go together: a case is saved already');
  }
  if (runbook === undefined) {
    return refusal(
      exitCodes.usage,
      'name a runbook and a target: meshdoc diagnose stale web-5fcd7-x2x4q',
    );
  }
  const found = findRunbook(runbook);
  if (!found.ok) return refusal(exitCodes.usage, found.says);
  if (targets.length === 0) {
    return refusal(
      exitCodes.usage,
      `name a target: meshdoc diagnose ${found.entry.id} web-5fcd7-x2x4q (or deploy/web, or pod.namespace)`,
    );
  }
  return undefined;
}

type WhatIsAsked = {
  readonly runbook: string;
  readonly targets: readonly string[];
  readonly mesh: { readonly root?: string; readonly revision?: string };
};

/** A case knows its runbook, its target and its mesh; words on the command line win. */
function whatIsAsked(
  args: DiagnoseArgs,
  file: { readonly runbook: string; readonly input: Readonly<Record<string, string>> } | undefined,
): WhatIsAsked | Refusal {
  const { target, root, revision } = file?.input ?? {};
  const runbook = args.runbook ?? file?.runbook;
  const targets =
    args.targets.length > 0 ? args.targets : (target ?? '').split(' ').filter((t) => t !== '');
  if (runbook === undefined || targets.length === 0) {
    return refusal(exitCodes.usage, 'the case names no target; name one behind the runbook');
  }
  return {
    runbook,
    targets,
    mesh: {
      ...(root === undefined ? {} : { root }),
      ...(revision === undefined ? {} : { revision }),
    },
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
