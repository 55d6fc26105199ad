// The fake policy controller decides one thing: who may read `/metrics` at a proxy's admin port, from the objects
// that are there now. Rules as in linkerd2 policy-controller/k8s/index/src/inbound/index.rs, for a Server with HTTP.
import { isIPv4 } from 'node:net';
import { api, type Meta } from './kube.ts';
import { isLoopback } from './proxy-policy.ts';

type Selector = {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};
type Ref = {
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
};
type Pod = {
  readonly metadata: Meta;
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly containers: readonly { readonly name: string; readonly env?: readonly Env[] }[];
    readonly initContainers?: readonly { readonly name: string; readonly env?: readonly Env[] }[];
  };
  readonly status?: { readonly podIP?: string };
};
type Env = { readonly name: string; readonly value?: string };
type Thing<Spec> = { readonly metadata: Meta; readonly spec: Spec };
type Server = Thing<{ podSelector?: Selector; port: number | string; accessPolicy?: string }>;
type Policy = Thing<{ targetRef: Ref; requiredAuthenticationRefs: readonly Ref[] }>;
type Route = Thing<{
  parentRefs?: readonly Ref[];
  rules?: readonly { matches?: readonly { path?: { value?: string; type?: string } }[] }[];
}>;
type MeshTls = Thing<{ identities?: readonly string[]; identityRefs?: readonly Ref[] }>;
type Network = Thing<{ networks: readonly { cidr: string; except?: readonly string[] }[] }>;

const POLICY = '/apis/policy.linkerd.io';
const PATH = '/metrics';

/** Twenty proxies ask within a second or two; the API server is asked once. */
const FRESH_MS = 1500;
const known = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();

function get<T>(path: string): Promise<T> {
  const last = known.get(path);
  if (last && Date.now() - last.at < FRESH_MS) return last.answer as Promise<T>;
  const answer = api<T>('GET', path);
  known.set(path, { at: Date.now(), answer });
  return answer;
}

async function list<T>(version: string, namespace: string, kind: string): Promise<readonly T[]> {
  const path = `${POLICY}/${version}/namespaces/${namespace}/${kind}`;
  return (await get<{ items: T[] }>(path)).items;
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Meta['labels'] = {},
) {
  const plain = Object.entries(matchLabels).every(([name, value]) => labels[name] === value);
  return (
    plain &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const among = value !== undefined && values.includes(value);
      return operator === 'In' ? among : !among;
    })
  );
}

type Client = { readonly ip: string; readonly id: string | undefined };

const isMeshed = ({ spec }: Pod): boolean =>
  [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === 'linkerd-proxy');

/** The lab's scrapes go past the proxy of the one that scrapes; its identity is what mTLS would have told. */
async function clientAt(ip: string): Promise<Client> {
  const { items } = await get<{ items: Pod[] }>(`/api/v1/pods?fieldSelector=status.podIP%3D${ip}`);
  const pod = items.find(isMeshed);
  const account = `${pod?.spec.serviceAccountName}.${pod?.metadata.namespace}`;
  return { ip, id: pod && `${account}.serviceaccount.identity.linkerd.cluster.local` };
}

const number = (ip: string): number =>
  ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function within(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  if (!isIPv4(base)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(ip) / size) === Math.floor(number(base) / size);
}

async function proves(namespace: string, ref: Ref, { ip, id }: Client): Promise<boolean> {
  const ns = ref.namespace ?? namespace;
  const idOf = (each: Ref): string =>
    `${each.name}.${each.namespace ?? ns}.serviceaccount.identity.linkerd.cluster.local`;
  if (ref.kind === 'ServiceAccount') return id === idOf({ ...ref, namespace: ns });
  const named = <T extends Thing<unknown>>(all: readonly T[]): T | undefined =>
    all.find(({ metadata }) => metadata.name === ref.name);
  if (ref.kind === 'NetworkAuthentication') {
    const found = named(await list<Network>('v1alpha1', ns, 'networkauthentications'));
    return (found?.spec.networks ?? []).some(
      ({ cidr, except = [] }) => within(ip, cidr) && !except.some((each) => within(ip, each)),
    );
  }
  const tls = named(await list<MeshTls>('v1alpha1', ns, 'meshtlsauthentications'));
  const names = [
    ...(tls?.spec.identities ?? []),
    ...(tls?.spec.identityRefs ?? []).filter(({ kind }) => kind === 'ServiceAccount').map(idOf),
  ];
  const inNamespaces = (tls?.spec.identityRefs ?? []).filter(({ kind }) => kind === 'Namespace');
  return (
    id !== undefined &&
    (names.some(
      (name) =>
        name === '*' || name === id || (name.startsWith('*.') && id.endsWith(name.slice(1))),
    ) ||
      inNamespaces.some(({ name }) => id.split('.')[1] === name))
  );
}

async function authorized(
  namespace: string,
  targets: readonly Ref[],
  client: Client,
): Promise<boolean> {
  for (const { spec } of await list<Policy>('v1alpha1', namespace, 'authorizationpolicies')) {
    const { targetRef, requiredAuthenticationRefs } = spec;
    if (!targets.some(({ kind, name }) => kind === targetRef.kind && name === targetRef.name))
      continue;
    const proofs = requiredAuthenticationRefs.map((ref) => proves(namespace, ref, client));
    if ((await Promise.all(proofs)).every(Boolean)) return true;
  }
  return false;
}

function defaultPolicy({ spec }: Pod): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const env = all.find(({ name }) => name === 'linkerd-proxy')?.env ?? [];
  const found = env.find(({ name }) => name === 'LINKERD2_PROXY_INBOUND_DEFAULT_POLICY');
  return found?.value ?? 'all-unauthenticated';
}

const CLUSTER = '10.0.0.0/8';

export function byDefault(policy: string, { ip, id }: Client): boolean {
  if (policy === 'deny') return false;
  if (policy === 'all-unauthenticated' || policy === 'audit') return true;
  if (policy === 'cluster-unauthenticated') return within(ip, CLUSTER);
  return id !== undefined && (policy === 'all-authenticated' || within(ip, CLUSTER));
}

const matches = ({ spec }: Route): boolean =>
  (spec.rules ?? []).some(({ matches: all = [{}] }) =>
    all.some(({ path: { value = '/', type = 'PathPrefix' } = {} }) =>
      type === 'Exact' ? value === PATH : PATH.startsWith(value.replace(/\/$/, '')),
    ),
  );

async function decide(namespace: string, name: string, client: Client): Promise<boolean> {
  const pod = await get<Pod>(`/api/v1/namespaces/${namespace}/pods/${name}`);
  const servers = await list<Server>('v1beta3', namespace, 'servers');
  const server = servers.find(
    ({ spec }) =>
      (spec.port === 4191 || spec.port === 'linkerd-admin') &&
      selects(spec.podSelector ?? {}, pod.metadata.labels),
  );
  // What the controller says always lets the pod's own loopback in (linkerd2-proxy server-policy/src/lib.rs).
  if (!server) return isLoopback(client.ip) || byDefault(defaultPolicy(pod), client);
  const own = { kind: 'Server', name: server.metadata.name };
  const routes = (await list<Route>('v1beta3', namespace, 'httproutes')).filter(({ spec }) =>
    spec.parentRefs?.some(({ kind, name: parent }) => kind === own.kind && parent === own.name),
  );
  const route = routes.find(matches);
  if (routes.length > 0 && !route) return false;
  if (isLoopback(client.ip)) return true;
  const targets = [own, { kind: 'Namespace', name: namespace }];
  const routed = route ? [{ kind: 'HTTPRoute', name: route.metadata.name }] : [];
  if (await authorized(namespace, [...targets, ...routed], client)) return true;
  const { accessPolicy = 'deny' } = server.spec;
  return byDefault(accessPolicy, client);
}

export async function answerAdmin(url: string): Promise<object> {
  const query = new URL(url, 'http://policy').searchParams;
  const of = (name: string): string => query.get(name) ?? '';
  const client = await clientAt(of('client'));
  const allowed = await decide(of('namespace'), of('pod'), client);
  return { is: allowed ? 'allowed' : 'denied' };
}
