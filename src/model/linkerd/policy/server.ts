// What the policy controller sends for one port (linkerd2 policy-controller/k8s/index/src/inbound/index.rs
// reindex_servers, inbound_server, default_inbound_server; grpc/src/inbound.rs to_server).
import type { KubeObject } from '../../../core/object.ts';
import { at, list, number, text } from '../../kube/read.ts';
import {
  everywhere,
  identityOf,
  orCluster,
  resolvePolicy,
  resolveServerAuthorization,
  targetOf,
} from './authorizations.ts';
import { defaultRef, isKind, isRoute, policyGroup, readTarget, sameRef } from './refs.ts';
import { bindings, byPrecedence, compare, unattached } from './routes.ts';
import { matchesSelector } from './selector.ts';
import type {
  Authz,
  DefaultPolicy,
  PortServer,
  Protocol,
  RateLimit,
  Ref,
  Route,
  RouteMatch,
  Scene,
  Workload,
} from './types.ts';
import { annotation, asDefaultPolicy, defaultPolicyOf, portIn } from './workload.ts';

export function portServer(scene: Scene, port: number): PortServer {
  const [server] = serversAt(scene, port);
  return server ? fromServer(scene, port, server) : fromDefault(scene, port);
}

/** The Servers that select the port, the one in force first: oldest first, then by name. */
export function serversAt({ workload, objects }: Scene, port: number): readonly KubeObject[] {
  const time = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  return objects.servers
    .filter(
      (server) =>
        server.metadata.namespace === workload.namespace &&
        selectsPod(server, workload) &&
        portsOf(server, workload).includes(port),
    )
    .toSorted((a, b) => compare(time(a), time(b)) || compare(a.metadata.name, b.metadata.name));
}

export function selectsPod(server: KubeObject, { labels }: Workload): boolean {
  const selector = at(server.spec, 'podSelector');
  return selector !== undefined && matchesSelector(selector, labels);
}

/** A name can mean several ports, or none. */
export function portsOf(server: KubeObject, { named }: Workload): readonly number[] {
  const byNumber = number(server.spec, 'port');
  if (byNumber !== undefined) return [byNumber];
  const name = text(server.spec, 'port');
  return [...new Set(named.filter((p) => p.name === name).map((p) => p.port))];
}

const protocols: Readonly<Record<string, Protocol>> = {
  'HTTP/1': 'http1',
  'HTTP/2': 'http2',
  gRPC: 'grpc',
  opaque: 'opaque',
  TLS: 'tls',
};

function fromServer(scene: Scene, port: number, server: KubeObject): PortServer {
  const protocol = protocols[text(server.spec, 'proxyProtocol') ?? ''] ?? 'detect';
  return {
    ref: { group: policyGroup, kind: 'Server', name: server.metadata.name },
    protocol,
    authzs: authzsOf(scene, server),
    routes: routesOf(scene, port, protocol, server.metadata.name),
    rateLimit: carriesHttp(protocol) ? rateLimitOf(scene, server.metadata.name) : undefined,
  };
}

function fromDefault(scene: Scene, port: number): PortServer {
  const { workload } = scene;
  const policy = defaultPolicyAt(scene, port);
  const protocol = portIn(workload.annotations[annotation.opaquePorts], port) ? 'opaque' : 'detect';
  return {
    ref: defaultRef(policy),
    protocol,
    authzs: defaultAuthzs(policy, scene),
    routes: protocol === 'opaque' ? [] : defaultRoutes(scene, port),
    rateLimit: undefined,
  };
}

/** The policy in force when no Server selects the port. */
export function defaultPolicyAt({ workload, cluster }: Scene, port: number): DefaultPolicy {
  const policy = defaultPolicyOf(workload) ?? cluster.defaultPolicy;
  if (!portIn(workload.annotations[annotation.requireIdentity], port)) return policy;
  if (policy === 'all-unauthenticated') return 'all-authenticated';
  return policy === 'cluster-unauthenticated' ? 'cluster-authenticated' : policy;
}

function carriesHttp(protocol: Protocol): boolean {
  return protocol === 'detect' || protocol === 'http1' || protocol === 'http2';
}

function authzsOf(scene: Scene, server: KubeObject): readonly Authz[] {
  const { objects, workload } = scene;
  const { name } = server.metadata;
  const local = (o: KubeObject) => o.metadata.namespace === workload.namespace;
  const legacy = objects.serverAuthorizations
    .filter((o) => local(o) && authorizes(o, server))
    .map((o) => resolveServerAuthorization(o, scene));
  const policies = objects.authorizationPolicies.filter((o) => {
    const target = local(o) ? targetOf(o) : undefined;
    if (!target || isRoute(target)) return false;
    // The name of a namespace is not looked at (index.rs client_authzs).
    return isKind(target, 'core', 'Namespace') || target.name === name;
  });
  const found = [...legacy, ...policies.map((o) => resolvePolicy(o, scene))];
  const access = asDefaultPolicy(text(server.spec, 'accessPolicy'));
  return [
    ...found.flatMap((one) => (one.ok ? [one.authz] : [])),
    ...(access ? defaultAuthzs(access, scene) : []),
  ];
}

export function authorizes(authorization: KubeObject, server: KubeObject): boolean {
  const name = text(authorization.spec, 'server', 'name');
  if (name !== undefined) return name === server.metadata.name;
  const selector = at(authorization.spec, 'server', 'selector') ?? {};
  return matchesSelector(selector, server.metadata.labels ?? {});
}

/** `deny` authorizes nobody (linkerd2 policy-controller/k8s/index/src/defaults.rs). */
function defaultAuthzs(policy: DefaultPolicy, { cluster }: Scene): readonly Authz[] {
  if (policy === 'deny') return [];
  const authenticated = policy.endsWith('-authenticated');
  const networks = policy.startsWith('cluster-') ? orCluster([], cluster) : everywhere;
  const clients = authenticated
    ? ({ is: 'identities', exact: [], ends: [''] } as const)
    : ({ is: 'anyone' } as const);
  return [{ ref: defaultRef(policy), clients, networks }];
}

function routesOf(
  scene: Scene,
  port: number,
  protocol: Protocol,
  server: string,
): readonly Route[] {
  if (protocol === 'opaque' || protocol === 'tls') return [];
  const found = attachedRoutes(scene, server, protocol === 'grpc' ? 'GRPCRoute' : 'HTTPRoute');
  if (found.length > 0) return found;
  return protocol === 'grpc' ? [defaultGrpcRoute] : defaultRoutes(scene, port);
}

export function attachedRoutes(
  scene: Scene,
  server: string,
  kind: 'HTTPRoute' | 'GRPCRoute',
): readonly Route[] {
  return bindings(scene.objects)
    .filter((b) => b.ref.kind === kind && b.object.metadata.namespace === scene.workload.namespace)
    .filter((b) => b.servers.includes(server) && unattached(b, server) === undefined)
    .toSorted(byPrecedence)
    .map(({ route }) => ({ ...route, authzs: routeAuthzs(scene, route.ref) }));
}

function routeAuthzs(scene: Scene, ref: Ref): readonly Authz[] {
  return scene.objects.authorizationPolicies.flatMap((policy) => {
    if (policy.metadata.namespace !== scene.workload.namespace) return [];
    const target = targetOf(policy);
    if (!target || !isRoute(target) || !sameRef(target, ref)) return [];
    const resolved = resolvePolicy(policy, scene);
    return resolved.ok ? [resolved.authz] : [];
  });
}

const anything: RouteMatch = { path: { is: 'prefix', value: '/' }, headers: [], params: [] };
const defaultGrpcRoute: Route = {
  ref: defaultRef('default'),
  hosts: [],
  rules: [[{ headers: [], params: [], rpc: { service: '', method: '' } }]],
  authzs: [],
};

/** Probes are allowed as long as no HTTPRoute is attached (index.rs default_inbound_http_routes). */
function defaultRoutes({ workload, cluster }: Scene, port: number): readonly Route[] {
  const paths = workload.probes.filter((p) => p.port === port).map((p) => p.path);
  const all: Route = { ref: defaultRef('default'), hosts: [], rules: [[anything]], authzs: [] };
  if (paths.length === 0 || cluster.probeNetworks.length === 0) return [all];
  const matches = [...new Set(paths)].toSorted(compare).map((value): RouteMatch => ({
    path: { is: 'exact', value },
    method: 'GET',
    headers: [],
    params: [],
  }));
  const networks = cluster.probeNetworks.map((cidr) => ({ cidr, except: [] }));
  const authz: Authz = { ref: defaultRef('probe'), clients: { is: 'anyone' }, networks };
  return [all, { ref: defaultRef('probe'), hosts: [], rules: [matches], authzs: [authz] }];
}

function rateLimitOf({ objects, workload, cluster }: Scene, server: string): RateLimit | undefined {
  const found = objects.rateLimits.find((o) => {
    const target = readTarget(at(o.spec, 'targetRef'));
    const accepted = list(o.status, 'conditions').some(
      (c) => text(c, 'type') === 'Accepted' && text(c, 'status') === 'True',
    );
    const mine = isKind(target, policyGroup, 'Server') && target.name === server;
    return o.metadata.namespace === workload.namespace && mine && accepted;
  });
  if (!found) return undefined;
  const overrides = list(found.spec, 'overrides').map((override) => ({
    limit: number(override, 'requestsPerSecond') ?? 0,
    clients: list(override, 'clientRefs')
      .map(readTarget)
      .map((ref) => identityOf(ref.name, ref.namespace ?? workload.namespace, cluster)),
  }));
  return {
    name: found.metadata.name,
    total: number(found.spec, 'total', 'requestsPerSecond'),
    identity: number(found.spec, 'identity', 'requestsPerSecond'),
    overrides,
  };
}
