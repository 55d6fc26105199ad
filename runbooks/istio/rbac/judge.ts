// How `rbac` concludes from what it gathered: pure functions.
import {
  cite,
  clear,
  count,
  listed,
  podText,
  skip,
  valueOf,
  type Answer,
  type Clear,
  type Destination,
  type MeshChoice,
  type PodRef,
  type Say,
  type Seen,
  type Skip,
} from '../../../src/authoring.ts';
import { attach } from '../../../src/model/istio/authz/attach.ts';
import type { Attached, Scene } from '../../../src/model/istio/authz/types.ts';
import type { ClientRules } from '../../../src/facts/istio/client-rules.ts';
import type { DenialLog } from '../../../src/facts/istio/denial-log.ts';
import type { MeshConfig } from '../../../src/facts/istio/mesh-config.ts';
import type { Policies } from '../../../src/facts/istio/policies.ts';
import type { ProxyAuthz } from '../../../src/facts/istio/proxy-authz.ts';
import type { RbacCounters } from '../../../src/facts/istio/rbac-counters.ts';
import { inProxy, pointOf, sceneOf, type InProxy, type Picture } from './picture.ts';
import { readHeaders, type Given } from './request.ts';
import { anyone, refusedVisits, visitsOf, type Caller, type Visit } from './subjects.ts';
import { verdicts, type Verdict } from './verdict.ts';
import { policyText, requestText, ruleText } from './words.ts';
import { serviceOf, type ServiceOfPod } from '../../../src/model/kube/services.ts';
import type { WaypointName } from '../../../src/facts/istio/waypoint.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import { matchesAll } from '../../../src/model/kube/labels.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { labelsAt } from '../../../src/model/kube/read.ts';
import type { Findings } from './says.ts';
import { sayAmbient } from './judge/ambient.ts';
import { sayVerdict } from './judge/request.ts';

export type RbacSay = Say<Findings>;
export type Input = MeshChoice & {
  readonly src: PodRef | undefined;
  readonly dst: Destination;
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly header: readonly string[];
};
export type Called = {
  readonly about: Answer<Pod> | undefined;
  readonly rules: Answer<ClientRules> | undefined;
};
export type Waypoint = {
  readonly name: WaypointName | undefined;
  readonly labels: Answer<Namespace>;
  readonly about: Answer<Pod> | undefined;
};
export type Refusals = {
  readonly log: Answer<DenialLog>;
  readonly callers: readonly (Called & { readonly ip: string })[];
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly destination?: {
    readonly about: Answer<Pod>;
    readonly services: Answer<readonly ServiceOfPod[]>;
  };
  readonly caller?: Called;
  readonly waypoint?: Waypoint | undefined;
  readonly mesh?: Answer<MeshConfig>;
  readonly policies?: Answer<Policies>;
  readonly proxy?: Answer<ProxyAuthz>;
  readonly refusals?: Refusals;
  readonly now?: Answer<RbacCounters>;
};
type Judgement = Clear | Skip | undefined;

/** Everything judged, with its answers for evidence. */
export type Known = {
  readonly picture: Picture;
  readonly scene: Scene;
  readonly proxy: InProxy;
  readonly policies: Seen;
  readonly sofar: Sofar;
};

export function decision(_: unknown, say: RbacSay, input: Input, sofar: Sofar): Judgement {
  const known = knownOf(input, sofar);
  if (!known) return skip('what stands in front of the destination is not known');
  sayInProxy(say, known);
  sayIgnored(say, known);
  const log = valueOf(sofar.refusals?.log);
  const given = givenOf(input);
  const visits = input.src
    ? visitsOf(known.picture, known.scene, callerOf(sofar.caller), log)
    : refusedVisits(known.picture, known.scene, log, callersOf(sofar.refusals));
  const found =
    visits.length === 0
      ? sayAnyone(say, known, given)
      : known.scene.point.is === 'ztunnel'
        ? sayAmbient(say, known, visits, given)
        : sayVisits(say, known, visits, given);
  return clearOf(found, input);
}

/** By what a request is let through, for one who asked. */
function clearOf(found: readonly Verdict[], { src }: Input): Clear | undefined {
  const [first] = found;
  if (!first || !found.every((v) => v.is.is === 'allowed' && v.sure)) return undefined;
  if (!src) return undefined;
  const { outcome } = first.decision;
  if (outcome.is !== 'allowed') return undefined;
  const by =
    outcome.by === 'no-allow-policy'
      ? 'no ALLOW policy is in force here, and no DENY rule matches'
      : `${ruleText(outcome.by)} lets it through`;
  return clear(`${requestText(first.request)}: ${by}.`);
}

/** Every answer is logged, so there is nothing that only the counters know. */
export function logsAll(proxy: ProxyAuthz | undefined): boolean {
  return proxy?.is === 'heard' && proxy.chains.every((chain) => chain.logs === 'all');
}

function knownOf({ dst, root }: Input, sofar: Sofar): Known | undefined {
  const pod = valueOf(sofar.destination?.about);
  const point = pod && pointOf(pod);
  const { policies } = sofar;
  if (!pod || !point || policies?.kind !== 'known') return undefined;
  const picture: Picture = {
    destination: dst,
    pod,
    services: valueOf(sofar.destination?.services),
    mesh: valueOf(sofar.mesh),
    policies: policies.value,
    proxy: valueOf(sofar.proxy),
    root,
    now: Date.parse(policies.evidence.at),
  };
  const scene = sceneOf(picture, point);
  return { picture, scene, proxy: inProxy(picture, scene), policies, sofar };
}

function givenOf({ path, method, header }: Input): Given {
  return { path, method, headers: readHeaders(header) };
}

function callerOf(called: Called | undefined): Caller {
  return { about: valueOf(called?.about), rules: valueOf(called?.rules) };
}

function callersOf(refusals: Refusals | undefined): ReadonlyMap<string, Caller> {
  return new Map((refusals?.callers ?? []).map((called) => [called.ip, callerOf(called)]));
}

export function sayVisits(
  say: RbacSay,
  known: Known,
  visits: readonly Visit[],
  given: Given,
): readonly Verdict[] {
  const { picture, scene } = known;
  const all = visits.flatMap(({ subject, arrival }) =>
    verdicts(picture, scene, subject, [arrival], given),
  );
  // What hangs on the request is worth saying only where nothing else explains a refusal.
  const explained = all.some((v) => v.is.is !== 'allowed' && v.is.is !== 'unknown');
  for (const verdict of all) {
    if (verdict.is.is !== 'unknown' || !explained) sayVerdict(say, known, verdict);
  }
  return all;
}

/** Nobody is named and nobody was logged: what would happen to whoever calls. */
function sayAnyone(say: RbacSay, known: Known, given: Given): readonly Verdict[] {
  const { picture, scene, sofar } = known;
  const all = anyone(picture).flatMap(({ subject, arrival }) =>
    verdicts(picture, scene, subject, [arrival], given),
  );
  const denied = all.filter((v) => v.is.is === 'denied');
  for (const verdict of denied) sayVerdict(say, known, verdict);
  if (denied.length === 0 && sofar.now) sayCounted(say, known, sofar.now);
  return all;
}

function sayCounted(say: RbacSay, { picture }: Known, now: Answer<RbacCounters>): void {
  if (now.kind !== 'known' || now.value.is !== 'counted' || now.value.denied === 0) return;
  const { namespace, name } = picture.pod.ref;
  const slots = {
    pod: podText(picture.pod.ref),
    namespace,
    name,
    selected: JSON.stringify(selectorOf(picture)),
    figures: `${count(now.value.denied, 'request')} in ${now.value.seconds} s`,
  };
  say('denied-now', slots, now);
}

/** The narrowest selector that is sure to hold for every pod of the workload. */
function selectorOf({ services, pod, destination }: Picture): Readonly<Record<string, string>> {
  const { 'pod-template-hash': _hash, ...labels } = pod.labels;
  return serviceOf(services, pod, destination)?.selector ?? labels;
}

function sayInProxy(say: RbacSay, { picture, proxy, policies, sofar }: Known): void {
  if (picture.proxy && picture.proxy.is !== 'heard' && sofar.proxy?.kind === 'known') {
    const silent = 'takes connections at its admin port and answers nothing';
    const trouble = picture.proxy.is === 'silent' ? silent : 'does not run';
    say('proxy-silent', { pod: podText(picture.pod.ref), trouble }, sofar.proxy);
  }
  if (proxy.is !== 'differs') return;
  const pod = podText(picture.pod.ref);
  const from = cite(policies, sofar.proxy);
  const refused =
    proxy.refused === undefined ? '' : `Envoy refuses the newer config: ${proxy.refused}`;
  const { missing, extra } = proxy;
  if (extra.length > 0) {
    const named = listed(extra.map((name) => `AuthorizationPolicy ${name}`));
    const tell = picture.policies?.unseen.authorization.length === 0 ? say : say.likely;
    tell('stale-in-proxy', { pod, policies: named, refused }, ...from);
  }
  if (missing.length === 0) return;
  const named = listed(missing.map((a) => `AuthorizationPolicy ${policyText(a.policy)}`));
  // A change takes a moment to arrive.
  const tell = proxy.young && proxy.refused === undefined ? say.likely : say;
  tell('not-in-proxy', { pod, policies: named, refused }, ...from);
}

function sayIgnored(say: RbacSay, { picture, scene, policies }: Known): void {
  for (const one of attach(scene)) {
    const reason = ignoredBecause(one, picture);
    if (reason === undefined) continue;
    const slots = {
      policy: policyText(one.policy),
      policyName: one.policy.name,
      policyNamespace: one.policy.namespace,
      pod: podText(picture.pod.ref),
      reason,
      again: '[]',
    };
    say('ignored-policy', slots, policies);
  }
}

/** Why a policy that names this workload is not in force for it. */
function ignoredBecause({ because, object }: Attached, { pod }: Picture): string | undefined {
  if (because.attaches) return undefined;
  const selector = labelsAt(object.spec, 'selector', 'matchLabels');
  const names = Object.keys(selector).length > 0 && matchesAll(selector, pod.labels);
  switch (because.why.is) {
    case 'target-at-sidecar':
      return 'it has a targetRef, which only gateways and waypoints take';
    case 'target-at-ztunnel':
      return undefined;
    case 'other-namespace':
      return names
        ? 'it is in another namespace, and a selector reaches pods of its own namespace alone'
        : undefined;
    case 'action-at-ztunnel':
      return 'a ztunnel takes neither AUDIT nor CUSTOM';
    case 'dry-run-at-ztunnel':
      return 'a ztunnel takes no dry run';
    case 'no-target-at-waypoint':
      return names ? 'a waypoint takes only policies with a targetRef' : undefined;
    default:
      return undefined;
  }
}
