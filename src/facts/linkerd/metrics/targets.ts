// Which proxies a Prometheus scrapes, and whether that works. Scrape pools are asked first: they give the names of the jobs
// without the configuration, which may hold credentials.
import { fact, type Fetched, type Missed, needsPort } from '../../../core/fact.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { count, listed } from '../../../core/text.ts';
import type { Labels } from '../../../model/kube/labels.ts';
import { labelsAt, list, text, texts } from '../../../model/kube/read.ts';
import {
  askPrometheus,
  prometheusText,
  type Body,
  type PrometheusAt,
} from '../../prometheus/ask.ts';
import { byHandAt } from './by-hand.ts';

export type Target = {
  /** As discovery names it, before relabelling. */
  readonly pod: PodRef | undefined;
  /** `10.244.0.7:4191` */
  readonly address: string;
  readonly labels: Labels;
  readonly pool: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  readonly lastScrape: string | undefined;
  /** `10s`; absent before Prometheus 2.31. */
  readonly interval: string | undefined;
};
export type ScrapeTargets = {
  /** Every job; `undefined` if Prometheus is older than 2.42 and does not list them. */
  readonly pools: readonly string[] | undefined;
  /** Only those of proxies. */
  readonly targets: readonly Target[];
  /** There are more than could be read: a pod that is missing here may still be a target. */
  readonly cut: boolean;
};

export type TargetsArgs = { readonly at: PrometheusAt };

/** About 2,000 targets of Linkerd's job, which take some 4 kB each. */
const maxBytes = 8 * 1024 * 1024;
/** The job of linkerd-viz and of the docs, and the PodMonitor of the control plane's chart. */
export const proxyPool = /linkerd-proxy/;
/** At most this many pools are asked. */
const most = 4;

export const scrapeTargets = fact({
  name: 'prometheus/scrape-targets',
  asks: ({ at }: TargetsArgs) => `the proxies that ${prometheusText(at)} scrapes`,
  byHand: ({ at }) => byHandAt(at, '/api/v1/targets?state=active'),
  needs: [needsPort('all')],
  timeoutMs: 12_000,
  fetch: async (ports, { at }, signal): Promise<Fetched<ScrapeTargets>> => {
    const pools = await askPrometheus(
      ports,
      at,
      { path: '/api/v1/scrape_pools' },
      readPools,
      signal,
    );
    // An older one answers 404 for this page; any other error would hit the next question too.
    if (!pools.ok && pools.why !== 'unreadable') return pools;
    const known = pools.ok ? pools.value : undefined;
    const wanted = known?.filter((pool) => proxyPool.test(pool)).slice(0, most) ?? [];
    const pages = wanted.length === 0 ? [targetsPage(undefined)] : wanted.map(targetsPage);
    const got = await Promise.all(
      pages.map((page) => askPrometheus(ports, at, page, readTargets, signal)),
    );
    const failed = got.find((one): one is Extract<typeof one, { ok: false }> => !one.ok);
    if (failed) return failed;
    const all = got.flatMap((one) => (one.ok ? one.value.targets : []));
    const cut = got.some((one) => one.ok && one.value.cut);
    const value = { pools: known, targets: all.filter(isProxy), cut };
    return { ok: true, value, missed: cut ? [cutPart(at, all.length)] : [] };
  },
  show: ({ pools, targets, cut }) => [
    ...(pools ? [`jobs: ${pools.slice(0, 12).join(', ') || 'none'}`] : []),
    `${count(targets.length, 'proxy target')}${cut ? ', and more that were not read' : ''}`,
    ...byError(targets),
  ],
});

function targetsPage(pool: string | undefined) {
  const only = pool === undefined ? '' : `&scrapePool=${encodeURIComponent(pool)}`;
  const query = pool === undefined ? 'active' : `active of ${pool}`;
  return { path: `/api/v1/targets?state=active${only}`, query, maxBytes };
}

function cutPart(at: PrometheusAt, read: number): Missed {
  const asked = `all targets of ${prometheusText(at)}`;
  return { asked, why: 'unreadable', detail: `the list is too long; only ${read} were read` };
}

export function readPools({ data }: Body): readonly string[] | undefined {
  return Array.isArray((data as { scrapePools?: unknown }).scrapePools)
    ? texts(data, 'scrapePools')
    : undefined;
}

export function readTargets({
  data,
  cut,
}: Body): { readonly targets: readonly Target[]; readonly cut: boolean } | undefined {
  const items = (data as { activeTargets?: unknown } | null)?.activeTargets;
  if (!Array.isArray(items)) return undefined;
  return { targets: list(data, 'activeTargets').map(readTarget), cut };
}

function readTarget(item: unknown): Target {
  const found = labelsAt(item, 'discoveredLabels');
  const labels = labelsAt(item, 'labels');
  const namespace = found['__meta_kubernetes_namespace'] ?? labels['namespace'];
  const name = found['__meta_kubernetes_pod_name'] ?? labels['pod'];
  const health = text(item, 'health');
  return {
    pod: namespace !== undefined && name !== undefined ? { namespace, name } : undefined,
    address: found['__address__'] ?? labels['instance'] ?? '',
    labels,
    pool: text(item, 'scrapePool') ?? '',
    health: health === 'up' || health === 'down' ? health : 'unknown',
    lastError: text(item, 'lastError') ?? '',
    lastScrape: text(item, 'lastScrape'),
    interval: text(item, 'scrapeInterval'),
  };
}

/** By the job's name, else by the proxy's admin port. */
function isProxy({ address, pool }: Target): boolean {
  return proxyPool.test(pool) || address.endsWith(':4191');
}

/** Each error once, with the number of targets that have it. */
function byError(targets: readonly Target[]): readonly string[] {
  const down = targets.filter(({ health }) => health === 'down');
  const words = down.map(({ lastError }) => withoutUrl(lastError));
  return [...new Set(words)].slice(0, 6).map((error) => {
    const names = down.flatMap(({ pod }, i) => (words[i] === error && pod ? [podText(pod)] : []));
    const which = names.length === 0 ? '' : `: ${listed(names, 3)}`;
    return `down: ${words.filter((w) => w === error).length} with "${error}"${which}`;
  });
}

/** `Get "http://10.0.0.7:4191/metrics": context deadline exceeded` without the address, so that equal ones are equal. */
export function withoutUrl(error: string): string {
  return error.replace(/^Get "[^"]*": /, '').replace(/dial tcp [\d.:[\]a-f]+: /, 'dial tcp: ');
}

export type ScrapeEnd =
  | 'denied' // 403: something reads the request and rejects it
  | 'timed-out'
  | 'refused'
  | 'gateway' // a proxy on the way answers instead: the one of Prometheus, if it has one
  | 'not-metrics' // something else answers at the port
  | 'other';

/** What a failed scrape says about the way there (Prometheus scrape/scrape.go, Go's net and http errors). */
export function scrapeEnd(lastError: string): ScrapeEnd {
  if (/HTTP status 40[13]/.test(lastError)) return 'denied';
  if (/deadline exceeded|i\/o timeout|Client\.Timeout|no route to host/.test(lastError)) {
    return 'timed-out';
  }
  if (/connection refused/.test(lastError)) return 'refused';
  if (/HTTP status 50[0234]/.test(lastError)) return 'gateway';
  if (
    /HTTP status (404|5\d\d)|start token|parse|Content-Type|unexpected EOF|\bEOF\b|reset by peer/.test(
      lastError,
    )
  ) {
    return 'not-metrics';
  }
  return 'other';
}
