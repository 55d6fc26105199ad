// Is the proxy denying anything right now? Its counters, read twice: they name the Server, the route and the caller, and
// for what its own pod sends out of the cluster the EgressNetwork
// (linkerd2-proxy linkerd/app/inbound/src/metrics/authz.rs; https://linkerd.io/2/reference/proxy-metrics/).
import { fact, type Fetched, needsPort } from '../../../core/fact.ts';
import type { Ports } from '../../../core/ports.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import type { Metric } from '../../metrics-text.ts';
import { metricsCommand, proxyMetrics, type ProxyMetrics } from '../proxy-metrics.ts';
import { refText } from '../../../model/linkerd/policy/refs.ts';
import type { Ref } from '../../../model/linkerd/policy/types.ts';

const names = {
  inbound_http_authz_allow_total: 'allowed',
  inbound_http_authz_deny_total: 'denied',
  inbound_tcp_authz_allow_total: 'allowed',
  inbound_tcp_authz_deny_total: 'denied',
  inbound_tcp_authz_terminate_total: 'denied',
  inbound_http_route_not_found_total: 'no-route',
  inbound_http_local_ratelimit_total: 'limited',
  response_total: 'application',
  outbound_http_route_request_statuses_total: 'egress',
  outbound_grpc_route_request_statuses_total: 'egress',
  outbound_tls_route_close_total: 'egress',
  outbound_tcp_route_close_total: 'egress',
} as const;
type Name = keyof typeof names;

/** What was counted between the two samples, of one kind. */
export type Counted = {
  readonly what: (typeof names)[Name];
  readonly metric: string;
  readonly port: number | undefined;
  /** The Server, or for what leaves the cluster the EgressNetwork, which is in `namespace`. */
  readonly server: Ref;
  readonly namespace: string | undefined;
  readonly route: Ref | undefined;
  readonly by: Ref | undefined;
  /** The caller's identity; absent without mutual TLS. */
  readonly id: string | undefined;
  readonly now: number;
  /** Since the proxy started. */
  readonly ever: number;
};
export type AuthzCounters =
  | { readonly is: 'counted'; readonly seconds: number; readonly all: readonly Counted[] }
  | { readonly is: 'refused' | 'silent' | 'closed' };

export type CountersArgs = { readonly pod: PodRef; readonly port: number };
const pauseMs = 2000;
const notCounted = 'the admin port returned no metrics';

export const authzCounters = fact({
  name: 'linkerd/authz-counters',
  asks: ({ pod }: CountersArgs) => `what the proxy of ${podText(pod)} allows and denies now`,
  byHand: metricsCommand,
  needs: [needsPort('target')],
  timeoutMs: 14_000,
  fetch: async (ports, args, signal): Promise<Fetched<AuthzCounters>> => {
    const first = await sample(ports, args, 1, signal);
    if (!first.ok) return first;
    if (first.value.is !== 'answered') return { ok: true, value: { is: first.value.is } };
    await ports.clock.sleep(pauseMs, signal);
    const second = await sample(ports, args, 2, signal);
    if (!second.ok) return second;
    if (second.value.is !== 'answered') return { ok: true, value: { is: second.value.is } };
    const all = compare(first.value, second.value);
    const value: AuthzCounters = { is: 'counted', seconds: pauseMs / 1000, all };
    return { ok: true, value, missed: [...(first.missed ?? []), ...(second.missed ?? [])] };
  },
  unwell: ({ is }) => (is === 'counted' ? [] : [notCounted]),
  show: (value) => {
    if (value.is !== 'counted') return [notCounted];
    const lines = value.all.filter((one) => one.now > 0 || one.what !== 'allowed').map(countedText);
    return lines.length === 0 ? ['nothing is denied'] : lines.slice(0, 8);
  },
});

function sample(
  ports: Ports,
  { pod, port }: CountersArgs,
  number: number,
  signal: AbortSignal,
): Promise<Fetched<ProxyMetrics>> {
  const wanted = Object.keys(names);
  return proxyMetrics.fetch(ports, { pod, port, names: wanted, sample: number }, signal);
}

type Page = { readonly metrics: readonly Metric[]; readonly cut: boolean };

/** A counter missing on the first page started since then, unless that page was cut off. */
export function compare(first: Page, second: Page): readonly Counted[] {
  const before = new Map(first.metrics.map((metric) => [keyOf(metric), metric.value]));
  return second.metrics.flatMap((metric) => {
    const what = Object.entries(names).find(([name]) => name === metric.name)?.[1];
    if (what === undefined) return [];
    if (what === 'application' && !refusedByApplication(metric)) return [];
    if (what === 'egress' && !refusedByEgress(metric)) return [];
    const was = before.get(keyOf(metric)) ?? (first.cut ? metric.value : 0);
    const now = Math.max(0, metric.value - was);
    return [readCounted(metric, what, now)];
  });
}

function keyOf({ name, labels }: Metric): string {
  return `${name} ${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function refusedByApplication({ labels }: Metric): boolean {
  return labels['direction'] === 'inbound' && labels['status_code'] === '403';
}

/**
 * The default route of an EgressNetwork that denies (linkerd2 policy-controller/grpc/src/outbound/http.rs, grpc.rs, tcp.rs and
 * tls.rs default_outbound_egress_route); each of its connections is counted by how it ended, from 0 on (linkerd2-proxy
 * linkerd/app/outbound/src/metrics/transport.rs, http/logical/policy/route/metrics/labels.rs).
 */
function refusedByEgress({ labels, value }: Metric): boolean {
  if (!/-egress-deny$/.test(labels['route_name'] ?? '') || value === 0) return false;
  return (
    labels['error'] === 'forbidden' ||
    labels['http_status'] === '403' ||
    labels['grpc_status'] === 'PERMISSION_DENIED'
  );
}

function readCounted({ name, labels, value }: Metric, what: Counted['what'], now: number): Counted {
  const ref = (prefix: string): Ref | undefined => {
    const found = labels[`${prefix}_name`];
    if (found === undefined) return undefined;
    const [group = '', kind = ''] = [labels[`${prefix}_group`], labels[`${prefix}_kind`]];
    return { group, kind, name: found };
  };
  const port = labels['srv_port'] ?? labels['target_port'] ?? labels['parent_port'];
  const id = labels['client_id'];
  return {
    what,
    metric: name,
    port: port === undefined ? undefined : Number(port),
    namespace: labels['parent_namespace'],
    server: ref('srv') ?? ref('parent') ?? { group: '', kind: 'default', name: '' },
    route: ref('route'),
    by: ref('authz'),
    id: id === '' ? undefined : id,
    now,
    ever: value,
  };
}

export function countedText({ what, metric, server, namespace, port, id, now, ever }: Counted) {
  const where = port === undefined ? '' : ` on port ${port}`;
  const who = what === 'egress' ? `of namespace ${namespace}` : (id ?? 'no identity');
  return `${metric}, ${refText(server)}${where}, ${who}: ${ever}, ${now} of them in ${pauseMs / 1000} s`;
}
