// What came back when something was asked. Unknown is data: it is printed, saved and counted.
import type { Command } from './command.ts';
import type { Evidence } from './evidence.ts';
import type { SafeText } from './text.ts';

/** Why a question has no answer. Never an exception's message: adapters classify while the code is a number. */
export type Why =
  | 'forbidden' // the server said 403: a permission is missing
  | 'unauthenticated' // 401, expired or missing credentials
  | 'unreachable' // no connection: refused, no route, DNS, TLS, a proxy in between
  | 'timed-out' // asked, and the deadline passed
  | 'interrupted' // Ctrl-C, or the whole run's budget was spent
  | 'server-error' // 5xx, or 429 after the retries it asked for
  | 'tool-missing' // the program is not on the PATH
  | 'tool-too-old' // the program is there, but cannot do this
  | 'tool-failed' // the program ran and failed
  | 'unreadable' // an answer came, and it is not what this question answers with
  | 'unexplained' // seen to be unwell, and nothing that was asked says why
  | 'not-in-snapshot' // a replay, and nobody had asked this when it was recorded
  | 'refused' // the guard does not let this be asked: it could change or harm something
  | 'bug'; // meshdoc failed

/** A question that could not be answered, in a form that can be printed, saved and counted. */
export type Gap = {
  /** What was asked, as a noun phrase: "pods in istio-system". */
  readonly asked: SafeText;
  readonly why: Why;
  /** One line of detail. */
  readonly detail: SafeText;
  /** What shows, or would give, the missing permission or tool. */
  readonly remedy?: Command;
  /** The runbook that explains what is unwell, and what to ask it about. */
  readonly follow?: { readonly runbook: string; readonly target: string };
};

/** What came back when we asked. `absent` is knowledge ("there is none"). `unknown` is not. */
export type Answer<T> = Known<T> | Absent | Unknown;
export type Known<T> = { readonly kind: 'known'; readonly value: T; readonly evidence: Evidence };
export type Absent = { readonly kind: 'absent'; readonly evidence: Evidence };
export type Unknown = { readonly kind: 'unknown'; readonly gap: Gap };

/** Only an answer that was actually received can be cited. */
export type Seen = Known<unknown> | Absent;

/** The value of a known answer, else `undefined`. */
export function valueOf<T>(answer: Answer<T> | undefined): T | undefined {
  return answer?.kind === 'known' ? answer.value : undefined;
}

/** What a finding cites: the first answer, and those of the others that were received. */
export function cite(
  first: Seen,
  ...others: readonly (Answer<unknown> | undefined)[]
): readonly [Seen, ...Seen[]] {
  const seen = others.filter((a): a is Seen => a !== undefined && a.kind !== 'unknown');
  return [first, ...seen];
}
