// AuthorizationPolicy, ServerAuthorization and the authentications they name, as the controller resolves them
// (linkerd2 policy-controller/k8s/index/src/inbound/{authorization_policy,server_authorization,meshtls_authentication,
// network_authentication}.rs, index.rs policy_client_authz).
import type { KubeObject } from '../../../core/object.ts';
import { at, flag, list, text, texts } from '../../kube/read.ts';
import { isKind, isRoute, policyGroup, readTarget, type Target } from './refs.ts';
import type { Authz, ClusterInfo, Clients, Network, PolicyObjects, Scene } from './types.ts';

/** Why a policy allows nobody: the controller silently skips it. */
export type Void =
  | {
      readonly is: 'missing';
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  | {
      readonly is: 'empty';
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly is: 'several'; readonly kind: string }
  | { readonly is: 'unsupported'; readonly kind: string };

export type Resolved =
  { readonly ok: true; readonly authz: Authz } | { readonly ok: false; readonly why: Void };

export const everywhere: readonly Network[] = [
  { cidr: '0.0.0.0/0', except: [] },
  { cidr: '::/0', except: [] },
];

export function identityOf(account: string, namespace: string, cluster: ClusterInfo): string {
  return `${account}.${namespace}.serviceaccount.identity.${cluster.controlPlane}.${cluster.trustDomain}`;
}

/** `undefined`: a kind of target that the controller does not support. */
export function targetOf(policy: KubeObject): Target | undefined {
  const target = readTarget(at(policy.spec, 'targetRef'));
  const taken =
    isKind(target, policyGroup, 'Server') || isKind(target, 'core', 'Namespace') || isRoute(target);
  return taken ? target : undefined;
}

export function resolvePolicy(policy: KubeObject, { objects, cluster }: Scene): Resolved {
  const own = policy.metadata.namespace ?? '';
  const wanted = list(policy.spec, 'requiredAuthenticationRefs').map(readTarget);
  let clients: Clients | undefined;
  let networks: readonly Network[] | undefined;
  for (const ref of wanted) {
    const one = authentication(ref, own, objects, cluster);
    if ('why' in one) return { ok: false, why: one.why };
    if ('clients' in one) {
      if (clients) return { ok: false, why: { is: 'several', kind: 'identities' } };
      clients = one.clients;
      continue;
    }
    if (networks) return { ok: false, why: { is: 'several', kind: 'networks' } };
    networks = one.networks;
  }
  const ref = { group: policyGroup, kind: 'AuthorizationPolicy', name: policy.metadata.name };
  const authz = { ref, clients: clients ?? anyone, networks: networks ?? everywhere };
  return { ok: true, authz };
}

const anyone: Clients = { is: 'anyone' };

type Authentication =
  | { readonly clients: Clients }
  | { readonly networks: readonly Network[] }
  | { readonly why: Void };

function authentication(
  ref: Target,
  own: string,
  objects: PolicyObjects,
  cluster: ClusterInfo,
): Authentication {
  const namespace = ref.namespace ?? own;
  const { name } = ref;
  if (isKind(ref, 'core', 'ServiceAccount')) {
    return { clients: identities([identityOf(name, namespace, cluster)]) };
  }
  const isTls = isKind(ref, policyGroup, 'MeshTLSAuthentication');
  if (!isTls && !isKind(ref, policyGroup, 'NetworkAuthentication')) {
    return { why: { is: 'unsupported', kind: ref.kind } };
  }
  const kind = isTls ? 'MeshTLSAuthentication' : 'NetworkAuthentication';
  const found = named(isTls ? objects.meshTls : objects.networks, namespace, name);
  if (!found) return { why: { is: 'missing', kind, namespace, name } };
  const read = isTls ? meshTls(found, cluster) : networkAuthentication(found);
  return read ?? { why: { is: 'empty', kind, namespace, name } };
}

export function named(
  all: readonly KubeObject[],
  namespace: string,
  name: string,
): KubeObject | undefined {
  return all.find((o) => o.metadata.namespace === namespace && o.metadata.name === name);
}

/** An authentication that names nobody, or names a kind it cannot, is skipped altogether. */
function meshTls(object: KubeObject, cluster: ClusterInfo): { clients: Clients } | undefined {
  const own = object.metadata.namespace ?? '';
  const refs = list(object.spec, 'identityRefs')
    .map(readTarget)
    .map((ref) => {
      if (isKind(ref, 'core', 'ServiceAccount')) {
        return identityOf(ref.name, ref.namespace ?? own, cluster);
      }
      return isKind(ref, 'core', 'Namespace') ? identityOf('*', ref.name, cluster) : undefined;
    });
  const known = refs.filter((ref) => ref !== undefined);
  const all = [...texts(object.spec, 'identities'), ...known];
  return all.length === 0 || known.length < refs.length ? undefined : { clients: identities(all) };
}

/** `*` and `*.suffix` (linkerd2 policy-controller/core/src/identity_match.rs). */
function identities(all: readonly string[]): Clients {
  return {
    is: 'identities',
    exact: all.filter((one) => one !== '*' && !one.startsWith('*.')),
    ends: all.flatMap((one) => (one === '*' ? [''] : one.startsWith('*.') ? [one.slice(1)] : [])),
  };
}

function networkAuthentication(object: KubeObject): { networks: readonly Network[] } | undefined {
  const networks = networksAt(object.spec, 'networks');
  return networks.length === 0 ? undefined : { networks };
}

function networksAt(value: unknown, ...path: readonly string[]): readonly Network[] {
  return list(value, ...path).flatMap((network) => {
    const cidr = text(network, 'cidr');
    return cidr === undefined ? [] : [{ cidr, except: texts(network, 'except') }];
  });
}

/** ServerAuthorization: the default networks are those of the cluster (linkerd2 policy-controller/grpc/src/inbound.rs to_authz). */
export function resolveServerAuthorization(object: KubeObject, { cluster }: Scene): Resolved {
  const client = at(object.spec, 'client');
  const own = object.metadata.namespace ?? '';
  const networks = networksAt(client, 'networks');
  const clients = clientsOf(client, own, cluster);
  const ref = { group: policyGroup, kind: 'ServerAuthorization', name: object.metadata.name };
  if (!clients) {
    return { ok: false, why: { is: 'empty', kind: ref.kind, namespace: own, name: ref.name } };
  }
  return { ok: true, authz: { ref, clients, networks: orCluster(networks, cluster) } };
}

export function orCluster(networks: readonly Network[], cluster: ClusterInfo): readonly Network[] {
  return networks.length > 0 ? networks : cluster.networks.map((cidr) => ({ cidr, except: [] }));
}

function clientsOf(client: unknown, own: string, cluster: ClusterInfo): Clients | undefined {
  if (flag(client, 'unauthenticated')) return anyone;
  const tls = at(client, 'meshTLS');
  if (tls === undefined) return undefined;
  if (flag(tls, 'unauthenticatedTLS')) return { is: 'any-tls' };
  const accounts = list(tls, 'serviceAccounts').map((account) =>
    identityOf(text(account, 'name') ?? '', text(account, 'namespace') ?? own, cluster),
  );
  const all = [...texts(tls, 'identities'), ...accounts];
  return all.length === 0 ? undefined : identities(all);
}
