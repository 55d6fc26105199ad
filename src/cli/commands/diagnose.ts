// `meshdoc diagnose [runbook] <target...>`: the main job.
import { exitCodeOf, exitCodes, refusal, type ExitCode, type Refusal } from '../../run/exit.ts';
import { diagnoseTargets } from '../../run/diagnose-target.ts';
import type { RunOptions, WatchOptions } from '../../run/options.ts';
import { redacted } from '../../run/redacted.ts';
import { optionsFor, savedRequest, typedRequest, type Request } from '../../run/request.ts';
import { liveClock, open, refusedSave, type Opened, type World } from '../../run/wire.ts';
import { isDrawable, lookOf, styleFor, wantsColor } from '../terminal.ts';
import { jsonText } from '../../core/text.ts';
import { version } from '../../run/version.ts';
import { liveProgress } from '../../report/progress.ts';
import { prepare, render } from '../../report/formats.ts';
import { hider } from '../../guard/guard.ts';
import { stackLines } from '../failure.ts';
import type { Io } from '../io.ts';

export type DiagnoseArgs = {
  /** The first word: a runbook, or a target when it names none. Absent with --from: the case knows. */
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
    const error = { exitCode: refused.code, says: hider()(refused.says) };
    const document = { schema: 'meshdoc/diagnosis/v1', meshdoc: version, error, diagnoses: [] };
    io.out(`${jsonText(document, 2)}\n`);
  }
  return refused.code;
}

async function run(args: DiagnoseArgs, io: Io): Promise<ExitCode | Refusal> {
  const { options } = args;
  const odd = together(options);
  if (odd !== undefined) return refusal(exitCodes.usage, odd);
  if (options.watch) {
    const typed = await typedRequest(args);
    return 'says' in typed ? typed : watched(typed, options.watch, options, io);
  }
  // Connections open while the runbook loads; nothing is sent before it is known that the words are right.
  const opened = await opening(args, io);
  try {
    const typed = await asTyped(args);
    if (typed && 'says' in typed) return typed;
    if (!opened.ok) return opened.refusal;
    const request = typed ?? (await savedRequest(args, opened.world.saved?.file));
    return 'says' in request ? request : await answer(request, opened.world, args, io);
  } finally {
    if (opened.ok) opened.world.close();
  }
}

async function opening({ options, demo = false }: DiagnoseArgs, io: Io): Promise<Opened> {
  const opened = await open(options, io, demo);
  if (opened.ok) opened.world.ready();
  return opened;
}

/** What is asked, or what is wrong with it; a case brings words of its own. */
async function asTyped(args: DiagnoseArgs): Promise<Request | Refusal | undefined> {
  const { from, save } = args.options;
  const typed = from === undefined ? await typedRequest(args) : undefined;
  if (typed && 'says' in typed) return typed;
  return (save === undefined ? undefined : await refusedSave(save)) ?? typed;
}

/** Flags that cannot be had at once. */
function together({ from, save, watch, fix, output }: RunOptions): string | undefined {
  if (fix !== undefined && output !== 'text')
    return `--fix prints text; -o ${output} has every fix whole`;
  if (fix !== undefined && watch) return `--fix and ${watch.flag} do not go together`;
  if (from !== undefined && save !== undefined)
    return '--save and --from do not go together: a case is saved already';
  if (!watch) return undefined;
  if (from !== undefined)
    return `${watch.flag} and --from do not go together: a case never changes`;
  return save === undefined
    ? undefined
    : `${watch.flag} and --save do not go together: save one run before and one after, then meshdoc compare`;
}

async function watched(
  request: Request,
  watch: WatchOptions,
  options: RunOptions,
  io: Io,
): Promise<ExitCode | Refusal> {
  const [{ watchCommand }, { rounds }, clock] = await Promise.all([
    import('./watch.ts'),
    import('../../run/rounds.ts'),
    liveClock(),
  ]);
  const { once, close } = rounds(request, options, io);
  try {
    return await watchCommand({ options, watch, once, clock }, io);
  } finally {
    close();
  }
}

async function answer(
  request: Request,
  world: World,
  { options }: DiagnoseArgs,
  io: Io,
): Promise<ExitCode | Refusal> {
  const progress = liveProgress({
    stream: io.stderr,
    kind: options.quiet || world.saved ? 'quiet' : isDrawable(io.stderr) ? 'spinner' : 'lines',
    color: wantsColor(options.color, io.env, io.stderr),
  });
  prepare(options.output);
  const done = await diagnoseTargets({
    runbook: request.runbook,
    targets: request.words,
    options: optionsFor(options, request),
    world,
    interrupt: io.interrupt,
    observer: progress,
    ...(options.debug
      ? {
          onBug: (error: unknown) => {
            for (const line of stackLines(error)) io.err(`${line}\n`);
          },
        }
      : {}),
  });
  progress.stop();
  if (!done.ok) return done.refusal;
  const [told = []] = redacted([done.diagnoses], options.names);
  const style = styleFor(options, io.env, io.stdout);
  const { fix } = options;
  if (fix === undefined) io.out(await render(options.output, told, style), lookOf(style));
  else {
    const { fixText } = await import('../../report/fix-text.ts');
    const printed = fixText(told, fix, style);
    if (printed.is === 'none') return refusal(exitCodes.usage, printed.says);
    io.out(printed.text, lookOf(style));
  }
  for (const note of done.notes) io.err(`meshdoc: ${note}\n`);
  if (done.unsaved !== undefined) {
    io.err(`meshdoc: ${done.unsaved}\n`);
    return exitCodes.failed;
  }
  if (options.save !== undefined && world.recorder) {
    io.err(
      `meshdoc: saved ${options.save}; diagnose it again anywhere: meshdoc diagnose --from ${options.save}\n`,
    );
  }
  return exitCodeOf(done.diagnoses, options.failOn);
}
