// What the steps of `linkerd-identity` gathered, and the values that most of its sentences need.
import {
  age,
  count,
  listed,
  placeText,
  podText,
  valueOf,
  type Answer,
  type InputValues,
  type Say,
} from '../../../src/authoring.ts';
import { wordsSlot } from '../../../src/model/kube/maker-fixes.ts';
import type { Check } from '../../../src/facts/linkerd/check.ts';
import type { LinkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { componentOf } from '../../../src/model/linkerd/control-plane.ts';
import type { IdentityLog } from '../../../src/facts/linkerd/identity/identity-log.ts';
import type { RunningIssuer } from '../../../src/facts/linkerd/identity/identity-metric.ts';
import { issuerSecret, issuerView, type IssuerView } from './issuer.ts';
import type { Managed } from '../../../src/facts/linkerd/identity/managed.ts';
import type { MeshedPods } from '../../../src/facts/linkerd/identity/meshed-pods.ts';
import type { ProxyCertificate } from '../../../src/facts/linkerd/identity/proxy-certificate.ts';
import type { IdentityTrouble } from '../../../src/facts/linkerd/identity/proxy-log.ts';
import { isoText, type TrustRoots } from '../../../src/facts/linkerd/identity/trust-roots.ts';
import type { WebhookCertificates } from '../../../src/facts/linkerd/identity/webhook-certificates.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { PolicyView } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Findings } from './says.ts';

export type IdentitySay = Say<Findings>;
export type Input = InputValues<{
  readonly target: { readonly type: 'anywhere'; readonly says: string };
}>;

export type Identity = {
  readonly metrics: readonly Answer<RunningIssuer>[];
  readonly logs: readonly Answer<IdentityLog>[];
  readonly events: Answer<readonly Event[]>;
  readonly managed: Answer<readonly Managed[]>;
};
export type Sampled = {
  readonly pod: Pod;
  readonly certificate: Answer<ProxyCertificate> | undefined;
  readonly trouble: Answer<IdentityTrouble> | undefined;
  readonly policies: Answer<PolicyView> | undefined;
};
export type ServedBy = {
  readonly pod: Pod;
  readonly configuration: string;
  readonly host: string;
  readonly certificate: Answer<ProxyCertificate>;
};
export type Sofar = {
  readonly mesh?: Answer<LinkerdControlPlane>;
  readonly anchors?: Answer<TrustRoots>;
  readonly pods?: Answer<MeshedPods>;
  readonly service?: Identity;
  readonly proxies?: readonly Sampled[];
  readonly webhooks?: {
    readonly all: Answer<WebhookCertificates>;
    readonly tap: Answer<WebhookCertificates>;
    readonly served: readonly ServedBy[];
  };
  readonly check?: Answer<readonly Check[]>;
};

/** The issuer, from everything that tells of it. */
export function issuerOf({ mesh, service, proxies = [] }: Sofar): IssuerView {
  const presented = proxies.flatMap(({ certificate }) => {
    const seen = valueOf(certificate);
    return seen?.is === 'presented' ? [seen] : [];
  });
  const ends = (service?.metrics ?? []).flatMap((answer) => {
    const seen = valueOf(answer);
    return seen?.is === 'answered' ? (seen.until ?? []) : [];
  });
  return issuerView({
    presented,
    config: valueOf(mesh)?.config,
    managed: valueOf(service?.managed) ?? [],
    running: ends,
  });
}

export function placeSlots({ mesh }: Sofar, { target }: Pick<Input, 'target'>) {
  const root = valueOf(mesh)?.namespace ?? 'linkerd';
  return { root, again: target === undefined ? '' : placeText(target) };
}

/** Who keeps the issuer: cert-manager, Helm, or whoever ran `linkerd install`. */
export function styleSlots(sofar: Sofar) {
  const { mesh, service } = sofar;
  const kept = (valueOf(service?.managed) ?? []).find(({ secret }) => secret === issuerSecret);
  const plane = valueOf(mesh);
  const created = plane && componentOf(plane, 'identity')?.pods[0]?.annotations[createdBy];
  const installed = created?.startsWith('linkerd/cli') ? 'cli' : 'helm';
  return {
    style: kept ? 'cert-manager' : installed,
    managed: kept?.name ?? '',
    scheme: plane?.config?.issuerScheme ?? 'linkerd.io/tls',
  };
}
const createdBy = 'linkerd.io/created-by';

/** `2h3m ago (2026-11-15T00:00:00Z)`, `in 2h3m (...)`. */
export function whenText(at: number, now: number): string {
  if (Number.isNaN(now)) return isoText(at);
  const how = at < now ? `${age(now - at)} ago` : `in ${age(at - now)}`;
  return `${how} (${isoText(at)})`;
}

/** A subject in the singular: one proxy by its pod's name, several by their number. */
export function proxiesText(pods: readonly Pod[], ofHowMany: string): string {
  const [first, ...others] = pods;
  if (first && others.length === 0) return `The proxy in ${podText(first.ref)}`;
  return `Each proxy in ${pods.length} of ${ofHowMany}`;
}

/** What a proxy's log says, without where and when it says so. */
export function wordsOf(line: string): string {
  return line
    .replace(/^.*?(Failed to obtain identity|Waiting for identity|invalid peer)/, '$1')
    .replace(/(?<!\.)\.+$/, '');
}

/** Every pod that is meant, up to a number that a person reads. */
export function whichText(pods: readonly Pod[]): string {
  if (pods.length < 2) return '';
  const shown = pods.slice(0, 8).map(({ ref }) => podText(ref));
  const more = pods.length - shown.length;
  return `They are ${listed(more > 0 ? [...shown, `${more} more`] : shown)}.`;
}

/** The workloads of pods, each once, as the fixes read them; at most so many as one pastes. */
export function restartsOf(pods: readonly Pod[]): string {
  const all = pods.map(({ ref, workload }) => workload ?? { kind: 'Pod', ...ref });
  const names = all.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
  return wordsSlot([...new Set(names)].slice(0, 6));
}

/** How far this looked: "3 of 40 meshed pods were looked at." */
export function reachText({ pods, proxies = [] }: Sofar): string {
  const all = valueOf(pods);
  if (!all) return '';
  const total = `${count(all.pods.length, 'meshed pod')}${all.more ? ' or more' : ''}`;
  return `${total}, ${proxies.length} of them looked at`;
}

/** What is there, where nothing is wrong: two anchors are a rotation under way, not a fault. */
export function calmText(sofar: Sofar): string | undefined {
  const anchors = valueOf(sofar.anchors)?.anchors ?? [];
  const { current } = issuerOf(sofar);
  const [first] = anchors;
  if (!first || !current) return undefined;
  const ends = isoText(current.until);
  const roots =
    anchors.length === 1
      ? `the anchor ends ${isoText(first.until)}`
      : `the bundle holds ${anchors.length} anchors, as it does while they are rotated`;
  return `The issuer ends ${ends}; ${roots}.`;
}
