// What Linkerd's policy controller sends a proxy for one port of its pod, and what it is made from. The words are those
// of linkerd2-proxy-api proto/inbound.proto.
import type { KubeObject } from '../../../core/object.ts';
import type { Labels } from '../../kube/labels.ts';

/** The defaults are `{ group: '', kind: 'default', name }`, as in the labels of the proxy's metrics. */
export type Ref = { readonly group: string; readonly kind: string; readonly name: string };

export type Protocol = 'detect' | 'http1' | 'http2' | 'grpc' | 'opaque' | 'tls';

export type Network = { readonly cidr: string; readonly except: readonly string[] };

/** Who a caller must be; `ends` are endings of an identity, '' for any. */
export type Clients =
  | { readonly is: 'anyone' }
  | { readonly is: 'any-tls' }
  | {
      readonly is: 'identities';
      readonly exact: readonly string[];
      readonly ends: readonly string[];
    };

export type Authz = {
  readonly ref: Ref;
  readonly clients: Clients;
  readonly networks: readonly Network[];
};

export type TextMatch = {
  readonly is: 'exact' | 'regex';
  readonly name: string;
  readonly value: string;
};
export type PathMatch = { readonly is: 'exact' | 'prefix' | 'regex'; readonly value: string };
/** A rule of an HTTPRoute, or of a GRPCRoute (`rpc`). */
export type RouteMatch = {
  readonly path?: PathMatch | undefined;
  readonly method?: string | undefined;
  readonly headers: readonly TextMatch[];
  readonly params: readonly TextMatch[];
  /** `unset`: the match names no method, and the proxy rejects a Server with such a match (it answers 500). */
  readonly rpc?: Rpc | 'unset' | undefined;
};
/** Empty for any. */
export type Rpc = { readonly service: string; readonly method: string };
export type Route = {
  readonly ref: Ref;
  /** A host that starts with `*.` matches by its ending. */
  readonly hosts: readonly string[];
  /** The matches of each rule; a rule without any matches everything. */
  readonly rules: readonly (readonly RouteMatch[])[];
  readonly authzs: readonly Authz[];
};

export type RateLimit = {
  readonly name: string;
  readonly total: number | undefined;
  readonly identity: number | undefined;
  readonly overrides: readonly { readonly limit: number; readonly clients: readonly string[] }[];
};

export type PortServer = {
  readonly ref: Ref;
  readonly protocol: Protocol;
  readonly authzs: readonly Authz[];
  /** In the order of precedence; none where the protocol has none. */
  readonly routes: readonly Route[];
  readonly rateLimit: RateLimit | undefined;
};

export const defaultPolicies = [
  'all-unauthenticated',
  'all-authenticated',
  'cluster-unauthenticated',
  'cluster-authenticated',
  'deny',
  'audit',
] as const;
export type DefaultPolicy = (typeof defaultPolicies)[number];

/** What the controller was started with (linkerd2 policy-controller/k8s/index/src/cluster_info.rs). */
export type ClusterInfo = {
  readonly controlPlane: string;
  readonly trustDomain: string;
  readonly networks: readonly string[];
  readonly probeNetworks: readonly string[];
  readonly defaultPolicy: DefaultPolicy;
};

export const policyKinds = [
  'servers',
  'serverAuthorizations',
  'authorizationPolicies',
  'meshTls',
  'networks',
  'httpRoutes',
  'gatewayHttpRoutes',
  'grpcRoutes',
  'rateLimits',
] as const;
export type PolicyKind = (typeof policyKinds)[number];
export type PolicyObjects = Readonly<Record<PolicyKind, readonly KubeObject[]>>;

/** The pod as policies see it. */
export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** TCP ports that have a name. */
  readonly named: readonly { readonly name: string; readonly port: number }[];
  /** Paths that the kubelet asks for, by port. */
  readonly probes: readonly { readonly port: number; readonly path: string }[];
};

export type Scene = {
  readonly workload: Workload;
  readonly cluster: ClusterInfo;
  readonly objects: PolicyObjects;
};
