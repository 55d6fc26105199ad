// The smallest policy change that allows one request, for the caller's own principal. A change that cannot be limited
// to one caller is not offered.
import { changeOf, inScene, type Change } from './change.ts';
import { decide } from './decide.ts';
import { exclusion } from './repair-deny.ts';
import { additions } from './repair-allow.ts';
import type { Decision, DeniedBy, Repair, Request, Scene, Widening } from './types.ts';

/** A chain of more denials than this is more than one fault. */
const MOST = 5;

/** Narrowest first. */
export function repair(scene: Scene, request: Request, decision: Decision): readonly Repair[] {
  return repairWithin(scene, request, decision, MOST);
}

function repairWithin(
  scene: Scene,
  request: Request,
  decision: Decision,
  left: number,
): readonly Repair[] {
  const { outcome } = decision;
  if (outcome.is !== 'denied') return [none('no denial is certain')];
  const { source } = request;
  if (source.is === 'unknown') return [none('the caller is not known')];
  if (source.is === 'plaintext') {
    return [none('the caller sends plaintext, and a policy can only allow an identity')];
  }
  const changes = changesFor(outcome.by, scene, request, source.principal, decision);
  if (typeof changes === 'string') return [none(changes)];
  const repairs = changes.flatMap((change) => {
    const after = inScene(scene, change);
    const then = decide(after, request);
    if (then.outcome.is !== 'denied') return [changeOf(change, undefined)];
    if (left <= 1 || isSame(then.outcome.by, outcome.by)) return [];
    const [next] = repairWithin(after, request, then, left - 1);
    return next === undefined || next.is === 'none' ? [] : [changeOf(change, next)];
  });
  return repairs.length > 0 ? repairs : [none('no single policy change would allow it')];
}

function none(because: string): Repair {
  return { is: 'none', because };
}

function changesFor(
  by: DeniedBy,
  scene: Scene,
  request: Request,
  principal: string,
  decision: Decision,
): readonly Change[] | string {
  switch (by.is) {
    case 'deny-rule':
      return exclusion(by.matched, decision.attached, principal);
    case 'custom-broken':
      return 'the policy names a missing authorizer, which must be fixed first';
    case 'jwt':
      return 'the token is refused, not the caller';
    case 'no-allow': {
      const [nearest] = by.misses;
      if (nearest?.fails.every(({ why }) => why.is === 'no-token') && nearest.fails.length > 0) {
        return 'the closest rule requires a token, and the request has none';
      }
      const found = additions(scene, request, principal, by.misses, decision.attached);
      return [...found].sort((a, b) => open(a.widens) - open(b.widens));
    }
  }
}

function open(widens: Widening): number {
  return Object.values(widens).filter((value) => value === undefined).length;
}

/** The same rule still denies, so the change does not help. */
function isSame(now: DeniedBy, before: DeniedBy): boolean {
  if (now.is === 'deny-rule' && before.is === 'deny-rule') {
    return JSON.stringify(now.matched.rule) === JSON.stringify(before.matched.rule);
  }
  return now.is === before.is;
}
