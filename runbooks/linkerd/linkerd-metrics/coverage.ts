// The three-way rule: is a proxy a target of Prometheus, is it scraped, and does it have series? The first "no" tells what
// to fix: discovery, the way to the admin port, or what the proxy sees.
import { podText } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { ProxySeries, Sample } from '../../../src/facts/linkerd/metrics/series.ts';
import {
  scrapeEnd,
  withoutUrl,
  type ScrapeEnd,
  type ScrapeTargets,
  type Target,
} from '../../../src/facts/linkerd/metrics/targets.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { adminPortOf, linkerdProxyOf } from '../../../src/model/linkerd/mesh-pod.ts';

/**
 * `never`: on the host network, where the injector skips pods by design. `starting`: no address yet, or the proxy is
 * starting.
 */
type Plain = 'bare' | 'never' | 'starting' | 'unknown' | 'undiscovered' | 'pending' | 'quiet';
export type Coverage =
  | { readonly is: Plain }
  | { readonly is: 'unlabelled'; readonly missing: readonly string[] }
  | {
      readonly is: 'down';
      readonly end: ScrapeEnd;
      readonly error: string;
      readonly proxy: Container;
      readonly target: Target;
    }
  | { readonly is: 'present'; readonly target: Target; readonly series: readonly Sample[] };

export type At<Is extends Coverage['is']> = Coverage & { readonly is: Is };

/** `scraped` and `series` are what Prometheus answered, if it did. */
export function coverageOf(
  pod: Pod,
  scraped: ScrapeTargets | undefined,
  series: ProxySeries | undefined,
): Coverage {
  const proxy = linkerdProxyOf(pod);
  if (!proxy) return { is: pod.hostNetwork ? 'never' : 'bare' };
  const isBegun = proxy.restarts > 0 || !['waiting', 'unreported'].includes(proxy.state.is);
  if (pod.ip === undefined || !isBegun) return { is: 'starting' };
  if (scraped === undefined) return { is: 'unknown' };
  const target = targetOf(pod, scraped.targets);
  if (!target) return { is: scraped.cut ? 'unknown' : 'undiscovered' };
  if (target.health === 'unknown') return { is: 'pending' };
  if (target.health === 'down') {
    const { lastError } = target;
    const error = withoutUrl(lastError);
    return { is: 'down', end: scrapeEnd(lastError), error, proxy, target };
  }
  return seen(target, series);
}

/** Found by the names from discovery, else by its address. */
export function targetOf(pod: Pod, targets: readonly Target[]): Target | undefined {
  const name = podText(pod.ref);
  const address = `${pod.ip ?? ''}:${adminPortOf(pod)}`;
  const named = targets.find((t) => t.pod && podText(t.pod) === name);
  return named ?? targets.find((t) => t.pod === undefined && t.address === address);
}

function seen(target: Target, series: ProxySeries | undefined): Coverage {
  if (series === undefined) return { is: 'unknown' };
  const own = ofInstance(series.requests, target);
  const missing = new Set((own.length > 0 ? own : [target]).flatMap(missingLabels));
  if (missing.size > 0) return { is: 'unlabelled', missing: [...missing] };
  if (own.length > 0) return { is: 'present', target, series: own };
  return { is: series.cut ? 'unknown' : 'quiet' };
}

export function ofInstance(samples: readonly Sample[], target: Target): readonly Sample[] {
  return samples.filter(({ labels }) => labels['instance'] === instanceOf(target));
}

export function instanceOf({ labels, address }: Target): string {
  return labels['instance'] ?? address;
}

/** Labels that linkerd-viz queries by (linkerd2 viz/metrics-api/prometheus.go): namespace, and pod for one pod. */
function missingLabels({ labels }: Sample | Target): readonly string[] {
  return ['namespace', 'pod'].filter((name) => labels[name] === undefined);
}
