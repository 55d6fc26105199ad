// What an Envoy really has, by mask: never a whole dump, and of a secret only its name and state.
// Shapes: envoy api/envoy/admin/v3/config_dump_shared.proto. A mask may not lead through a list
// (source/server/admin/config_dump_handler.cc).
import { fact, type Fetched, type Missed } from '../../core/fact.ts';
import type { Ports } from '../../core/ports.ts';
import { podText } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { list, parseJson, record, text } from '../../model/kube/read.ts';
import { istioctl } from '../../meshes/istio/commands.ts';
import { adminNeeds, askEnvoy, type EnvoyArgs } from './envoy.ts';

/** A certificate that Envoy asked istiod for; one that it was given and did not accept counts as had. */
export type SecretState = { readonly name: string; readonly state: 'has' | 'waiting' };

export const secretStates = fact({
  name: 'istio/secret-states',
  asks: ({ pod }: EnvoyArgs) => `which certificates Envoy in ${podText(pod)} has and waits for`,
  byHand: ({ pod }) => istioctl`proxy-config secret ${pod.name} -n ${pod.namespace}`,
  needs: adminNeeds,
  timeoutMs: 9000,
  fetch: async (ports, args, signal): Promise<Fetched<readonly SecretState[]>> => {
    const mask = 'name';
    const [waiting, has] = await Promise.all([
      dump(ports, args, { resource: 'dynamic_warming_secrets', mask }, signal),
      dump(ports, args, { resource: 'dynamic_active_secrets', mask }, signal),
    ]);
    if (!waiting.ok) return waiting;
    if (!has.ok) return has;
    return {
      ...waiting,
      value: [
        ...waiting.value.map((one) => stateOf(one, 'waiting')),
        ...has.value.map((one) => stateOf(one, 'has')),
      ],
    };
  },
  show: (secrets) =>
    secrets.length === 0
      ? ['it has no certificate and waits for none']
      : secrets.map(({ name, state }) => `${name}: ${state === 'has' ? 'has it' : 'waits for it'}`),
});

function stateOf(config: unknown, state: SecretState['state']): SecretState {
  return { name: text(config, 'name') ?? '', state };
}

export type WarmingCluster = {
  readonly name: string;
  /** `namespace/name` of the DestinationRule that made it. */
  readonly rule: string | undefined;
  /** The certificates that it names, as Envoy asks for them. */
  readonly secrets: readonly string[];
};

export const warmingClusters = fact({
  name: 'istio/warming-clusters',
  asks: ({ pod }: EnvoyArgs) => `the clusters that Envoy in ${podText(pod)} still warms`,
  byHand: ({ pod }) => istioctl`proxy-config secret ${pod.name} -n ${pod.namespace}`,
  needs: adminNeeds,
  timeoutMs: 9000,
  fetch: async (ports, args, signal): Promise<Fetched<readonly WarmingCluster[]>> => {
    const mask =
      'cluster.name,cluster.metadata,cluster.transport_socket,cluster.transport_socket_matches';
    const got = await dump(ports, args, { resource: 'dynamic_warming_clusters', mask }, signal);
    return got.ok ? { ...got, value: got.value.map(readWarming) } : got;
  },
  show: (clusters) =>
    clusters.length === 0
      ? ['none']
      : clusters.slice(0, 10).map(({ name, rule, secrets }) => {
          const from = rule === undefined ? '' : `, DestinationRule ${rule}`;
          return `${name}${from}, needs ${secrets.join(', ') || 'its endpoints'}`;
        }),
});

function readWarming(config: unknown): WarmingCluster {
  const cluster = record(config, 'cluster');
  const from = text(cluster, 'metadata', 'filter_metadata', 'istio', 'config') ?? '';
  const [, namespace, name] = configPath('destination-rule').exec(from) ?? [];
  const sockets = JSON.stringify([
    cluster['transport_socket'],
    cluster['transport_socket_matches'],
  ]);
  const secrets = [...sockets.matchAll(/"name":"((?:file-cert|file-root|kubernetes):[^"]+)"/g)];
  return {
    name: text(cluster, 'name') ?? '',
    rule: namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`,
    secrets: [...new Set(secrets.map(([, secret = '']) => secret))],
  };
}

export type EffectiveRoutes = {
  /** `namespace/name` of the VirtualServices that a route comes from. */
  readonly virtualServices: readonly string[];
  /** There was more than was read. */
  readonly cut: boolean;
};

/** A gateway for hundreds of hosts has megabytes of routes; the names stand in each of them. */
const mostBytes = 4 * 1024 * 1024;

export const effectiveRoutes = fact({
  name: 'istio/effective-routes',
  asks: ({ pod }: EnvoyArgs) =>
    `which VirtualServices the routes of Envoy in ${podText(pod)} come from`,
  byHand: ({ pod }) => istioctl`proxy-config routes ${pod.name} -n ${pod.namespace}`,
  needs: adminNeeds,
  timeoutMs: 12_000,
  fetch: async (ports, args, signal): Promise<Fetched<EffectiveRoutes>> => {
    const mask = 'route_config.name,route_config.virtual_hosts';
    const page = {
      ...pageOf('dynamic_route_configs', mask),
      maxBytes: mostBytes,
    };
    const got = await askEnvoy(ports, args, page, readRoutes, signal);
    if (!got.ok) return got;
    if (got.value.is !== 'heard') return notAnswered;
    const { value } = got.value;
    return { ...got, value, missed: value.cut ? [cutPart(args)] : [] };
  },
  show: ({ virtualServices, cut }) => [
    `routes of ${count(virtualServices.length, 'VirtualService')}: ${virtualServices.join(', ') || 'none'}`,
    ...(cut ? ['there are more routes than were read'] : []),
  ],
});

function cutPart({ pod }: EnvoyArgs): Missed {
  const asked = `all routes of Envoy in ${podText(pod)}`;
  return { asked, why: 'unreadable', detail: 'the dump of its routes ends in the middle' };
}

// istio/istio pilot/pkg/networking/util/util.go AddConfigInfoMetadata
function configPath(kind: string): RegExp {
  return new RegExp(
    `/apis/networking\\.istio\\.io/[^/"]+/namespaces/([^/"]+)/${kind}/([^/"]+)`,
    'g',
  );
}

export function readRoutes(body: string): EffectiveRoutes | undefined {
  // Envoy says this in words where it has no such part.
  const cut = parseJson(body) === undefined;
  if (cut && !body.startsWith('{')) return undefined;
  const found = [...body.matchAll(configPath('virtual-service'))];
  const names = found.map(([, namespace = '', name = '']) => `${namespace}/${name}`);
  return { virtualServices: [...new Set(names)].sort(), cut };
}

const notAnswered = {
  ok: false,
  why: 'unreachable',
  detail: 'the admin port of Envoy does not answer',
} as const;

function pageOf(resource: string, mask: string) {
  return { query: resource, path: `/config_dump?resource=${resource}&mask=${mask}` };
}

/** The entries of one part of the dump; none where Envoy has none. */
async function dump(
  ports: Ports,
  args: EnvoyArgs,
  { resource, mask }: { readonly resource: string; readonly mask: string },
  signal: AbortSignal,
): Promise<Fetched<readonly unknown[]>> {
  const got = await askEnvoy(ports, args, pageOf(resource, mask), readConfigs, signal);
  if (!got.ok) return got;
  return got.value.is === 'heard' ? { ...got, value: got.value.value } : notAnswered;
}

function readConfigs(body: string): readonly unknown[] | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return list(parsed, 'configs');
}
