// istiod's /debug/syncz: what was sent to each proxy, what it acknowledged, and why it refused.
// Shape: istio pilot/pkg/xds/debug.go SyncStatus; `resources` since 1.23, the flat fields in every version.
// State rule: istio pilot/pkg/xds/statusgen.go debugSyncStatus.
import { list, labelsAt, parseJson, record, text, time } from '../kube/read.ts';

export type SyncState = 'SYNCED' | 'STALE' | 'ERROR' | 'NOT SENT';

/** One xDS type of one proxy. Times are milliseconds since the epoch. */
export type TypeSync = {
  /** CDS, LDS, EDS, RDS, ECDS... */
  readonly type: string;
  readonly state: SyncState;
  readonly sentAt: number | undefined;
  /** The version that was sent; a later sample with another one means pushes go on. */
  readonly sent: string;
  /** Nothing of this type was ever accepted on this stream. */
  readonly neverAcked: boolean;
  /** Envoy's own words for the refusal (Istio >= 1.23). */
  readonly error: string | undefined;
};

export type ProxySync = {
  /** `pod.namespace` */
  readonly proxy: string;
  readonly cluster: string | undefined;
  readonly version: string | undefined;
  readonly types: readonly TypeSync[];
};

const shortNames: Readonly<Record<string, string>> = {
  'envoy.config.cluster.v3.Cluster': 'CDS',
  'envoy.config.listener.v3.Listener': 'LDS',
  'envoy.config.route.v3.RouteConfiguration': 'RDS',
  'envoy.config.endpoint.v3.ClusterLoadAssignment': 'EDS',
  'envoy.config.core.v3.TypedExtensionConfig': 'ECDS',
  'envoy.extensions.transport_sockets.tls.v3.Secret': 'SDS',
};

const flatFields: Readonly<Record<string, string>> = {
  cluster: 'CDS',
  listener: 'LDS',
  route: 'RDS',
  endpoint: 'EDS',
  extensionconfig: 'ECDS',
};

/** CDS, LDS, EDS, RDS first; a reader looks for these four. */
const order = ['CDS', 'LDS', 'EDS', 'RDS', 'ECDS'];

/** `type.googleapis.com/envoy.config.listener.v3.Listener` -> `LDS`; unknown types keep their last word. */
export function shortType(typeUrl: string): string {
  const name = typeUrl.replace('type.googleapis.com/', '');
  return shortNames[name] ?? name.split('.').at(-1) ?? name;
}

/** The proxies of one istiod; `undefined` when the body is not what syncz answers with. */
export function readSyncz(body: string): readonly ProxySync[] | undefined {
  const parsed = parseJson(body);
  if (parsed === null) return [];
  if (!Array.isArray(parsed)) return undefined;
  const rows = parsed.map(readSyncStatus);
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

/** One entry of syncz; also what `istioctl x internal-debug syncz --all` holds per istiod. */
export function readSyncStatus(entry: unknown): ProxySync | undefined {
  const proxy = text(entry, 'proxy');
  if (proxy === undefined) return undefined;
  const resources = Object.entries(record(entry, 'resources'));
  const types = resources.length > 0 ? resources.map(readResource) : readFlat(entry);
  return {
    proxy,
    cluster: text(entry, 'cluster_id'),
    version: text(entry, 'istio_version'),
    types: inTypeOrder(types.filter((t): t is TypeSync => t !== undefined)),
  };
}

export function inTypeOrder(types: readonly TypeSync[]): readonly TypeSync[] {
  const rank = (t: TypeSync) => (order.includes(t.type) ? order.indexOf(t.type) : order.length);
  return [...types].sort((a, b) => rank(a) - rank(b) || (a.type < b.type ? -1 : 1));
}

function readResource([typeUrl, entry]: [string, unknown]): TypeSync {
  const error = text(entry, 'lastError');
  return typeSync(
    shortType(typeUrl),
    text(entry, 'sent') ?? '',
    text(entry, 'acked') ?? '',
    time(text(entry, 'sentTime')),
    error === '' ? undefined : error,
  );
}

/** Before 1.23: no time and no reason, and a type that was never subscribed has neither field. */
function readFlat(entry: unknown): (TypeSync | undefined)[] {
  const fields = labelsAt(entry);
  return Object.entries(flatFields).map(([field, type]) => {
    const sent = fields[`${field}_sent`] ?? '';
    const acked = fields[`${field}_acked`] ?? '';
    return sent === '' && acked === ''
      ? undefined
      : typeSync(type, sent, acked, undefined, undefined);
  });
}

function typeSync(
  type: string,
  sent: string,
  acked: string,
  sentAt: number | undefined,
  error: string | undefined,
): TypeSync {
  const state =
    error !== undefined ? 'ERROR' : sent === '' ? 'NOT SENT' : sent === acked ? 'SYNCED' : 'STALE';
  return { type, state, sentAt, sent, neverAcked: acked === '', error };
}

/** `/debug/connections`: when each stream of a proxy began. Shape: debug.go AdsClients. */
export function readConnections(body: string): ReadonlyMap<string, number> | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const streams = new Map<string, number>();
  for (const client of list(parsed, 'clients')) {
    const proxy = text(client, 'connectionId')?.replace(/-\d+$/, '');
    const since = time(text(client, 'connectedAt'));
    if (proxy !== undefined && since !== undefined) {
      streams.set(proxy, Math.max(since, streams.get(proxy) ?? 0));
    }
  }
  return streams;
}

/** An acknowledgement takes milliseconds; a starved but living proxy with a huge config, a few seconds. */
export const settleMs = 5000;

export function staleTypes(sync: ProxySync): readonly TypeSync[] {
  return sync.types.filter((t) => t.state === 'STALE');
}
