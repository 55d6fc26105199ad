// What a saved case says of its run: what was asked with all that was chosen beside it, when, and what was ignored.
import type { Ignore } from '../core/ignore.ts';
import type { Runbook } from '../core/runbook.ts';
import { runbooksOf, triageId } from '../core/triage.ts';
import type { CaseHead } from '../snapshot/case.ts';
import type { RunOptions } from './options.ts';
import { version } from './version.ts';
import type { World } from './wire.ts';

export type Headed = {
  readonly runbook: Runbook;
  readonly words: readonly string[];
  readonly options: RunOptions;
  readonly world: World;
  /** When it began, milliseconds. */
  readonly started: number;
  /** Those that a finding met: it says the same on a machine without them. */
  readonly ignored: readonly Ignore[];
};

export function caseHead({ runbook, words, options, world, started, ignored }: Headed): CaseHead {
  const { id } = runbook.head;
  return {
    runbook: id,
    input: inputOf(options, words, options.flags),
    now: new Date(started).toISOString(),
    ...(world.reach.context === undefined ? {} : { context: world.reach.context }),
    namespace: world.namespace,
    ...(id === triageId ? { runbooks: runbooksOf(runbook) } : {}),
    ...(ignored.length > 0 ? { ignore: ignored } : {}),
    recordedBy: `meshdoc ${version}`,
  };
}

/** What it takes to ask again: also what a saved case keeps. */
export function inputOf(
  options: RunOptions,
  words: readonly string[],
  flags: RunOptions['flags'],
): Readonly<Record<string, string>> {
  const given = Object.entries(flags).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value.join('\n'),
  ]);
  return {
    target: words.join(' '),
    ...options.mesh,
    ...(Object.fromEntries(given) as Record<string, string>),
  };
}
