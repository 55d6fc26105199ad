// `meshdoc diagnose --watch` and `--until-healthy`: wires the loop to a terminal, and prints what it came to.
import { compare } from '../../compare/compare.ts';
import { age } from '../../core/text.ts';
import type { Clock } from '../../core/ports.ts';
import { renderComparison } from '../../report/compare.ts';
import { render } from '../../report/formats.ts';
import type { Style } from '../../report/style.ts';
import { shown } from '../../report/view.ts';
import { tally } from '../../report/words.ts';
import { exitCodeOf, exitCodes, type ExitCode, type Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions, WatchOptions } from '../../run/options.ts';
import { comparisonOutputs } from '../options.ts';
import { redacted } from '../../run/redacted.ts';
import { isDrawable, lookOf, styleFor } from '../terminal.ts';
import { watch, type Round, type Watched } from '../../run/watch.ts';

export type WatchArgs = {
  readonly options: RunOptions;
  readonly watch: WatchOptions;
  readonly once: (limitMs: number) => Promise<Round>;
  readonly clock: Clock;
};

export async function watchCommand(args: WatchArgs, io: Io): Promise<ExitCode | Refusal> {
  const { until, intervalMs, limitMs } = args.watch;
  const status = statusLine(args, io);
  const watched = await watch({
    ...{ until, intervalMs, limitMs, clock: args.clock, interrupt: io.interrupt },
    once: (leftMs) => args.once(Math.max(1, Math.min(args.options.timeoutMs, leftMs))),
    tell: status.tell,
  });
  status.clear();
  if (watched.end === 'refused') return watched.refusal;
  const style = styleFor(args.options, io.env, io.stdout);
  io.out(await reportOf(watched, args.options, style), lookOf(style));
  if (!args.options.quiet) io.err(`meshdoc: ${endSays(watched, limitMs)}\n`);
  switch (watched.end) {
    case 'interrupted':
      return exitCodes.interrupted;
    case 'time':
      return exitCodes.inconclusive;
    case 'healthy':
      return exitCodes.healthy;
    case 'changed':
      return exitCodeOf(watched.last, args.options.failOn);
  }
}

type Ended = Exclude<Watched, { end: 'refused' }>;

/** What changed, when something did; else the last answer. */
async function reportOf(ended: Ended, options: RunOptions, style: Style): Promise<string> {
  const [first = [], last = []] = redacted([ended.first, ended.last], options.names);
  const compared = compare(first, last);
  const moved = compared.changes.some(({ is }) => is !== 'unchanged' && is !== 'changed');
  const format = comparisonOutputs.find((name) => name === options.output);
  return moved && format !== undefined
    ? renderComparison(format, compared, style)
    : render(options.output, last, style);
}

function endSays({ end, rounds, healthy }: Ended, limitMs: number): string {
  const asked = rounds === 1 ? 'asked once' : `asked ${rounds} times`;
  return {
    changed: `the verdict changed; ${asked}`,
    healthy: `healthy in two runs, one after the other; ${asked}`,
    time: `timed out after ${age(limitMs)}: ${healthy > 0 ? 'healthy once, two in a row are needed' : 'not healthy'}; ${asked}`,
    interrupted: `stopped; ${asked}`,
  }[end];
}

/** One line that is written over on a terminal; elsewhere a line for each run. */
function statusLine({ options, watch: { intervalMs, until } }: WatchArgs, io: Io) {
  const nothing = (): void => undefined;
  if (options.quiet) return { tell: nothing, clear: nothing };
  const waits = until === 'healthy' ? 'until it is healthy' : 'until the verdict changes';
  const tell = (round: Round, number: number): void => {
    const says = roundSays(round);
    if (isDrawable(io.stderr)) {
      io.err(`\r\x1b[2K${says}; run ${number}, next in ${intervalMs / 1000} s, ${waits}`);
    } else io.err(`${number}  ${says}\n`);
  };
  const clear = (): void => {
    if (isDrawable(io.stderr)) io.err('\r\x1b[2K');
  };
  return { tell, clear };
}

/** `09:02:17Z  PUSH REJECTED  stale/push-rejected` */
function roundSays(round: Round): string {
  if (!round.ok) return round.refusal.says;
  const all = shown(round.diagnoses);
  const time = all[0]?.about.started.slice(11, 19) ?? '';
  const codes = [...new Set(all.flatMap((d) => d.findings.map(({ code }) => code)))];
  return [`${time}Z`, tally(all), codes.slice(0, 3).join(', ')].filter(Boolean).join('  ');
}
