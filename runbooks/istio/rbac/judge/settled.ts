// What refusals are worth that were logged before a policy last changed: they prove nothing about the policies of today.
import { cite, clear, valueOf, type Clear, type Found } from '../../../../src/authoring.ts';
import type { Gathered } from '../gathered.ts';
import { lastPolicyChange } from '../picture.ts';
import { tell } from '../says.ts';
import { verdicts, type Verdict } from '../verdict.ts';
import { loggedVisits, type Given, type Logged } from '../visits.ts';
import type { Known } from './known.ts';

export function namedIn({ refusals, beside }: Gathered): Logged {
  return { callers: refusals?.callers ?? [], peers: beside?.peers };
}

/** Clear only where the policies of today would let the same request in. */
export function settledOf(known: Known, given: Given): Clear | readonly Found[] | undefined {
  const { policies, scene, seen } = known;
  const changed = lastPolicyChange(scene);
  const log = valueOf(seen.refusals?.log);
  const [last] = log?.refused ?? [];
  if (last?.at === undefined || last.at > changed) return undefined;
  const [then = '', since = ''] = [last.at, changed].map((ms) => new Date(ms).toISOString());
  const again = loggedVisits(known, log, namedIn(seen)).filter((visit) =>
    refusedAgain(verdicts(known, visit, given)),
  );
  if (again.length > 0) {
    const slots = { pod: known.picture.pod.ref, then, since };
    return [tell('refused-before-change', slots, { from: cite(policies, seen.refusals?.log) })];
  }
  return clear(
    `no request was refused since the policies last changed (${since}); the last refusal is older (${then}).`,
  );
}

/** Of a request that would be let in, others of the same caller are judged too, and may hang on what is not known. */
function refusedAgain(all: readonly Verdict[]): boolean {
  const outcomes = all.map(({ is }) => is.is);
  return (
    outcomes.some((is) => is !== 'allowed' && is !== 'unknown') || !outcomes.includes('allowed')
  );
}
