// What is known about one destination, and the scene in which the evaluator decides.
import type { Destination, KubeObject } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { attach, attachment } from '../../../src/model/istio/authz/attach.ts';
import {
  defaultSwitches,
  type Attached,
  type Point,
  type Scene,
  type Switches,
} from '../../../src/model/istio/authz/types.ts';
import { policyText } from '../../../src/model/istio/authz/refs.ts';
import { matchesAll } from '../../../src/model/kube/labels.ts';
import { labelsAt } from '../../../src/model/kube/read.ts';
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
import { readPolicy } from '../../../src/model/istio/authz/parse.ts';
import type { ServicePorts } from '../../../src/facts/kube/service-named.ts';
import { unusableProviders } from './authorizers.ts';
import { enforcesDryRunCustom, imageVersion } from '../../../src/model/istio/version.ts';
import { arrivals, type Arrival, type ServiceOfPod } from '../../../src/model/kube/services.ts';

export type Picture = {
  readonly destination: Destination;
  readonly pod: Pod;
  readonly services: readonly ServiceOfPod[] | undefined;
  readonly mesh: MeshConfig | undefined;
  readonly policies: Policies | undefined;
  readonly proxy: ProxyAuthz | undefined;
  /** istiod does not read the namespace of the pod: no discoverySelector selects it. */
  readonly undiscovered: boolean;
  /** The Service of an authorizer that istiod cannot use: its ports, or that it does not exist. */
  readonly authorizer: ServicePorts | 'absent' | undefined;
  /** The gateway's numTrustedProxies; `undefined`: not known. */
  readonly trustedProxies: number | undefined;
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
  const { mesh, root, undiscovered, proxy } = picture;
  const policies = undiscovered ? readByIstiod(picture) : picture.policies;
  const unusable = unusableProviders(proxy, policies?.authorization ?? []);
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
    providers: mesh?.extensions.map((e) => ({ ...e, unusable: unusable.includes(e.name) })),
    switches: { ...defaultSwitches, dryRunCustom: dryRunCustom(picture.pod) },
    unseen: policies?.unseen.authorization ?? [...new Set([picture.pod.ref.namespace, root])],
  };
}

/** pkg/kube/namespace/filter.go: the root namespace is always read. */
function readByIstiod({ policies, pod, root }: Picture): Policies | undefined {
  const read = (objects: readonly KubeObject[]) =>
    objects.filter(
      ({ metadata }) => metadata.namespace === root || metadata.namespace !== pod.ref.namespace,
    );
  return (
    policies && {
      authorization: read(policies.authorization),
      requestAuthentication: read(policies.requestAuthentication),
      peerAuthentication: read(policies.peerAuthentication),
      unseen: policies.unseen,
    }
  );
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
  const missing = attached.filter(
    ({ policy, object }) => !has.has(policyText(policy)) && leavesTrace(object),
  );
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

/** A policy of which istiod drops every rule has no name in the proxy, and still denies. */
function leavesTrace(object: KubeObject): boolean {
  const { rules } = readPolicy(object);
  return rules.length === 0 || rules.some((rule) => rule.unknownKey === undefined);
}

function changedAt(object: Attached['object']): number {
  return Date.parse(lastChange(object)?.at ?? '') || 0;
}

/** When a policy that counts here last changed, of whatever kind; 0 when unknown. */
export function lastPolicyChange(scene: Scene): number {
  const authorization = attach(scene).flatMap((a) => (a.because.attaches ? [a.object] : []));
  const tokens = (scene.requestAuthentications ?? []).filter(
    (object) => attachment(object, scene).attaches,
  );
  const here = [scene.root, scene.point.namespace];
  const peers = scene.peerAuthentications.filter(
    ({ metadata, spec }) =>
      here.includes(metadata.namespace ?? '') &&
      matchesAll(labelsAt(spec, 'selector', 'matchLabels'), scene.point.labels),
  );
  return Math.max(0, ...[...authorization, ...tokens, ...peers].map(changedAt));
}

/** It speaks HBONE: it is in ambient mode, or its sidecar accepts tunnels. */
export function tunnels(pod: Pod): boolean {
  return meshRole(pod).is === 'ambient' || pod.labels['networking.istio.io/tunnel'] === 'http';
}

/** The proxy's chains for a port: its own, else those for any port. */
export function chainsFor(proxy: ProxyAuthz | undefined, port: number): readonly Chain[] {
  if (proxy?.is !== 'heard') return [];
  const own = proxy.chains.filter((chain) => chain.port === port);
  return own.length > 0 ? own : proxy.chains.filter((chain) => chain.port === undefined);
}
