// What the proxy itself enforces: its inbound filter chains with the names of their RBAC rules. It shows a policy that
// is in Kubernetes but not in the proxy, and the reverse. Chains: istio
// pilot/pkg/networking/core/listener_inbound.go; names of rules: pilot/pkg/security/authz/builder/builder.go.
import { fact, type Fetched } from '../../core/fact.ts';
import { podText } from '../../core/refs.ts';
import { flag, list, number, parseJson, record, text, texts } from '../../model/kube/read.ts';
import { adminNeeds, askEnvoy, type EnvoyArgs } from './envoy.ts';
import { istioctl } from '../../meshes/istio/commands.ts';

/** `shop/no-web` of `ns[shop]-policy[no-web]-rule[0]`. */
export type PolicyName = string;

export type AuthzFilter = {
  readonly action: 'ALLOW' | 'DENY' | 'LOG';
  /** Rules by Envoy's name for them. */
  readonly enforced: readonly string[];
  /** Rules of dry-run policies, and of CUSTOM policies, where they select what the external authorizer is asked. */
  readonly shadow: readonly string[];
};
export type Unfetched = { readonly issuer: string; readonly uri: string };
export type Chain = {
  /** Absent: for every port without its own chain. */
  readonly port: number | undefined;
  readonly kind: 'http' | 'tcp';
  /** What the connection must be: mutual TLS of the mesh, other TLS, or no TLS. */
  readonly takes: 'mtls' | 'tls' | 'plaintext' | 'any';
  /** The connection must show a certificate, so it has an identity. */
  readonly asksCertificate: boolean;
  readonly filters: readonly AuthzFilter[];
  readonly extAuthz: boolean;
  readonly jwt: boolean;
  /** Issuers whose keys istiod could not fetch: it gave the proxy a placeholder that fits no token. */
  readonly unfetched: readonly Unfetched[];
  readonly logs: 'all' | 'some' | 'none';
};
export type ProxyAuthz =
  | {
      readonly is: 'heard';
      readonly chains: readonly Chain[];
      /** Envoy rejects the listener's latest config and keeps the one before. */
      readonly refused: string | undefined;
    }
  | { readonly is: 'silent' | 'closed' };

/** The inbound listener for each kind of proxy. */
export type AuthzArgs = EnvoyArgs & { readonly listener: 'sidecar' | 'gateway' | 'waypoint' };

const listeners = {
  sidecar: '^virtualInbound$',
  gateway: '^[0-9a-fA-F.:\\[\\]]+_\\d+$',
  waypoint: '^main_internal$',
} as const;

function page(listener: AuthzArgs['listener']) {
  const mask = 'name,active_state.listener,error_state.details';
  const name = encodeURIComponent(listeners[listener]);
  return {
    query: 'inbound',
    path: `/config_dump?resource=dynamic_listeners&mask=${mask}&name_regex=${name}`,
  };
}

export const proxyAuthz = fact({
  name: 'istio/proxy-authz',
  asks: ({ pod }: AuthzArgs) => `the authorization rules in the proxy of ${podText(pod)}`,
  byHand: ({ pod }) => istioctl`x authz check ${pod.name}.${pod.namespace}`,
  needs: adminNeeds,
  timeoutMs: 9000,
  fetch: async (ports, args, signal): Promise<Fetched<ProxyAuthz>> => {
    const got = await askEnvoy(ports, args, page(args.listener), readListeners, signal);
    if (!got.ok) return got;
    return {
      ...got,
      value: got.value.is === 'heard' ? got.value.value : { is: got.value.is },
    };
  },
  unwell: (value) =>
    value.is === 'heard' && value.refused !== undefined ? [`rejected: ${value.refused}`] : [],
  show: (value) => {
    if (value.is !== 'heard') return ['the admin port did not answer'];
    const chains = value.chains.filter((chain) => chain.port !== undefined);
    return [
      ...new Set(chains.map(chainLine)),
      ...(value.refused === undefined ? [] : [`rejected: ${value.refused}`]),
    ];
  },
});

function chainLine(chain: Chain): string {
  const { port, kind, takes, filters, extAuthz, unfetched, logs } = chain;
  const rules = filters.flatMap(({ action, enforced, shadow }) => [
    ...(action === 'ALLOW' && enforced.length === 0 && shadow.length === 0
      ? ['ALLOW nothing']
      : enforced.map((name) => `${action} ${name}`)),
    ...shadow.map((name) => `${action} ${name} (not enforced here)`),
  ]);
  const said = [
    ...rules,
    ...(extAuthz ? ['external authorization'] : []),
    ...unfetched.map(({ issuer }) => `tokens of ${issuer}: placeholder keys`),
  ];
  return `port ${port ?? 'any'}, ${kind}, ${takes}: ${said.join('; ') || 'no rules'}; access log: ${logs}`;
}

export function readListeners(body: string): ProxyAuthz | undefined {
  const parsed = parseJson(body);
  // Envoy answers `{}` when no listener has the name, but a broken answer may also be `{}`.
  const configs = list(parsed, 'configs');
  if (configs.length === 0) return undefined;
  const refused = configs.map((config) => text(config, 'error_state', 'details')).find(Boolean);
  const chains = configs.flatMap((config) => {
    const listener = record(config, 'active_state', 'listener');
    const own = number(listener, 'address', 'socket_address', 'port_value');
    const port = text(listener, 'name') === 'virtualInbound' ? undefined : own;
    return list(listener, 'filter_chains').flatMap((chain) => readChain(chain, port));
  });
  // Every listener from istiod has a chain. One that is warming or draining shows none, and does not decide.
  return chains.length === 0 && refused === undefined
    ? undefined
    : { is: 'heard', chains, refused };
}

function readChain(chain: unknown, listenerPort: number | undefined): readonly Chain[] {
  const match = record(chain, 'filter_chain_match');
  const filters = list(chain, 'filters');
  if (text(chain, 'name') === 'virtualInbound-blackhole') return [];
  const manager = filters.find((f) => isType(f, 'HttpConnectionManager'));
  const last = filters.at(-1);
  const own = manager ? list(manager, 'typed_config', 'http_filters') : filters;
  const logs = list(manager ?? last, 'typed_config', 'access_log');
  return [
    {
      port: number(match, 'destination_port') ?? listenerPort,
      kind: manager ? 'http' : 'tcp',
      takes: takes(match),
      asksCertificate:
        flag(chain, 'transport_socket', 'typed_config', 'require_client_certificate') ?? false,
      filters: own.filter((f) => isType(f, '.RBAC')).map(readFilter),
      extAuthz: own.some((f) => isType(f, 'ext_authz')),
      jwt: own.some((f) => isType(f, 'JwtAuthentication')),
      unfetched: own.filter((f) => isType(f, 'JwtAuthentication')).flatMap(unfetchedIn),
      logs:
        logs.length === 0 ? 'none' : logs.some((l) => !('filter' in record(l))) ? 'all' : 'some',
    },
  ];
}

// pilot/pkg/networking/core/listener_inbound.go: mutual TLS is recognised by Istio's own protocol names.
function takes(match: unknown): Chain['takes'] {
  const transport = text(match, 'transport_protocol');
  if (transport === 'raw_buffer') return 'plaintext';
  if (transport !== 'tls') return 'any';
  return texts(match, 'application_protocols').some((p) => p.startsWith('istio')) ? 'mtls' : 'tls';
}

function isType(filter: unknown, type: string): boolean {
  return (text(filter, 'typed_config', '@type') ?? '').includes(type);
}

function readFilter(filter: unknown): AuthzFilter {
  const config = record(filter, 'typed_config');
  const said = text(config, 'rules', 'action') ?? text(config, 'shadow_rules', 'action') ?? 'ALLOW';
  return {
    action: said === 'DENY' || said === 'LOG' ? said : 'ALLOW',
    enforced: Object.keys(record(config, 'rules', 'policies')),
    shadow: Object.keys(record(config, 'shadow_rules', 'policies')),
  };
}

// pilot/pkg/model/jwks_resolver.go CreateFakeJwks: the modulus of the key is this text and the address, in base64url.
const placeholder = 'Error-IstiodFailedToFetchJwksUri-';

function unfetchedIn(filter: unknown): readonly Unfetched[] {
  return Object.values(record(filter, 'typed_config', 'providers')).flatMap((provider) => {
    const keys = list(parseJson(text(provider, 'local_jwks', 'inline_string') ?? ''), 'keys');
    const said = keys.map((key) => Buffer.from(text(key, 'n') ?? '', 'base64url').toString());
    const found = said.find((words) => words.startsWith(placeholder));
    if (found === undefined) return [];
    return [{ issuer: text(provider, 'issuer') ?? '', uri: found.slice(placeholder.length) }];
  });
}

/** The policies that the proxy has in any chain, as `namespace/name`. */
export function policiesInProxy(chains: readonly Chain[]): ReadonlySet<PolicyName> {
  const names = chains.flatMap((chain) =>
    chain.filters.flatMap((filter) => [...filter.enforced, ...filter.shadow]),
  );
  return new Set(
    names.flatMap((name) => {
      const [, namespace, policy] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]-rule\[/.exec(name) ?? [];
      return namespace === undefined || policy === undefined ? [] : [`${namespace}/${policy}`];
    }),
  );
}
