// What `linkerd-metrics` asks: which pods and which Prometheus, what it has of them, and a closer look at a few of each way
// to fail, which stand for all.
import { check, skip, valueOf, type Answer, type Answers } from '../../../src/authoring.ts';
import { policiesToward } from '../../../src/facts/kube/network-policy.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { workloads, type Workloads } from '../../../src/facts/kube/workloads.ts';
import { linkerdCheck } from '../../../src/facts/linkerd/check.ts';
import { adminServers } from '../../../src/facts/linkerd/metrics/admin.ts';
import { proxyWords } from '../../../src/facts/linkerd/metrics/log.ts';
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
import { coverageOf, instanceOf, targetOf, type Coverage } from './coverage.ts';
import { names } from './traffic.ts';

const asking = check<Input>();

const pods = asking({
  id: 'pods',
  asks: 'Which pods should have metrics, and is there a proxy in them?',
  why: 'The proxy counts; since 2.20 it stands among the init containers.',
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

/** It runs, or should. */
function isWanted({ phase, deleting }: Pod): boolean {
  return !deleting && ['Running', 'Pending'].includes(phase);
}

const viz = asking({
  id: 'viz',
  asks: 'Is linkerd-viz there, and is it well?',
  why: 'Its namespace has any name: a label makes it viz.',
  uses: [vizFact],
  gather: (look) => look(vizFact, {}),
});

const prometheus = asking({
  id: 'prometheus',
  asks: 'Which Prometheus could read the proxies?',
  why: 'linkerd-viz may read one that somebody else runs.',
  uses: [prometheuses],
  after: { viz },
  when: (earlier) => earlier.viz.kind !== 'unknown' || skip('what linkerd-viz reads is not known'),
  gather: (look, _, earlier) => {
    const own = valueOf(earlier.viz);
    const url = own && prometheusUrl(own);
    return look(prometheuses, { service: url === undefined ? undefined : serviceOf(url) });
  },
});

/** A server that was asked what it reads. */
export type Asked = { readonly candidate: Candidate; readonly targets: Answer<ScrapeTargets> };

const targets = asking({
  id: 'targets',
  asks: 'Which proxies does it read, and how does that end?',
  why: 'Not known to it, denied, blocked and silent need different fixes.',
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

/** The first that reads proxies, else the first that answered. */
export function chosenOf(all: readonly Asked[] = []): Asked | undefined {
  const answered = all.filter((asked) => asked.targets.kind === 'known');
  return answered.find(readsProxies) ?? answered[0];
}

const series = asking({
  id: 'series',
  asks: 'What has it of these pods?',
  why: 'A target that is read and has no series saw no HTTP.',
  uses: [proxySeries],
  after: { pods, targets },
  gather: async (look, _, { pods: { all }, targets: asked }) => {
    const chosen = chosenOf(asked);
    const found = all.map((one) => targetOf(one, valueOf(chosen?.targets)?.targets ?? []));
    // More than a query can name are told by the first of them.
    const instances = found
      .flatMap((target) => (target?.health === 'up' ? [instanceOf(target)] : []))
      .toSorted()
      .slice(0, mostInstances);
    if (!chosen || instances.length === 0) return undefined;
    return look(proxySeries, { at: chosen.candidate.at, instances });
  },
  judge: (got) => (got === undefined ? skip('none of them is read') : undefined),
});

/** A pod, and how far its metrics come. */
export type Covered<C extends Coverage = Coverage> = { readonly pod: Pod; readonly coverage: C };

export function coveredIn(
  got: Partial<Answers<{ pods: typeof pods; targets: typeof targets; series: typeof series }>>,
): readonly Covered[] {
  const scraped = valueOf(chosenOf(got.targets)?.targets);
  const read = valueOf(got.series);
  const all = got.pods?.all ?? [];
  return all.map((one) => ({ pod: one, coverage: coverageOf(one, scraped, read) }));
}

/** Those that fail in one way, together. */
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
  asks: 'What does the proxy itself count, and what does its log say?',
  why: 'What it has and Prometheus has not is lost on the way; what neither has was never seen.',
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
/** Of one pod of those that need a closer look. */
export type Closer = Answers<{ closer: typeof closer }>['closer'][number];

/** Of each way to fail. */
const mostOfOne = 2;

function samplesOf(all: readonly Covered[]): readonly Covered[] {
  const wanted = all.filter(({ coverage }) => ['quiet', 'down', 'present'].includes(coverage.is));
  const byName = (a: Covered, b: Covered) => compare(a.pod.ref.name, b.pod.ref.name);
  return byWay(wanted).flatMap((way) => way.toSorted(byName).slice(0, mostOfOne));
}

const gates = asking({
  id: 'gates',
  asks: 'Who keeps Prometheus from the proxy?',
  why: 'A policy of Linkerd answers 403, a NetworkPolicy with silence, and an operator leaves out what it was not told of.',
  uses: [adminServers, policiesToward, podMonitors],
  after: { pods, viz, prometheus, targets },
  gather: async (look, _, earlier) => {
    const all = coveredIn(earlier);
    const denied = downIn(all, 'denied');
    const blocked = downIn(all, 'timed-out', 'gateway', 'other');
    const chosen = chosenOf(earlier.targets);
    const server = chosen?.candidate.pod;
    const [servers, network, monitors] = await Promise.all([
      denied ? look(adminServers, { namespace: denied.ref.namespace }) : undefined,
      blocked && server ? look(policiesToward, between(server, blocked)) : undefined,
      // It answered, and reads no proxies.
      chosen && !readsProxies(chosen) ? look(podMonitors, {}) : undefined,
    ]);
    return { servers, network, monitors };
  },
  judge: ({ servers, network, monitors }) =>
    servers || network || monitors ? undefined : skip('nobody does'),
});

function downIn(all: readonly Covered[], ...ends: readonly string[]): Pod | undefined {
  return all.find(({ coverage: c }) => c.is === 'down' && ends.includes(c.end))?.pod;
}

function between(server: Pod, one: Pod) {
  const end = ({ ref, labels, ip }: Pod) => ({ namespace: ref.namespace, labels, ip });
  // Also from proxy to proxy: the injector skips 4191 inbound, so a meshed Prometheus connects there, and not to 4143.
  const port = adminPortOf(one);
  return { from: end(server), to: [end(one)], toNamespace: one.ref.namespace, port };
}

const viewer = asking({
  id: 'viewer',
  asks: 'Is anything wrong between Prometheus and who looks?',
  why: 'tap and top need an API of their own; stat does not.',
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
  judge: ({ tap }) => (tap ? undefined : skip('no viewer of linkerd-viz has figures to show')),
});

/** Everything that is asked, in this order. */
export const checks = { pods, viz, prometheus, targets, series, closer, gates, viewer };
/** What the checks came to; one that was skipped is absent. */
export type Gathered = Partial<Answers<typeof checks>>;
