// Which pods `linkerd-metrics` looks at closer, and what it asks about them: a few of each way to fail stand for all.
import { valueOf } from '../../../src/authoring.ts';
import type { Endpoint, PolicyArgs } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { adminPortOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { targetOf } from './fate.ts';
import type { ScrapeTargets } from '../../../src/facts/prometheus/targets.ts';
import { mostInstances } from '../../../src/facts/prometheus/series.ts';
import { chosenOf, fatesIn, readsProxies, type Input, type Judged, type Sofar } from './view.ts';

/** Of each way to fail. */
const mostOfOne = 2;

/** The targets that are read; more than a query can name are told by the first of them. */
export function instancesOf(
  pods: readonly Pod[],
  scraped: ScrapeTargets | undefined,
): readonly string[] {
  const targets = pods.map((pod) => targetOf(pod, scraped?.targets ?? []));
  const up = targets.filter((target) => target?.health === 'up');
  const instances = up.map((target) => target?.labels['instance'] ?? target?.address ?? '');
  return instances.toSorted().slice(0, mostInstances);
}

export type SampleOf = { readonly pod: Pod; readonly log: boolean };

export function samplesOf(all: readonly Judged[]): readonly SampleOf[] {
  const wanted = all.filter(
    ({ fate }) => fate.is === 'quiet' || fate.is === 'down' || fate.is === 'present',
  );
  const ways = new Map<string, Judged[]>();
  for (const one of wanted) {
    const key =
      one.fate.is === 'down' ? `${one.fate.end} ${String(one.fate.unready)}` : one.fate.is;
    ways.set(key, [...(ways.get(key) ?? []), one]);
  }
  return [...ways.values()].flatMap((way) =>
    way
      .toSorted((a, b) => (a.pod.ref.name < b.pod.ref.name ? -1 : 1))
      .slice(0, mostOfOne)
      .map(({ pod, fate }) => ({ pod, log: fate.is !== 'present' })),
  );
}

export type GatesFor = {
  readonly denied: Pod | undefined;
  readonly unanswered: PolicyArgs | undefined;
  /** Nobody reads proxies, or not these. */
  readonly unknown: boolean;
};

export function gatesFor(input: Input, sofar: Sofar): GatesFor {
  const all = fatesIn(input, sofar);
  const down = (ends: readonly string[]) =>
    all.find(({ fate }) => fate.is === 'down' && ends.includes(fate.end))?.pod;
  const blocked = down(['timed-out', 'gateway', 'other']);
  const server = chosenOf(sofar)?.candidate.pod;
  return {
    denied: down(['denied']),
    unanswered: blocked && server && between(server, blocked),
    unknown: isUnread(sofar),
  };
}

function isUnread({ targets = [] }: Sofar): boolean {
  const answered = targets.filter(({ targets: got }) => valueOf(got) !== undefined);
  return answered.length > 0 && !answered.some(({ targets: got }) => readsProxies(got));
}

function between(server: Pod, pod: Pod): PolicyArgs {
  return {
    from: endpoint(server),
    to: [endpoint(pod)],
    toNamespace: pod.ref.namespace,
    // Also from proxy to proxy: the injector skips 4191 inbound, so a meshed Prometheus connects there, and not to 4143.
    port: adminPortOf(pod),
  };
}

function endpoint(pod: Pod): Endpoint {
  return { namespace: pod.ref.namespace, labels: pod.labels, ip: pod.ip };
}
