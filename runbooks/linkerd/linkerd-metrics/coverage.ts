// The three-way rule: is a proxy a target of Prometheus, is it scraped, and has it series? Where it stops tells what to
// mend: discovery, the way to the admin port, or what the proxy sees.
import { podText } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { ProxySeries, Sample } from '../../../src/facts/linkerd/metrics/series.ts';
import {
  scrapeEnd,
  type ScrapeEnd,
  type ScrapeTargets,
  type Target,
} from '../../../src/facts/linkerd/metrics/targets.ts';
import { adminPortOf, linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';

export type Coverage =
  | { readonly is: 'bare' }
  /** On the node's network: the injector leaves these out by design. */
  | { readonly is: 'never' }
  /** No address yet, or the proxy is being started. */
  | { readonly is: 'starting' }
  | { readonly is: 'unknown' }
  | { readonly is: 'undiscovered' }
  | {
      readonly is: 'down';
      readonly end: ScrapeEnd;
      readonly error: string;
      /** The proxy itself is not ready. */
      readonly unready: boolean;
      readonly target: Target;
    }
  | { readonly is: 'pending'; readonly target: Target }
  | { readonly is: 'unlabelled'; readonly missing: readonly string[]; readonly target: Target }
  | { readonly is: 'quiet'; readonly target: Target }
  | { readonly is: 'present'; readonly target: Target; readonly series: readonly Sample[] };

export type At<Is extends Coverage['is']> = Extract<Coverage, { is: Is }>;

/** `scraped` and `series` are what Prometheus said, if it did. */
export function coverageOf(
  pod: Pod,
  scraped: ScrapeTargets | undefined,
  series: ProxySeries | undefined,
): Coverage {
  const role = linkerdRole(pod);
  const proxy = role.is === 'none' ? undefined : role.proxy;
  if (!proxy) return pod.hostNetwork ? { is: 'never' } : { is: 'bare' };
  if (pod.ip === undefined || isStarting(proxy.state.is, proxy.restarts)) return { is: 'starting' };
  if (scraped === undefined) return { is: 'unknown' };
  const target = targetOf(pod, scraped.targets);
  if (!target) return { is: scraped.cut ? 'unknown' : 'undiscovered' };
  if (target.health === 'unknown') return { is: 'pending', target };
  if (target.health === 'down') {
    const { lastError: error } = target;
    return { is: 'down', end: scrapeEnd(error), error, unready: !proxy.ready, target };
  }
  return seen(target, series);
}

function isStarting(state: string, restarts: number): boolean {
  return (state === 'waiting' || state === 'unreported') && restarts === 0;
}

/** By the names that discovery gave it, else by its address. */
export function targetOf(pod: Pod, targets: readonly Target[]): Target | undefined {
  const name = podText(pod.ref);
  const address = `${pod.ip ?? ''}:${adminPortOf(pod)}`;
  const named = targets.find((t) => t.pod && podText(t.pod) === name);
  return named ?? targets.find((t) => t.pod === undefined && t.address === address);
}

function seen(target: Target, series: ProxySeries | undefined): Coverage {
  if (series === undefined) return { is: 'unknown' };
  const own = ofInstance(series.requests, target);
  if (own.length === 0) {
    const missing = missingLabels(target.labels);
    if (missing.length > 0) return { is: 'unlabelled', missing, target };
    return series.cut ? { is: 'unknown' } : { is: 'quiet', target };
  }
  const kept = own.map(({ labels }) => labels);
  const missing = [...new Set(kept.flatMap(missingLabels))];
  return missing.length > 0
    ? { is: 'unlabelled', missing, target }
    : { is: 'present', target, series: own };
}

export function ofInstance(samples: readonly Sample[], { labels, address }: Target) {
  const instance = labels['instance'] ?? address;
  return samples.filter((sample) => sample.labels['instance'] === instance);
}

/** What linkerd-viz asks for by (linkerd2 viz/metrics-api/prometheus.go): namespace, and pod for one pod. */
function missingLabels(labels: Readonly<Record<string, string>>): readonly string[] {
  return ['namespace', 'pod'].filter((name) => labels[name] === undefined);
}
