// Why the proxy refuses a request of one caller: which policy decides, and which mistake it is.
import type { Found } from '../../../../src/authoring.ts';
import { adminPortOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import {
  notInForceText,
  type Beside,
  type NotInForce,
} from '../../../../src/model/linkerd/policy/beside.ts';
import type { Outcome, Tried } from '../../../../src/model/linkerd/policy/decide.ts';
import { sceneOf } from '../../../../src/model/linkerd/policy/picture.ts';
import { refText } from '../../../../src/model/linkerd/policy/refs.ts';
import { defaultPolicyAt } from '../../../../src/model/linkerd/policy/server.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { defaultPolicyOf } from '../../../../src/model/linkerd/policy/workload.ts';
import { refusedOf } from '../case.ts';
import { refusals, type Mistake, type Reason } from '../refusals.ts';
import { closest, ownedText, policyText, routesText, seenText } from '../words.ts';
import { evidenceOf, type Known } from './known.ts';

type Denied = Extract<Outcome, { is: 'denied' }>;

export function refused(known: Known, verdict: Verdict, is: Denied | { is: 'no-route' }): Found {
  const reason: Reason =
    is.is === 'denied'
      ? reasonOf(known, verdict, is)
      : { is: 'no-route', routes: routesText(verdict.server.routes.map(({ ref }) => ref)) };
  return refusals.tell(reason, refusedOf(known.picture, verdict), {
    from: evidenceOf(known, verdict),
    sure: verdict.sure && reason.guessed !== true,
    reach: seenText(verdict.visit),
    avoid: 'beside' in reason ? ownedText(reason.beside.policy) : undefined,
  });
}

function reasonOf(known: Known, verdict: Verdict, { tried, route }: Denied): Reason {
  const { picture } = known;
  const { visit, server } = verdict;
  const { port } = visit.arrival;
  const [meant] = verdict.meant;
  if (meant) return mistakeOf(meant);
  if (port === adminPortOf(picture.pod)) return { is: 'admin-denied' };
  const [voided] = verdict.void;
  // For whom it was meant nobody can tell.
  if (voided && tried.length === 0) return { ...mistakeOf(voided), guessed: true };
  const policy = defaultPolicyAt(sceneOf(picture), port);
  const lacksIdentity = visit.subject.identity.is === 'none' && policy.endsWith('-authenticated');
  if (server.ref.kind === 'default' && !lacksIdentity) {
    const isOwn = defaultPolicyOf(picture.workload) !== undefined;
    const origin = isOwn
      ? `an annotation of the pod sets to ${policy}`
      : `is ${policy} for the whole mesh`;
    return { is: 'default-denies', origin };
  }
  const nearest = closest(tried);
  if (nearest) return nearestReason(known, verdict, nearest);
  return route && route.kind !== 'default'
    ? { is: 'route-not-authorized', route: refText(route) }
    : { is: 'no-authorization' };
}

const mistakes: Readonly<Record<NotInForce['is'], Mistake>> = {
  'no-server': 'dangling-target',
  unsupported: 'dangling-target',
  'other-namespace': 'wrong-namespace',
  shadowed: 'server-shadowed',
  'port-name': 'port-name',
  'no-route': 'route-not-in-force',
  'route-refused': 'route-not-in-force',
  'route-on-tcp': 'route-not-in-force',
  void: 'void-policy',
};

function mistakeOf(beside: Beside): Reason {
  const { policy, why } = beside;
  return {
    is: mistakes[why.is],
    // Which port the name was for is not written anywhere.
    guessed: why.is === 'port-name',
    beside,
    policy: policyText(policy),
    why: notInForceText(why),
  };
}

/** By what the authorization that comes closest wants. */
function nearestReason(known: Known, { visit }: Verdict, { authz, fails }: Tried): Reason {
  const { identity, caller } = visit.subject;
  if (identity.is === 'none' && fails.some(({ is }) => is === 'no-identity')) {
    return identity.because.is === 'no-proxy' && caller
      ? { is: 'caller-not-meshed' }
      : // Why it comes without an identity its pod would tell.
        { is: 'caller-plaintext', guessed: isUnread(known, visit.subject.ip) };
  }
  return {
    is: fails.every(({ is }) => is === 'network') ? 'network-not-allowed' : 'identity-not-allowed',
    nearest: authz.ref,
  };
}

/** Who has the caller's address could not be asked; that nobody has it is known. */
function isUnread({ seen }: Known, address: string | undefined): boolean {
  const callers = seen.denials?.callers ?? [];
  return callers.some(({ ip, about }) => ip === address && about.kind === 'unknown');
}
