// Whose turn it is in a run that would take too long whole, as the lab's does: the commit says, so that one commit
// always runs the same, and commits that follow one another run everything.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { slice } from './share.ts';

export type Turn =
  | { readonly runs: 'all'; readonly because: string }
  | { readonly runs: 'one'; readonly runbook: string; readonly scenario?: string }
  | { readonly runs: 'slice'; readonly number: number; readonly because: string };

/** `all`, `rbac`, `rbac/deny-rule`, or the number of a turn; the commit's own turn when nothing is asked for. */
export function turnOf(asked: string | undefined, root = ROOT): Turn {
  if (asked === undefined || asked === '') return turnOfCommit(root);
  if (asked === 'all') return { runs: 'all', because: 'it was asked for' };
  if (/^\d+$/.test(asked))
    return { runs: 'slice', number: Number(asked), because: 'it was asked for' };
  const [runbook = '', scenario] = asked.split('/');
  return { runs: 'one', runbook, ...(scenario === undefined ? {} : { scenario }) };
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Commits are counted: those that follow one another have numbers that do, so none is left out for long. A shallow
 * clone has nothing to count, there the hash is the number.
 */
function turnOfCommit(root: string): Turn {
  const hash = git(root, 'rev-parse', 'HEAD');
  if (hash === undefined) return { runs: 'all', because: 'there is no commit that could choose' };
  const because = `commit ${hash.slice(0, 7)}`;
  const shallow = git(root, 'rev-parse', '--is-shallow-repository') !== 'false';
  const count = git(root, 'rev-list', '--count', '--first-parent', 'HEAD');
  const number = shallow ? parseInt(hash.slice(0, 8), 16) : Number(count);
  return { runs: 'slice', number, because };
}

function git(cwd: string, ...args: readonly string[]): string | undefined {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: [...stdio] }).trim();
  } catch {
    return undefined;
  }
}

/** How many slices of about `size` a list makes: a longer list makes more of them, not longer ones. */
export const slicesOf = (length: number, size: number): number =>
  Math.max(1, Math.ceil(length / size));

/** What has its turn. A list that may not be cut is run whole when one runbook was asked for. */
export function inTurn<T>(all: readonly T[], size: number, turn: Turn): readonly T[] {
  return turn.runs === 'slice' ? slice(all, slicesOf(all.length, size), turn.number) : all;
}

/** `3 of 7 rounds of authz: slice 2 of 3 (turn 466)`. */
export function told(what: string, mine: number, all: number, slices: number, turn: Turn): string {
  const counted = `${mine} of ${all} ${what}`;
  if (turn.runs === 'all') return `${counted}: all, because ${turn.because}`;
  if (turn.runs === 'one')
    return `${counted}: those of ${[turn.runbook, turn.scenario].filter(Boolean).join('/')}`;
  return `${counted}: slice ${(turn.number % slices) + 1} of ${slices} (turn ${turn.number})`;
}
