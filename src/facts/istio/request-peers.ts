// Who really called a proxy: its request metrics name the peer by the certificate of the connection, whatever address a
// header gives. Labels: istio/proxy source/extensions/filters/http/istio_stats/istio_stats.cc
// (source_principal, connection_security_policy), counted by the reporter "destination".
import { words } from '../../core/argv.ts';
import { piped } from '../../core/command.ts';
import { fact, type Fetched } from '../../core/fact.ts';
import { podText } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { readMetrics } from '../metrics-text.ts';
import { adminCommand, adminNeeds, askEnvoy, type EnvoyArgs } from './envoy.ts';

export type RequestPeer = {
  /** Without `spiffe://`. */
  readonly principal: string;
  readonly workload: string;
  readonly namespace: string;
  /** Requests answered 401 or 403 since Envoy started. */
  readonly refused: number;
};
/** The peers that came by mutual TLS and were refused, most refused first. */
export type RequestPeers = readonly RequestPeer[];

const metric = 'istio_requests_total';
const page = { query: 'requests', path: `/stats/prometheus?filter=${metric}` };

export const requestPeers = fact({
  name: 'istio/request-peers',
  asks: ({ pod }: EnvoyArgs) => `by whom the proxy of ${podText(pod)} was called, in its metrics`,
  byHand: (args) =>
    piped(
      adminCommand(args, `stats/prometheus?filter=${metric}`),
      words`grep -E ${'response_code="40[13]"'}`,
    ),
  needs: adminNeeds,
  timeoutMs: 9000,
  fetch: async (ports, args, signal): Promise<Fetched<RequestPeers>> => {
    const got = await askEnvoy(ports, args, page, readPeers, signal);
    if (!got.ok) return got;
    if (got.value.is === 'heard') return { ...got, value: got.value.value };
    return { ok: false, why: 'unreachable', detail: 'the admin port of Envoy does not answer' };
  },
  show: (peers) =>
    peers.length === 0
      ? ['no refused request came by mutual TLS']
      : peers.slice(0, 6).map((p) => `${p.principal}: ${count(p.refused, 'refused request')}`),
});

export function readPeers(body: string): RequestPeers | undefined {
  const read = readMetrics(body, (name) => name === metric);
  if (!read || read.cut) return undefined;
  const peers = new Map<string, RequestPeer>();
  for (const { labels, value } of read.metrics) {
    const { reporter, connection_security_policy: by, response_code: code = '' } = labels;
    const principal = labels['source_principal']?.replace(/^spiffe:\/\//, '') ?? '';
    const isPeer = reporter === 'destination' && by === 'mutual_tls' && principal.includes('/');
    if (!isPeer || !/^40[13]$/.test(code) || !(value > 0)) continue;
    const refused = (peers.get(principal)?.refused ?? 0) + value;
    const workload = labels['source_workload'] ?? '';
    const namespace = labels['source_workload_namespace'] ?? '';
    peers.set(principal, { principal, workload, namespace, refused });
  }
  return [...peers.values()].sort((a, b) => b.refused - a.refused);
}
