// The smallest change of policy that lets one request through, with the caller's own principal. What cannot be
// given to one caller alone is not offered.
import { changeOf, inScene, type Change } from './change.ts';
import { decide } from './decide.ts';
import { exclusion } from './repair-deny.ts';
import { additions } from './repair-allow.ts';
import type { Decision, DeniedBy, Repair, Request, Scene, Widening } from './types.ts';

/** More denials in a row than this are not one fault. */
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
  if (outcome.is !== 'denied') return [none('nothing denies it for sure')];
  const { source } = request;
  if (source.is === 'unknown') return [none('who calls is not known')];
  if (source.is === 'plaintext') {
    return [none('the caller is plaintext, and a policy can give leave only to an identity')];
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
  return repairs.length > 0 ? repairs : [none('no one change of a policy would let it through')];
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
      return 'the policy names an authorizer that is not there, which is to be mended first';
    case 'jwt':
      return 'the token is refused, not the caller';
    case 'no-allow': {
      const [nearest] = by.misses;
      if (nearest?.fails.every(({ why }) => why.is === 'no-token') && nearest.fails.length > 0) {
        return 'the nearest rule wants a token, and the request brings none';
      }
      const found = additions(scene, request, principal, by.misses, decision.attached);
      return [...found].sort((a, b) => open(a.widens) - open(b.widens));
    }
  }
}

function open(widens: Widening): number {
  return Object.values(widens).filter((value) => value === undefined).length;
}

/** The same rule denies still, so that the change is of no use. */
function isSame(now: DeniedBy, before: DeniedBy): boolean {
  if (now.is === 'deny-rule' && before.is === 'deny-rule') {
    return JSON.stringify(now.matched.rule) === JSON.stringify(before.matched.rule);
  }
  return now.is === before.is;
}
