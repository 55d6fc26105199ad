// How long istiod's pushes take, from its own metrics, and how large they are.
// istio pilot/pkg/xds/monitoring.go: pilot_proxy_convergence_time (seconds), pilot_xds_config_size_bytes; and what CPU it
// used meanwhile: prometheus/client_golang process_collector.go. Whether the kernel held it back is in no metric of its own.
import { kubectl } from '../../core/command.ts';
import { fact, type Fetched, needs, needsPort } from '../../core/fact.ts';
import type { Ports } from '../../core/ports.ts';
import { failure } from '../kube/ask.ts';
import { readPod, type Pod } from '../kube/pod.ts';
import { readMetrics } from '../metrics-text.ts';
import { askIstiod } from './debug.ts';
import { istiodPods } from './istiods.ts';

/** One istiod, since it started. */
export type Pace = {
  readonly istiod: string;
  readonly pushes: number;
  /** Mean seconds from a change until a proxy has it. */
  readonly meanSeconds: number | undefined;
  /** Cores used on average. */
  readonly cores: number | undefined;
};

export type PushTimes = {
  /** Mean seconds from a change until a proxy has it, since istiod started. */
  readonly meanSeconds: number | undefined;
  readonly pushes: number;
  readonly each: readonly Pace[];
};

export const pushTimes = fact({
  name: 'istio/push-times',
  asks: ({ root }: { root: string }) => `how long istiod's pushes take, in ${root}`,
  byHand: ({ root }) =>
    kubectl`exec -n ${root} deploy/istiod -- pilot-discovery request GET /metrics`,
  needs: [needs(['list'], 'pods', 'mesh-root'), needsPort('mesh-root')],
  timeoutMs: 9000,
  fetch: async (ports, { root }, signal): Promise<Fetched<PushTimes>> => {
    const question = istiodPods(root);
    const listed = await ports.ask(question, signal);
    if (!listed.ok) return failure(listed, question);
    const running = listed.value.items.map(readPod).filter((pod) => pod.phase === 'Running');
    const pages = await Promise.all(running.map((istiod) => askOne(ports, istiod, signal)));
    const heard = pages.flatMap((p) => (p.ok && p.value !== undefined ? [p.value] : []));
    const failed = pages.find((p) => !p.ok);
    if (heard.length === 0)
      return failed ?? { ok: false, why: 'absent', detail: 'no istiod is running' };
    const pushes = heard.reduce((sum, h) => sum + h.pushes, 0);
    const seconds = heard.reduce((sum, h) => sum + h.pushes * (h.meanSeconds ?? 0), 0);
    return {
      ok: true,
      value: { pushes, meanSeconds: pushes === 0 ? undefined : seconds / pushes, each: heard },
    };
  },
  show: ({ each }) => each.map(paceLine),
});

function paceLine({ istiod, pushes, meanSeconds, cores }: Pace): string {
  const took = meanSeconds === undefined ? '' : `, ${meanSeconds.toFixed(2)} s each on average`;
  const used = cores === undefined ? '' : `; ${cores.toFixed(3)} cores used on average`;
  return `${istiod}: ${pushes === 0 ? 'no push yet' : `${pushes} pushes${took}`}${used}`;
}

async function askOne(
  ports: Ports,
  istiod: Pod,
  signal: AbortSignal,
): Promise<Fetched<Pace | undefined>> {
  const page = await askIstiod(ports, istiod, '/metrics', readPushTimes, signal);
  if (!page.ok) return page;
  if (page.value.is !== 'heard') return { ok: true, value: undefined };
  const { seconds, pushes, cpuSeconds, startedAt } = page.value.value;
  const up = startedAt === undefined ? 0 : ports.clock.now() / 1000 - startedAt;
  return {
    ok: true,
    value: {
      istiod: istiod.ref.name,
      pushes,
      meanSeconds: pushes === 0 ? undefined : seconds / pushes,
      cores: cpuSeconds === undefined || up <= 0 ? undefined : cpuSeconds / up,
    },
  };
}

type Figures = {
  readonly seconds: number;
  readonly pushes: number;
  readonly cpuSeconds: number | undefined;
  /** Seconds since the epoch. */
  readonly startedAt: number | undefined;
};

const names = {
  seconds: 'pilot_proxy_convergence_time_sum',
  pushes: 'pilot_proxy_convergence_time_count',
  cpuSeconds: 'process_cpu_seconds_total',
  startedAt: 'process_start_time_seconds',
} as const;
const wanted: ReadonlySet<string> = new Set(Object.values(names));

export function readPushTimes(body: string): Figures | undefined {
  // A page that ends in the middle of a line is not whole: what it lacks was not read.
  if (!body.includes('# TYPE') || !body.endsWith('\n')) return undefined;
  const page = readMetrics(body, (name) => wanted.has(name));
  if (!page) return undefined;
  const sum = (name: string): number | undefined => {
    const found = page.metrics.filter((metric) => metric.name === name);
    return found.length === 0 ? undefined : found.reduce((all, { value }) => all + value, 0);
  };
  return {
    seconds: sum(names.seconds) ?? 0,
    pushes: sum(names.pushes) ?? 0,
    cpuSeconds: sum(names.cpuSeconds),
    startedAt: sum(names.startedAt),
  };
}
