// Everything the judges of `linkerd-metrics` read, put together from the answers of its steps.
import {
  cite,
  valueOf,
  type Answer,
  type MeshChoice,
  type Place,
  type Say,
  type Seen,
} from '../../../src/authoring.ts';
import type { Check } from '../../../src/facts/linkerd/check.ts';
import { fateOf, type Fate } from './fate.ts';
import type { ProxyWords } from '../../../src/facts/linkerd/metrics/log.ts';
import type { TapService } from '../../../src/facts/linkerd/metrics/tap.ts';
import type { ProxyMetrics } from '../../../src/facts/linkerd/proxy-metrics.ts';
import { partOf, type Viz } from '../../../src/facts/linkerd/viz.ts';
import type { Servers } from '../../../src/facts/linkerd/metrics/admin.ts';
import type { PolicyView } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Workloads } from '../../../src/facts/kube/workloads.ts';
import { candidates, type Candidate } from '../../../src/facts/prometheus/choose.ts';
import type { Found } from '../../../src/facts/prometheus/find.ts';
import type { Monitors } from '../../../src/facts/prometheus/monitors.ts';
import type { ProxySeries } from '../../../src/facts/prometheus/series.ts';
import type { ScrapeTargets } from '../../../src/facts/prometheus/targets.ts';
import type { Findings } from './says.ts';

export type MetricsSay = Say<Findings>;
export type Input = MeshChoice & { readonly target: Place };

export type Pods = {
  readonly pod: Answer<Pod> | undefined;
  readonly all: Answer<Workloads> | undefined;
};
export type Asked = { readonly candidate: Candidate; readonly targets: Answer<ScrapeTargets> };
/** Of one pod of those that need a closer look. */
export type Closer = {
  readonly pod: Pod;
  readonly metrics: Answer<ProxyMetrics>;
  readonly words: Answer<ProxyWords> | undefined;
};
export type Gates = {
  readonly servers: Answer<Servers> | undefined;
  readonly network: Answer<PolicyView> | undefined;
  readonly monitors: Answer<Monitors> | undefined;
};
export type Viewer = {
  readonly tap: Answer<TapService> | undefined;
  readonly check: Answer<readonly Check[]> | undefined;
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly pods?: Pods;
  readonly viz?: Answer<Viz>;
  readonly prometheus?: Answer<Found> | undefined;
  readonly targets?: readonly Asked[];
  readonly series?: Answer<ProxySeries> | undefined;
  readonly closer?: readonly Closer[];
  readonly gates?: Gates;
  readonly viewer?: Viewer;
};

/** The pods that the question is about: those that run, or should. */
export function podsIn({ target }: Input, { pods }: Sofar): readonly Pod[] {
  const one = valueOf(pods?.pod);
  if (target.is === 'pod') return one ? [one] : [];
  const all = valueOf(pods?.all);
  if (!all) return [];
  const made = all.workloads.flatMap((w) => w.pods);
  const mine = [...made, ...all.others].filter((pod) => isOf(target, pod, all));
  return mine.filter(({ phase, deleting }) => !deleting && ['Running', 'Pending'].includes(phase));
}

function isOf(target: Place, pod: Pod, all: Workloads): boolean {
  if (target.is !== 'workload') return true;
  const { kind } = target.resource;
  const found = all.workloads.find((w) => w.kind === kind && w.name === target.name);
  if (found) return found.pods.includes(pod);
  return pod.workload?.kind === kind && pod.workload.name === target.name;
}

/** Without viz and the search nothing is known of servers, unless the user named one. */
export function serversIn(input: Input, { viz, prometheus }: Sofar): readonly Candidate[] {
  const own = valueOf(viz);
  return candidates(input.prometheus, valueOf(prometheus), own ? partOf(own, 'prometheus') : []);
}

/** The first that reads proxies, else the first that answered. */
export function chosenOf({ targets = [] }: Sofar): Asked | undefined {
  const answered = targets.filter(({ targets: got }) => got.kind === 'known');
  return answered.find(({ targets: got }) => readsProxies(got)) ?? answered[0];
}

export function readsProxies(got: Answer<ScrapeTargets>): boolean {
  return (valueOf(got)?.targets.length ?? 0) > 0;
}

export type Judged = { readonly pod: Pod; readonly fate: Fate };
export type View = {
  readonly input: Input;
  readonly sofar: Sofar;
  readonly judged: readonly Judged[];
  readonly chosen: Asked | undefined;
  /** Every server was found and asked as far as it matters: what is said of targets can be said for sure. */
  readonly sure: boolean;
  /** What told of the pods. */
  readonly from: readonly [Seen, ...Seen[]];
};

/** Without the pods nothing can be said. */
export function viewOf(input: Input, sofar: Sofar): View | undefined {
  const { pods } = sofar;
  const source = input.target.is === 'pod' ? pods?.pod : pods?.all;
  if (source?.kind !== 'known') return undefined;
  const chosen = chosenOf(sofar);
  return {
    input,
    sofar,
    judged: fatesIn(input, sofar),
    chosen,
    sure: isComplete(input, sofar),
    from: cite(source, chosen?.targets, sofar.series),
  };
}

export function fatesIn(input: Input, sofar: Sofar): readonly Judged[] {
  const scraped = valueOf(chosenOf(sofar)?.targets);
  const series = valueOf(sofar.series);
  return podsIn(input, sofar).map((pod) => ({ pod, fate: fateOf(pod, scraped, series) }));
}

function isComplete(input: Input, { viz, prometheus, targets = [] }: Sofar): boolean {
  if (targets.some(({ targets: got }) => got.kind === 'unknown')) return false;
  if (input.prometheus !== undefined) return true;
  return viz?.kind !== 'unknown' && prometheus?.kind !== 'unknown';
}
