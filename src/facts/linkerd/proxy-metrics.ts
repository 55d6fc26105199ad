// A proxy's own /metrics, through a port-forward to its admin port: what it counts, whether or not anybody scrapes it.
// Metrics: https://linkerd.io/2/reference/proxy-metrics/. The admin port is behind the proxy's own policy. A port-forward
// comes from loopback, which that policy always lets in, but a request that no route matches is 404 from there too: what
// is answered here says nothing of what a scraper is answered (linkerd2-proxy linkerd/app/inbound/src/policy).
import { kubectl, type Command } from '../../core/command.ts';
import { fact, type Fetched, type Missed, needsPort } from '../../core/fact.ts';
import type { HttpQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { failure, readReply } from '../kube/ask.ts';
import { readMetrics, type Metric } from '../metrics-text.ts';

export type ProxyMetricsArgs = {
  readonly pod: PodRef;
  readonly port: number;
  /** Names of metrics to keep; a name that ends in `*` stands for all that begin so. */
  readonly names: readonly string[];
  /** The second reading of counters, some time after the first. */
  readonly sample?: number | undefined;
};
export type ProxyMetrics =
  | { readonly is: 'answered'; readonly metrics: readonly Metric[]; readonly cut: boolean }
  /** The proxy's policy refuses it (403), or something else answers. */
  | { readonly is: 'refused'; readonly status: number }
  | { readonly is: 'silent'; readonly waitedMs: number }
  | { readonly is: 'closed' };

/** A busy proxy has a series for each peer and path of a route. */
const maxBytes = 4 * 1024 * 1024;
const most = 12;

export const proxyMetrics = fact({
  name: 'linkerd/proxy-metrics',
  asks: ({ pod }: ProxyMetricsArgs) => `the metrics of the proxy in ${podText(pod)}`,
  byHand: metricsCommand,
  needs: [needsPort('target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod, port, names, sample }, signal): Promise<Fetched<ProxyMetrics>> => {
    const question: HttpQuestion = {
      ...{ ask: 'http', pod, port, path: '/metrics', maxBytes },
      sample,
    };
    const wanted = wantedBy(names);
    const reply = readReply(
      question,
      await ports.ask(question, signal),
      (answer): ProxyMetrics | undefined => {
        if (answer.is !== 'answered') return answer;
        if (answer.status !== 200) return { is: 'refused', status: answer.status };
        // A proxy always counts something: its own process.
        const page = answer.body === '' ? undefined : readMetrics(answer.body, wanted);
        return page && { is: 'answered', ...page };
      },
    );
    if (!reply.ok) return failure(reply, question);
    const cut = reply.value.is === 'answered' && reply.value.cut;
    return { ok: true, value: reply.value, missed: cut ? [rest(pod)] : [] };
  },
  unwell: (value) => (value.is === 'answered' ? [] : notAnswered(value)),
  show: (value) => (value.is === 'answered' ? shown(value.metrics) : notAnswered(value)),
});

function notAnswered(value: Exclude<ProxyMetrics, { readonly is: 'answered' }>): readonly string[] {
  switch (value.is) {
    case 'refused':
      return [`HTTP ${value.status}`];
    case 'silent':
      return [`no byte in ${value.waitedMs} ms`];
    case 'closed':
      return ['nothing listens on the port'];
  }
}

/** `linkerd diagnostics proxy-metrics` ignores the status, and prints nothing for a 403 (linkerd2 pkg/k8s/metrics.go getResponse). */
export function metricsCommand({ pod, port }: Pick<ProxyMetricsArgs, 'pod' | 'port'>): Command {
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${port}/proxy/metrics`;
  return kubectl`get --raw ${path}`;
}

function rest(pod: PodRef): Missed {
  const asked = `all metrics of the proxy in ${podText(pod)}`;
  return { asked, why: 'unreadable', detail: 'the page was not read to its end' };
}

function wantedBy(names: readonly string[]): (name: string) => boolean {
  return (name) =>
    names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
}

function shown(metrics: readonly Metric[]): readonly string[] {
  if (metrics.length === 0) return ['none of the metrics asked for'];
  const lines = metrics.slice(0, most).map(metricLine);
  const more = metrics.length - lines.length;
  return more > 0 ? [...lines, `and ${count(more, 'series', 'series')} more`] : lines;
}

export function metricLine({ name, labels, value }: Metric): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
  return `${name}{${pairs.join(',')}} ${value}`;
}
