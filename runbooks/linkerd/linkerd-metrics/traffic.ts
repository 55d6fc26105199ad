// What a proxy itself counts, port by port: requests that it read as HTTP, and connections. Labels:
// linkerd2-proxy linkerd/app/core/src/transport/labels.rs, linkerd/app/core/src/metrics.rs.
import type { Metric } from '../../../src/facts/metrics-text.ts';

/** What to keep of the page. */
export const names = [
  'request_total',
  'tcp_open_total',
  'control_identity_cert_expiration_timestamp_seconds',
  'identity_cert_expiration_timestamp_seconds',
] as const;

const adminPorts = new Set([4190, 4191]);

/** Inbound, without the proxy's own ports. Kubelet probes count as requests too, on a route of their own. */
export function inbound(metrics: readonly Metric[]): readonly PortTraffic[] {
  const mine = metrics.filter(
    ({ labels }) => labels['direction'] === 'inbound' && labels['peer'] !== 'dst',
  );
  const ports = new Set(mine.map(portOf).filter((port) => port > 0 && !adminPorts.has(port)));
  return [...ports].toSorted((a, b) => a - b).map((port) => trafficAt(port, mine));
}

export type PortTraffic = ReturnType<typeof trafficAt>;
function trafficAt(port: number, all: readonly Metric[]) {
  const here = all.filter((metric) => portOf(metric) === port);
  const requests = here.filter(({ name }) => name === 'request_total');
  const opened = here.filter(({ name }) => name === 'tcp_open_total');
  const own = opened.filter(({ labels }) => labels['tls'] === 'opaque');
  return {
    port,
    requests: sum(requests),
    connections: sum(opened),
    /** Connections with the application's own TLS: the proxy forwards them unread. */
    ownTls: sum(own),
    sni: own.map(({ labels }) => labels['sni']).find(Boolean),
    /** Requests from callers without a proxy. */
    unmeshed: sum(requests.filter(isUnmeshed)),
  };
}

/** Probes have a route of their own: policy-controller/k8s/index/src/inbound/index.rs. */
function isUnmeshed({ labels }: Metric): boolean {
  const isProbe = labels['route_kind'] === 'default' && labels['route_name'] === 'probe';
  return labels['tls'] === 'no_identity' && !isProbe;
}

function portOf({ labels }: Metric): number {
  return Number(labels['target_port'] ?? /:(\d+)$/.exec(labels['target_addr'] ?? '')?.[1] ?? 0);
}

function sum(metrics: readonly Metric[]): number {
  return metrics.reduce((all, { value }) => all + value, 0);
}

/** When the proxy's certificate expires, in milliseconds; the metric was renamed. */
export function certificateEnd(metrics: readonly Metric[]): number | undefined {
  const found = metrics.find(({ name }) =>
    name.endsWith('identity_cert_expiration_timestamp_seconds'),
  );
  return found && found.value > 0 ? found.value * 1000 : undefined;
}
