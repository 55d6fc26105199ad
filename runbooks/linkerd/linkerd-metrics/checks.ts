// What `linkerd-metrics` asks: which pods, which Prometheus, and what it has of them. For each way to fail, a few pods are
// looked at more closely and stand for the rest.
import { check, skip, valueOf, type Answer, type Answers } from '../../../src/authoring.ts';
import { policiesToward } from '../../../src/facts/kube/network-policy.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { workloads, type Workloads } from '../../../src/facts/kube/workloads.ts';
import { linkerdCheck } from '../../../src/facts/linkerd/check.ts';
import { proxyWords } from '../../../src/facts/linkerd/metrics/log.ts';
import { linkerdDenials } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { linkerdPolicies } from '../../../src/facts/linkerd/policy/objects.ts';
import { tapService } from '../../../src/facts/linkerd/metrics/tap.ts';
import { proxyMetrics } from '../../../src/facts/linkerd/proxy-metrics.ts';
import {
  partOf,
  prometheusUrl,
  serviceOf,
  viz as vizFact,
} from '../../../src/facts/linkerd/viz.ts';
import { candidates, type Candidate } from '../../../src/facts/prometheus/choose.ts';
import { prometheuses } from '../../../src/facts/prometheus/find.ts';
import { podMonitors } from '../../../src/facts/linkerd/metrics/monitors.ts';
import { mostInstances, proxySeries } from '../../../src/facts/linkerd/metrics/series.ts';
import { scrapeTargets, type ScrapeTargets } from '../../../src/facts/linkerd/metrics/targets.ts';
import { compare } from '../../../src/model/kube/order.ts';
import { adminPortOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { namespaceOf, type Input } from '../../shared/kube/subject.ts';
import { admissionOf } from './admin.ts';
import { coverageOf, instanceOf, targetOf, type Coverage } from './coverage.ts';
import { names } from './traffic.ts';

const asking = check<Input>();

const pods = asking({
  id: 'pods',
  asks: 'Which pods should have metrics, and do they have a proxy?',
  why: 'Only a proxy produces metrics; since Linkerd 2.20 it is among the init containers.',
  uses: [pod, workloads],
  gather: async (look, { target }) => {
    if (target.is === 'pod') {
      const from = await look(pod, { pod: target.pod });
      const one = valueOf(from);
      return { from, all: one ? [one] : [] };
    }
    const from = await look(workloads, { namespace: namespaceOf(target) });
    const found = valueOf(from);
    return { from, all: found ? podsOf(target, found).filter(isWanted) : [] };
  },
});

function podsOf(target: Input['target'], { workloads: makers, others }: Workloads): readonly Pod[] {
  const all = [...makers.flatMap((maker) => maker.pods), ...others];
  if (target.is !== 'workload') return all;
  const isMaker = (one: Pod['workload']) =>
    one?.kind === target.resource.kind && one.name === target.name;
  return makers.find(isMaker)?.pods ?? all.filter(({ workload }) => isMaker(workload));
}

/** It runs, or should run. */
function isWanted({ phase, deleting }: Pod): boolean {
  return !deleting && ['Running', 'Pending'].includes(phase);
}

const viz = asking({
  id: 'viz',
  asks: 'Is linkerd-viz installed, and does it run?',
  why: 'Its namespace can have any name; a label marks it.',
  uses: [vizFact],
  gather: (look) => look(vizFact, {}),
});

const prometheus = asking({
  id: 'prometheus',
  asks: 'Which Prometheus could scrape the proxies?',
  why: 'linkerd-viz may read a Prometheus that is not its own.',
  uses: [prometheuses],
  after: { viz },
  when: (earlier) =>
    earlier.viz.kind !== 'unknown' || skip('it is not known what linkerd-viz reads'),
  gather: (look, _, earlier) => {
    const own = valueOf(earlier.viz);
    const url = own && prometheusUrl(own);
    return look(prometheuses, { service: url === undefined ? undefined : serviceOf(url) });
  },
});

/** A server that was asked what it scrapes. */
export type Asked = { readonly candidate: Candidate; readonly targets: Answer<ScrapeTargets> };

const targets = asking({
  id: 'targets',
  asks: 'Which proxies does Prometheus scrape, and does that work?',
  why: 'Not discovered, denied, blocked and unanswered need different fixes.',
  uses: [scrapeTargets],
  after: { viz, prometheus },
  gather: async (look, input, earlier): Promise<readonly Asked[]> => {
    const all: Asked[] = [];
    const own = valueOf(earlier.viz);
    const parts = own ? partOf(own, 'prometheus') : [];
    const found = valueOf(earlier.prometheus);
    for (const candidate of candidates(input.prometheus, found, parts)) {
      const asked = { candidate, targets: await look(scrapeTargets, { at: candidate.at }) };
      all.push(asked);
      if (readsProxies(asked)) break;
    }
    return all;
  },
  judge: (all) => (all.length === 0 ? skip('there is no Prometheus to ask') : undefined),
});

export function readsProxies(asked: Asked): boolean {
  return (valueOf(asked.targets)?.targets.length ?? 0) > 0;
}

/** The first that scrapes proxies, else the first that answered. */
export function chosenOf(all: readonly Asked[] = []): Asked | undefined {
  const answered = all.filter((asked) => asked.targets.kind === 'known');
  return answered.find(readsProxies) ?? answered[0];
}

const series = asking({
  id: 'series',
  asks: 'Which metrics of these pods does Prometheus have?',
  why: 'A target that is scraped and has no series saw no HTTP.',
  uses: [proxySeries],
  after: { pods, targets },
  gather: async (look, _, { pods: { all }, targets: asked }) => {
    const chosen = chosenOf(asked);
    const found = all.map((one) => targetOf(one, valueOf(chosen?.targets)?.targets ?? []));
    // One query can name only so many; the first stand for the rest.
    const instances = found
      .flatMap((target) => (target?.health === 'up' ? [instanceOf(target)] : []))
      .toSorted()
      .slice(0, mostInstances);
    if (!chosen || instances.length === 0) return undefined;
    return look(proxySeries, { at: chosen.candidate.at, instances });
  },
  judge: (got) => (got === undefined ? skip('none of them is scraped') : undefined),
});

/** A pod, and how far its metrics get. */
export type Covered<C extends Coverage = Coverage> = { readonly pod: Pod; readonly coverage: C };

export function coveredIn(
  got: Partial<Answers<{ pods: typeof pods; targets: typeof targets; series: typeof series }>>,
): readonly Covered[] {
  const scraped = valueOf(chosenOf(got.targets)?.targets);
  const read = valueOf(got.series);
  const all = got.pods?.all ?? [];
  return all.map((one) => ({ pod: one, coverage: coverageOf(one, scraped, read) }));
}

/** Grouped by the way they fail. */
export function byWay<C extends Covered>(all: readonly C[]): readonly C[][] {
  return grouped(all, ({ coverage: c }) =>
    c.is === 'down' ? `${c.end} ${String(c.proxy.ready)}` : c.is,
  );
}

export function grouped<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[][] {
  const keys = new Set(all.map(keyOf));
  return [...keys].map((key) => all.filter((one) => keyOf(one) === key));
}

const closer = asking({
  id: 'closer',
  asks: 'What does the proxy itself count and log?',
  why: 'What only the proxy has is lost on the way to Prometheus; what neither has was never seen.',
  uses: [proxyMetrics, proxyWords],
  after: { pods, targets, series },
  gather: (look, _, earlier) =>
    Promise.all(
      samplesOf(coveredIn(earlier)).map(async ({ pod: one, coverage }) => {
        const [metrics, words] = await Promise.all([
          look(proxyMetrics, { pod: one.ref, port: adminPortOf(one), names }),
          coverage.is === 'present' ? undefined : look(proxyWords, { pod: one.ref }),
        ]);
        const got = valueOf(metrics);
        return { pod: one, metrics, words, counts: got?.is === 'answered' ? got.metrics : [] };
      }),
    ),
  judge: (got) => (got.length === 0 ? skip('no proxy needs a closer look') : undefined),
});
/** A closer look at one pod. */
export type Closer = Answers<{ closer: typeof closer }>['closer'][number];

/** Pods for each way to fail. */
const mostOfOne = 2;

function samplesOf(all: readonly Covered[]): readonly Covered[] {
  const wanted = all.filter(({ coverage }) => ['quiet', 'down', 'present'].includes(coverage.is));
  const byName = (a: Covered, b: Covered) => compare(a.pod.ref.name, b.pod.ref.name);
  return byWay(wanted).flatMap((way) => way.toSorted(byName).slice(0, mostOfOne));
}

const gates = asking({
  id: 'gates',
  asks: 'What keeps Prometheus from the proxy?',
  why: 'A Linkerd policy answers 403, a NetworkPolicy does not answer, and an operator ignores what its selectors do not match.',
  uses: [linkerdPolicies, linkerdDenials, policiesToward, podMonitors],
  after: { pods, viz, prometheus, targets },
  gather: async (look, _, earlier) => {
    const all = coveredIn(earlier);
    const [denied] = downs(all, 'denied');
    const [blocked] = downs(all, 'timed-out', 'gateway', 'other');
    const chosen = chosenOf(earlier.targets);
    const server = chosen?.candidate.pod;
    const [policies, network, monitors] = await Promise.all([
      denied ? look(linkerdPolicies, { namespace: denied.ref.namespace, beside: [] }) : undefined,
      blocked && server ? look(policiesToward, between(server, blocked)) : undefined,
      // It answered, but scrapes no proxies.
      chosen && !readsProxies(chosen) ? look(podMonitors, {}) : undefined,
    ]);
    // Where the policies do not explain a denial, the proxy's log may.
    const known = valueOf(policies);
    const allowed = known
      ? downs(all, 'denied').find((one) => admissionOf(one, known, server).is === 'allowed')
      : undefined;
    const denials = allowed ? await look(linkerdDenials, { pod: allowed.ref }) : undefined;
    return { policies, denials, network, monitors };
  },
  judge: ({ policies, network, monitors }) =>
    policies || network || monitors ? undefined : skip('nothing does'),
});

/** Sorted by name, as findings name them. */
function downs(all: readonly Covered[], ...ends: readonly string[]): readonly Pod[] {
  const found = all.filter(({ coverage: c }) => c.is === 'down' && ends.includes(c.end));
  return found.map(({ pod: one }) => one).toSorted((a, b) => compare(a.ref.name, b.ref.name));
}

function between(server: Pod, one: Pod) {
  const end = ({ ref, labels, ip }: Pod) => ({ namespace: ref.namespace, labels, ip });
  // Also from proxy to proxy: the injector skips 4191 inbound, so a meshed Prometheus connects there, and not to 4143.
  const port = adminPortOf(one);
  return { from: end(server), to: [end(one)], toNamespace: one.ref.namespace, port };
}

const viewer = asking({
  id: 'viewer',
  asks: 'Is anything wrong between Prometheus and the viewer?',
  why: 'tap and top need their own API; stat does not.',
  uses: [tapService, linkerdCheck],
  after: { pods, viz, targets, series },
  gather: async (look, input, earlier) => {
    const isShown = coveredIn(earlier).some(({ coverage }) => coverage.is === 'present');
    if ((valueOf(earlier.viz)?.pods.length ?? 0) === 0 || !isShown) {
      return { tap: undefined, check: undefined };
    }
    const [tap, said] = await Promise.all([
      look(tapService, {}),
      look(linkerdCheck, { of: 'viz', root: input.linkerd ?? 'linkerd', version: undefined }),
    ]);
    return { tap, check: said };
  },
  judge: ({ tap }) =>
    tap ? undefined : skip('linkerd-viz is not installed, or Prometheus has nothing for it'),
});

/** Everything that is asked, in this order. */
export const checks = { pods, viz, prometheus, targets, series, closer, gates, viewer };
/** The answers; a skipped check is absent. */
export type Gathered = Partial<Answers<typeof checks>>;
