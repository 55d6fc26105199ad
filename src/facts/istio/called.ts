// Which services a proxy really calls, by its own counters since Envoy started. Envoy keeps the counters of an endpoint
// whatever Istio's stats matcher drops (envoy source/server/admin/clusters_handler.cc).
import { fact, type Fetched } from '../../core/fact.ts';
import { podText } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { list, number, parseJson, text } from '../../model/kube/read.ts';
import { adminNeeds, askEnvoy, type EnvoyArgs } from './envoy.ts';
import { istioctl } from '../../meshes/istio/commands.ts';

export type Called = {
  /** Outbound services in the proxy's config, by host. */
  readonly known: number;
  /** Those with a request or a connection, most called first. */
  readonly called: readonly { readonly host: string; readonly requests: number }[];
  /** Requests or connections to hosts the mesh does not know: a narrower scope does not affect them. */
  readonly passthrough: number;
};

const page = { query: 'all', path: '/clusters?format=json' };

export const called = fact({
  name: 'istio/called',
  asks: ({ pod }: EnvoyArgs) =>
    `the services that ${podText(pod)} has called since its Envoy started`,
  byHand: ({ pod }) => istioctl`proxy-config endpoint ${pod.name} -n ${pod.namespace}`,
  needs: adminNeeds,
  timeoutMs: 12_000,
  fetch: async (ports, args, signal): Promise<Fetched<Called>> => {
    const heard = await askEnvoy(ports, args, page, readCalled, signal);
    if (!heard.ok) return heard;
    if (heard.value.is === 'heard') return { ...heard, value: heard.value.value };
    return { ok: false, why: 'unreachable', detail: 'the admin port of Envoy does not answer' };
  },
  show: (value) => [
    `${count(value.called.length, 'service')} called of ${value.known} known`,
    ...value.called.slice(0, 10).map(({ host, requests }) => `${host}: ${requests}`),
  ],
});

/** `outbound|8080|v1|cart.shop.svc.cluster.local` */
const outbound = /^outbound\|\d+\|[^|]*\|(.+)$/;

export function readCalled(body: string): Called | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  if (!('cluster_statuses' in parsed)) return undefined;
  const requests = new Map<string, number>();
  let passthrough = 0;
  for (const cluster of list(parsed, 'cluster_statuses')) {
    const name = text(cluster, 'name') ?? '';
    const total = calls(cluster);
    if (name === 'PassthroughCluster') passthrough += total;
    const host = outbound.exec(name)?.[1];
    if (host !== undefined) requests.set(host, (requests.get(host) ?? 0) + total);
  }
  const all = [...requests].map(([host, n]) => ({ host, requests: n }));
  return {
    known: all.length,
    called: all
      .filter((one) => one.requests > 0)
      .sort((a, b) => b.requests - a.requests || (a.host < b.host ? -1 : 1)),
    passthrough,
  };
}

/** Requests, or connections where there are no requests: TCP. A counter of 0 has no value in this JSON. */
function calls(cluster: unknown): number {
  return list(cluster, 'host_statuses').reduce<number>((sum, host) => {
    const stats = new Map(
      list(host, 'stats').map((s) => [text(s, 'name') ?? '', amount(s)] as const),
    );
    return sum + Math.max(stats.get('rq_total') ?? 0, stats.get('cx_total') ?? 0);
  }, 0);
}

function amount(stat: unknown): number {
  return number(stat, 'value') ?? (Number(text(stat, 'value') ?? '0') || 0);
}
