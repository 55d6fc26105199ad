// Which series of a proxy a Prometheus has. They are found by the target's instance, whatever relabelling did to
// their other labels.
import { fact, type Fetched, needsPort } from '../../../core/fact.ts';
import { count } from '../../../core/text.ts';
import type { Labels } from '../../../model/kube/labels.ts';
import { labelsAt, list, text } from '../../../model/kube/read.ts';
import {
  askPrometheus,
  prometheusText,
  type Body,
  type PrometheusAt,
} from '../../prometheus/ask.ts';
import { byHandAt } from './by-hand.ts';

export type Sample = { readonly labels: Labels; readonly value: number };
export type SeriesArgs = {
  readonly at: PrometheusAt;
  /** `10.244.0.7:4191`, as targets have them. */
  readonly instances: readonly string[];
};
export type ProxySeries = {
  /** Grouped by instance and by the labels that name the workload. */
  readonly requests: readonly Sample[];
  readonly responses: readonly Sample[];
  readonly cut: boolean;
};

/** A query is a URL: this many addresses fit in one. */
export const mostInstances = 60;
const by = 'instance,namespace,pod,deployment,statefulset,daemonset,direction,tls';
const maxBytes = 1024 * 1024;

export const proxySeries = fact({
  name: 'prometheus/proxy-series',
  asks: ({ at }: SeriesArgs) => `the series of the proxies in ${prometheusText(at)}`,
  byHand: ({ at, instances }) => byHandAt(at, queryPath(queryFor('request_total', instances))),
  needs: [needsPort('all')],
  timeoutMs: 8000,
  fetch: async (ports, { at, instances }, signal): Promise<Fetched<ProxySeries>> => {
    const ask = (metric: string) =>
      askPrometheus(
        ports,
        at,
        {
          path: queryPath(queryFor(metric, instances)),
          query: `${metric} of ${count(instances.length, 'proxy', 'proxies')}`,
          maxBytes,
        },
        readVector,
        signal,
      );
    const [requests, responses] = await Promise.all([ask('request_total'), ask('response_total')]);
    if (!requests.ok) return requests;
    if (!responses.ok) return responses;
    const cut = requests.value.cut || responses.value.cut;
    return {
      ok: true,
      value: { requests: requests.value.samples, responses: responses.value.samples, cut },
    };
  },
  show: ({ requests, responses }) => [
    `request_total: ${count(requests.length, 'series', 'series')}, ${sum(requests)} requests`,
    `response_total: ${count(responses.length, 'series', 'series')}, ${sum(responses)} responses`,
  ],
});

/**
 * Without requests to the admin port itself, from Prometheus and the kubelet: the proxy counts these too
 * (linkerd2-proxy linkerd/app/admin/src/stack.rs).
 */
export function queryFor(metric: string, instances: readonly string[]): string {
  const any = instances.slice(0, mostInstances).map((one) => one.replace(/[.[\]]/g, '[$&]'));
  const only = `{instance=~"${any.join('|')}",target_port!="4191"}`;
  return `sum by (${by}) (${metric}${only})`;
}

function queryPath(query: string): string {
  return `/api/v1/query?query=${encodeURIComponent(query)}`;
}

export function readVector({
  data,
  cut,
}: Body): { readonly samples: readonly Sample[]; readonly cut: boolean } | undefined {
  const items = (data as { result?: unknown } | null)?.result;
  const type = text(data, 'resultType');
  if (!Array.isArray(items) || (!cut && type !== 'vector')) return undefined;
  return { samples: list(data, 'result').map(readSample), cut };
}

/** Values are strings: "NaN" and "+Inf" are values too. */
function readSample(item: unknown): Sample {
  const [, value] = list(item, 'value');
  const said = typeof value === 'string' ? value : 'NaN';
  const number = said === '+Inf' ? Infinity : said === '-Inf' ? -Infinity : Number(said);
  return { labels: labelsAt(item, 'metric'), value: number };
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((all, { value }) => all + (Number.isFinite(value) ? value : 0), 0);
}
