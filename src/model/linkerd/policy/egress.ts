// Which EgressNetwork a proxy obeys for what leaves the cluster, and whether it lets a host through
// (linkerd2 policy-controller/k8s/index/src/outbound/index/egress_network.rs, policy-controller/grpc/src/outbound.rs).
import type { Outside } from '../../../core/input.ts';
import type { KubeObject } from '../../../core/object.ts';
import { fitsBlock } from '../../kube/match-ip.ts';
import { at, list, number, text, texts } from '../../kube/read.ts';
import { hostRank } from './match.ts';
import { isKind, policyGroup, readTarget } from './refs.ts';
import { compare } from './routes.ts';
import type { Network } from './types.ts';

export const routeKinds = ['grpc', 'http', 'tls', 'tcp'] as const;
export type RouteKind = (typeof routeKinds)[number];
export type EgressObjects = {
  readonly networks: readonly KubeObject[];
  readonly routes: Readonly<Record<RouteKind, readonly KubeObject[]>>;
};

/** What is known of the traffic besides its host and port. */
export type Spoken = 'http' | 'not-http' | 'unknown';

export type Refusing =
  | { readonly is: 'routeless' }
  | { readonly is: 'no-host'; readonly routes: readonly KubeObject[] }
  /** A route for the host is in force, and this traffic is of another protocol. */
  | { readonly is: 'other-protocol'; readonly route: KubeObject; readonly idle?: KubeObject }
  | { readonly is: 'not-accepted'; readonly route: KubeObject };
export type EgressVerdict =
  | { readonly is: 'denied'; readonly by: KubeObject; readonly because: Refusing }
  | { readonly is: 'allowed'; readonly by: KubeObject; readonly route: KubeObject | undefined }
  | { readonly is: 'hangs'; readonly by: KubeObject; readonly route: KubeObject }
  | { readonly is: 'free' };

/** Without `networks`, all but the cluster's own (egress_network.rs from_resource). */
function networksOf({ spec }: KubeObject, cluster: readonly string[]): readonly Network[] {
  const own = list(spec, 'networks').map((one) => ({
    cidr: text(one, 'cidr') ?? '',
    except: texts(one, 'except'),
  }));
  return own.length > 0
    ? own
    : ['0.0.0.0/0', '::/0'].map((cidr) => ({ cidr, except: [...cluster] }));
}

/** The length of the longest block that fits; the narrower block wins. */
function fitOf(networks: readonly Network[], ip: string): number | undefined {
  const fits = networks.filter(
    ({ cidr, except }) => fitsBlock(cidr, ip) && !except.some((block) => fitsBlock(block, ip)),
  );
  const lengths = fits.map(({ cidr }) => Number(cidr.split('/')[1] ?? 128));
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

export type Sender = {
  readonly namespace: string;
  /** Where networks for all namespaces are kept. */
  readonly shared: string;
  readonly clusterNetworks: readonly string[];
};

/** Those of the caller's own namespace, and only without any the shared ones. */
export function networksFor(
  { networks }: EgressObjects,
  { namespace, shared }: Sender,
): readonly KubeObject[] {
  const of = (where: string) => networks.filter(({ metadata }) => metadata.namespace === where);
  const own = of(namespace);
  return own.length > 0 ? own : of(shared);
}

/** The networks that may decide: one for an address; for a name every one that its address may be in. */
export function candidates(
  objects: EgressObjects,
  sender: Sender,
  host: string,
): readonly (KubeObject | undefined)[] {
  const all = networksFor(objects, sender)
    .map((object) => ({ object, networks: networksOf(object, sender.clusterNetworks) }))
    .toSorted((a, b) => byAge(a.object, b.object));
  if (isAddress(host)) {
    const fitting = all.flatMap(({ object, networks }) => {
      const length = fitOf(networks, host);
      return length === undefined ? [] : [{ object, length }];
    });
    return [fitting.toSorted((a, b) => b.length - a.length)[0]?.object];
  }
  const isWide = (networks: readonly Network[]) => networks.some(({ cidr }) => /\/0$/.test(cidr));
  const [widest] = all.filter(({ networks }) => isWide(networks));
  const narrow = all.filter(({ networks }) => !isWide(networks)).map(({ object }) => object);
  return [widest?.object, ...narrow];
}

export function isAddress(host: string): boolean {
  return fitsBlock('0.0.0.0/0', host) || fitsBlock('::/0', host);
}

function byAge({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  return compare(a.creationTimestamp ?? '', b.creationTimestamp ?? '') || compare(a.name, b.name);
}

export function verdictBy(
  by: KubeObject | undefined,
  { routes }: EgressObjects,
  { host, port }: Outside,
  spoken: Spoken,
): EgressVerdict {
  if (by === undefined) return { is: 'free' };
  const attached = (kind: RouteKind) => routes[kind].filter((route) => isAttached(route, by, port));
  const accepted = (kind: RouteKind) => attached(kind).filter(isAccepted);
  // Of the kinds that are attached only the first is sent to the proxy (outbound.rs to_proto).
  const kind = routeKinds.find((one) => accepted(one).length > 0);
  const isFor = (route: KubeObject) =>
    hostRank(texts(route.spec, 'hostnames'), host)?.sure === 'yes';
  const route = kind && accepted(kind).find((one) => kind === 'tcp' || isFor(one));
  const isOpen = text(by.spec, 'trafficPolicy') === 'Allow';
  if (kind !== undefined && route) return byRoute({ by, kind, route, spoken, isOpen }, accepted);
  if (isOpen) return { is: 'allowed', by, route: undefined };
  const waiting = routeKinds.flatMap(attached).find((one) => !isAccepted(one) && isFor(one));
  if (waiting) return { is: 'denied', by, because: { is: 'not-accepted', route: waiting } };
  const because: Refusing = kind ? { is: 'no-host', routes: accepted(kind) } : { is: 'routeless' };
  return { is: 'denied', by, because };
}

type ByRoute = {
  readonly by: KubeObject;
  readonly kind: RouteKind;
  readonly route: KubeObject;
  readonly spoken: Spoken;
  readonly isOpen: boolean;
};

/** HTTP that is detected takes the routes for it, and what is no HTTP, as TLS, the traffic policy. */
function byRoute(
  { by, kind, route, spoken, isOpen }: ByRoute,
  accepted: (kind: RouteKind) => readonly KubeObject[],
): EgressVerdict {
  const isHttp = kind === 'http' || kind === 'grpc';
  if (!isHttp || isOpen || spoken === 'http') return { is: 'allowed', by, route };
  if (spoken === 'unknown') return { is: 'hangs', by, route };
  const [idle] = [...accepted('tls'), ...accepted('tcp')];
  return { is: 'denied', by, because: { is: 'other-protocol', route, ...(idle ? { idle } : {}) } };
}

/** The namespace of a parentRef is the route's own where it names none. */
function isAttached({ spec, metadata }: KubeObject, by: KubeObject, port: number): boolean {
  return list(spec, 'parentRefs').some((parent) => {
    const target = readTarget(parent);
    const only = number(parent, 'port');
    return (
      isKind(target, policyGroup, 'EgressNetwork') &&
      target.name === by.metadata.name &&
      (target.namespace ?? metadata.namespace) === by.metadata.namespace &&
      (only === undefined || only === port)
    );
  });
}

/** index/src/outbound/index/http.rs route_accepted_by_resource_port: the controller itself has accepted it. */
function isAccepted({ status }: KubeObject): boolean {
  return list(status, 'parents')
    .filter((parent) => isKind(readTarget(at(parent, 'parentRef')), policyGroup, 'EgressNetwork'))
    .flatMap((parent) => list(parent, 'conditions'))
    .some((c) => text(c, 'type') === 'Accepted' && text(c, 'status') === 'True');
}
