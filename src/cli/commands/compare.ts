// `meshdoc compare <before> <after>`: what became of the findings of a saved case, shown by a later one.
import { compare } from '../../compare/compare.ts';
import type { Comparison } from '../../core/comparison.ts';
import { renderComparison } from '../../report/compare.ts';
import { exitCodeOf, exitCodes, refusal, type ExitCode, type Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { comparisonOutputs } from '../options.ts';
import { diagnoseCase } from '../../run/replayed.ts';
import { redacted } from '../../run/redacted.ts';
import { lookOf, styleFor } from '../terminal.ts';

export async function compareCommand(
  before: string,
  after: string,
  options: RunOptions,
  io: Io,
): Promise<ExitCode> {
  const compared = await compareCases(before, after, options, io);
  if ('says' in compared) {
    io.err(`meshdoc: ${compared.says}\n`);
    return compared.code;
  }
  if (isSwapped(compared))
    io.err('meshdoc: the first case is the later one; the order is <before> <after>\n');
  const format = comparisonOutputs.find((name) => name === options.output) ?? 'text';
  const style = styleFor(options, io.env, io.stdout);
  io.out(await renderComparison(format, compared, style), lookOf(style));
  return exitOf(compared);
}

async function compareCases(
  before: string,
  after: string,
  options: RunOptions,
  io: Io,
): Promise<Comparison | Refusal> {
  const was = await diagnoseCase(before, options, io.interrupt, io);
  if (!was.ok) return was.refusal;
  const now = await diagnoseCase(after, options, io.interrupt, io);
  if (!now.ok) return now.refusal;
  const [first = [], last = []] = redacted([was.diagnoses, now.diagnoses], options.names);
  const compared = compare(first, last);
  if (compared.pairs.some((pair) => pair.before && pair.after)) return compared;
  const named = (all: typeof was.diagnoses) =>
    all.map((d) => `${d.runbook} ${d.target}`)[0] ?? 'nothing';
  return refusal(
    exitCodes.usage,
    `these cases are not of one target: ${named(was.diagnoses)} and ${named(now.diagnoses)}; save both with the same meshdoc diagnose <runbook> <target>`,
  );
}

/** Of what is true after; what is not known any more keeps it from being good. */
export function exitOf(c: Comparison): ExitCode {
  const code = exitCodeOf(c.pairs.flatMap(({ after }) => after ?? []));
  const lost = c.changes.some((change) => change.is === 'not-known');
  return code === exitCodes.healthy && lost ? exitCodes.inconclusive : code;
}

function isSwapped({ pairs }: Comparison): boolean {
  return pairs.some(
    ({ before, after }) => before && after && before.about.started > after.about.started,
  );
}
