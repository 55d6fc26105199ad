// What is known about one destination, and the scene in which the evaluator decides.
import type { Destination } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { attach } from '../../../src/model/istio/authz/attach.ts';
import {
  defaultSwitches,
  type Attached,
  type Point,
  type Scene,
  type Switches,
} from '../../../src/model/istio/authz/types.ts';
import { policyText } from '../../../src/model/istio/authz/refs.ts';
import { lastChange } from '../../../src/model/kube/origin.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import type { MeshConfig } from '../../../src/facts/istio/mesh-config.ts';
import type { Policies } from '../../../src/facts/istio/policies.ts';
import {
  policiesInProxy,
  type Chain,
  type PolicyName,
  type ProxyAuthz,
} from '../../../src/facts/istio/proxy-authz.ts';
import { enforcesDryRunCustom, imageVersion } from '../../../src/model/istio/version.ts';
import { arrivals, type Arrival, type ServiceOfPod } from '../../../src/model/kube/services.ts';

export type Picture = {
  readonly destination: Destination;
  readonly pod: Pod;
  readonly services: readonly ServiceOfPod[] | undefined;
  readonly mesh: MeshConfig | undefined;
  readonly policies: Policies | undefined;
  readonly proxy: ProxyAuthz | undefined;
  readonly root: string;
  /** When the policies were read, milliseconds since the epoch. */
  readonly now: number;
};

export function pointOf(pod: Pod): Point | undefined {
  const { is } = meshRole(pod);
  const here = { namespace: pod.ref.namespace, labels: pod.labels };
  if (is === 'waypoint') return { is, ...here, service: undefined };
  if (is === 'ambient') return { is: 'ztunnel', ...here };
  return is === 'sidecar' || is === 'gateway' ? { is, ...here } : undefined;
}

/** Where a request is decided. */
export type At = { readonly picture: Picture; readonly scene: Scene; readonly proxy: InProxy };

export function atOf(picture: Picture, point: Point): At {
  const scene = sceneOf(picture, point);
  return { picture, scene, proxy: inProxy(picture, scene) };
}

export function sceneOf(picture: Picture, point: Point): Scene {
  const { mesh, policies, root } = picture;
  return {
    root: mesh?.rootNamespace ?? root,
    // pkg/config/constants DefaultClusterLocalDomain: where nothing else is known.
    trustDomain: mesh?.trustDomain ?? 'cluster.local',
    trustDomainAliases: mesh?.trustDomainAliases ?? [],
    point,
    authorizationPolicies: policies?.authorization ?? [],
    // An incomplete list counts as no list: which token is refused is then not known.
    requestAuthentications:
      policies?.unseen.requestAuthentication.length === 0
        ? policies.requestAuthentication
        : undefined,
    peerAuthentications: policies?.peerAuthentication ?? [],
    providers: mesh?.extensions,
    switches: { ...defaultSwitches, dryRunCustom: dryRunCustom(picture.pod) },
    unseen: policies?.unseen.authorization ?? [...new Set([picture.pod.ref.namespace, root])],
  };
}

/** By the proxy's own version: istiod is never older than the proxies it serves. */
function dryRunCustom(pod: Pod): Switches['dryRunCustom'] {
  const version = imageVersion(proxyOf(meshRole(pod))?.image ?? '');
  return version !== undefined && enforcesDryRunCustom(version) ? 'denies' : 'not-known';
}

export function arrivalsOf({ services, pod, destination }: Picture): readonly Arrival[] {
  return arrivals(services ?? [], pod, destination);
}

/** What the proxy has, compared with what Kubernetes says it should have. */
export type InProxy =
  | { readonly is: 'unknown' | 'same' }
  | {
      readonly is: 'differs';
      readonly missing: readonly Attached[];
      readonly extra: readonly PolicyName[];
      readonly refused: string | undefined;
      /** The change is so recent that it may not have arrived yet. */
      readonly young: boolean;
    };

const youngMs = 10_000;

export function inProxy({ proxy, policies, now }: Picture, scene: Scene): InProxy {
  if (proxy?.is !== 'heard' || !policies) return { is: 'unknown' };
  const { refused } = proxy;
  const attached = attach(scene).filter((a) => a.because.attaches && a.action !== 'unknown');
  const wanted = new Set(attached.map(({ policy }) => policyText(policy)));
  const has = policiesInProxy(proxy.chains);
  const missing = attached.filter(({ policy }) => !has.has(policyText(policy)));
  const beyond = [...has].filter((name) => !wanted.has(name));
  // A policy in a namespace that could not be listed may exist.
  const unseen = new Set(policies.unseen.authorization);
  const extra = beyond.filter((name) => !unseen.has(name.split('/')[0] ?? ''));
  if (missing.length > 0 || extra.length > 0) {
    const young = missing.some(({ object }) => now - changedAt(object) < youngMs);
    return { is: 'differs', missing, extra, refused, young };
  }
  // A config that it rejected may have other rules under the same names; a policy that was not listed may have any.
  return { is: refused === undefined && beyond.length === 0 ? 'same' : 'unknown' };
}

function changedAt(object: Attached['object']): number {
  return Date.parse(lastChange(object)?.at ?? '') || 0;
}

/** When a policy in force last changed; 0 when unknown. */
export function lastPolicyChange(attached: readonly Attached[]): number {
  return Math.max(0, ...attached.filter((a) => a.because.attaches).map((a) => changedAt(a.object)));
}

/** The proxy's chains for a port: its own, else those for any port. */
export function chainsFor(proxy: ProxyAuthz | undefined, port: number): readonly Chain[] {
  if (proxy?.is !== 'heard') return [];
  const own = proxy.chains.filter((chain) => chain.port === port);
  return own.length > 0 ? own : proxy.chains.filter((chain) => chain.port === undefined);
}
