// What a person is told when a word cannot be resolved: their mistake, or a cluster that does not say.
import type { Why } from '../core/answer.ts';
import { exitCodes, refusal, unreachableCluster, type Refusal } from './exit.ts';

export type Failed =
  | { readonly is: 'usage'; readonly says: string }
  | {
      readonly is: 'unanswered';
      readonly reply: { readonly why: 'absent' | Why; readonly detail: string };
      readonly asked: string;
    };

/** `id` is the runbook, for the one who is told what it needs. */
export function unresolved(failed: Failed, word: string, id: string): Refusal {
  return failed.is === 'usage'
    ? refusal(exitCodes.usage, failed.says)
    : unanswered(failed, word, id);
}

const unreachable = new Set([
  'unreachable',
  'unauthenticated',
  'timed-out',
  'server-error',
  'unreadable',
]);

function unanswered(
  { asked, reply }: Extract<Failed, { is: 'unanswered' }>,
  word: string,
  id: string,
): Refusal {
  const why = reply.why === 'absent' ? undefined : reply.why;
  if (why === 'interrupted')
    return refusal(exitCodes.interrupted, 'interrupted before anything was known', why);
  if (why === 'forbidden') {
    return refusal(
      exitCodes.inconclusive,
      `cannot look at ${word}: ${reply.detail}; meshdoc access ${id} --user <you> prints the roles for an administrator to apply`,
      why,
    );
  }
  // A sign-in page or a proxy's page, sent with 200.
  const page =
    reply.why === 'unreadable' ? '; something else than the API server may be answering' : '';
  const says = `cannot read ${asked}: ${reply.detail}${page}`;
  return unreachable.has(reply.why)
    ? unreachableCluster(says, why)
    : refusal(exitCodes.inconclusive, says, why);
}
