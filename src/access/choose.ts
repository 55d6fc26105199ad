// The access of several runbooks together: their rules, and where a diagnosis may go on beside them.
import type { Message } from '../core/finding.ts';
import type { Runbook } from '../core/runbook.ts';
import { rulesOf, wantsOf, type Rule } from './rules.ts';

export type RunbookAccess = {
  /** Sorted. */
  readonly runbooks: readonly string[];
  readonly rules: readonly Rule[];
  /** Runbooks that a finding of these goes on in, and that are not among them. */
  readonly goesOnIn: readonly string[];
};

export function accessOf(all: readonly Runbook[]): RunbookAccess {
  const runbooks = all.map(({ head }) => head.id).sort();
  const follows = all.flatMap(({ head }) =>
    Object.values(head.findings).flatMap(({ follow }: Message) => follow?.runbook ?? []),
  );
  const goesOnIn = [...new Set(follows)].filter((id) => !runbooks.includes(id)).sort();
  return { runbooks, rules: rulesOf(all.map(wantsOf)), goesOnIn };
}

/** `meshdoc` for all there are, `meshdoc-stale` for one, `meshdoc-rbac-stale` for two. */
export function roleName(runbooks: readonly string[], all: boolean): string {
  return all ? 'meshdoc' : ['meshdoc', ...runbooks].join('-');
}
