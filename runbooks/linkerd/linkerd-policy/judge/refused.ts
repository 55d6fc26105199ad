// Why the proxy refuses a request of one caller: which policy decides, and which mistake it is.
import { listed, type Found } from '../../../../src/authoring.ts';
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
import { evidenceOf, type Case } from '../case.ts';
import { letIn } from '../fixes.ts';
import { refusals, type Mistake, type Reason } from '../refusals.ts';
import { refusedOf } from '../request.ts';
import { isOwnReason, plaintextReason } from './plaintext.ts';
import { closest, mostNames, ownedText, policyText, refIn, seenText } from '../words.ts';

type Denied = Extract<Outcome, { is: 'denied' }>;

export function refused(c: Case, verdict: Verdict, is: Denied | { is: 'no-route' }): Found {
  const reason = is.is === 'denied' ? reasonOf(c, verdict, is) : noRoute(verdict);
  const request = refusedOf(c.picture, verdict);
  const found = refusals.tell(reason, request, {
    from: evidenceOf(c, verdict),
    sure: verdict.sure && reason.guessed !== true && !isUnread(c, verdict),
    reach: seenText(verdict.visit),
    avoid: 'beside' in reason ? ownedText(reason.beside.policy) : undefined,
  });
  return { ...found, fixes: [...(found.fixes ?? []), ...letIn(request)] };
}

/** Whose the address is was asked, and not answered: it may be a pod that has an identity. */
function isUnread({ seen }: Case, { visit: { subject } }: Verdict): boolean {
  if (subject.caller) return false;
  return (seen.denials?.callers ?? []).some(
    ({ ip, about }) => ip === subject.ip && about.kind === 'unknown',
  );
}

function noRoute({ server }: Verdict): Reason {
  const routes = server.routes.map(({ ref }) => refText(ref));
  return { is: 'no-route', routes: listed(routes, mostNames) };
}

function reasonOf(c: Case, verdict: Verdict, { tried, route }: Denied): Reason {
  const { visit, server } = verdict;
  const { port } = visit.arrival;
  const [meant] = verdict.meant;
  if (meant) return mistakeOf(meant);
  const plain = plaintextReason(c, verdict, tried);
  if (plain && isOwnReason(plain)) return plain;
  if (port === adminPortOf(c.picture.pod)) return { is: 'admin-denied' };
  const [voided] = verdict.void;
  // Nobody can tell for which caller it was meant.
  if (voided && tried.length === 0) return { ...mistakeOf(voided), guessed: true };
  const policy = defaultPolicyAt(sceneOf(c.picture), port);
  const lacksIdentity = visit.subject.identity.is === 'none' && policy.endsWith('-authenticated');
  const outside = server.ref.kind === 'default' ? outsideNetworks(c, verdict, tried) : undefined;
  if (outside) return outside;
  if (server.ref.kind === 'default' && !lacksIdentity) {
    const isOwn = defaultPolicyOf(c.picture.workload) !== undefined;
    const origin = isOwn
      ? `an annotation of the pod sets it to ${policy}`
      : `it is ${policy} for the whole mesh`;
    return { is: 'default-denies', origin };
  }
  const nearest = closest(tried);
  if (nearest && plain) return plain;
  if (nearest) return nearestReason(nearest);
  return route && route.kind !== 'default'
    ? { is: 'route-not-authorized', route: refIn(route, c.picture.pod.ref.namespace) }
    : { is: 'no-authorization' };
}

/** The cluster policies are for the networks of the cluster (linkerd2 policy-controller/k8s/index/src/defaults.rs). */
function outsideNetworks(c: Case, { visit }: Verdict, tried: readonly Tried[]): Reason | undefined {
  const isNetwork = tried.some(({ fails }) => fails.length > 0 && fails.every(isByNetwork));
  if (!isNetwork || visit.subject.ip === undefined) return undefined;
  const { networks } = sceneOf(c.picture).cluster;
  return { is: 'outside-networks', networks: listed(networks, mostNetworks) };
}

const mostNetworks = 8;
const isByNetwork = ({ is }: Tried['fails'][number]): boolean => is === 'network';

const mistakes: Readonly<Record<NotInForce['is'], Mistake>> = {
  'no-server': 'dangling-target',
  unsupported: 'dangling-target',
  'other-namespace': 'wrong-namespace',
  'port-without-server': 'port-without-server',
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
    // Nothing tells which port the name was meant for.
    guessed: why.is === 'port-name',
    beside,
    policy: policyText(policy),
    why: notInForceText(why),
  };
}

/** The reason, by the requirements of the closest authorization. */
function nearestReason({ authz, fails }: Tried): Reason {
  const byNetwork = fails.every(isByNetwork);
  return { is: byNetwork ? 'network-not-allowed' : 'identity-not-allowed', nearest: authz.ref };
}
