// Metrics of Linkerd are missing. A proxy counts, Prometheus discovers it, reads its admin port and keeps what it reads,
// a viewer asks for it: the search stops at the first of these that fails. What it can say is in linkerd-metrics.findings*.ts,
// how it concludes in linkerd-metrics.judge*.ts.
import {
  defineRunbook,
  input,
  skip,
  valueOf,
  type Answer,
  type Place,
} from '../../../src/authoring.ts';
import { policiesToward } from '../../../src/facts/kube/network-policy.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { workloads } from '../../../src/facts/kube/workloads.ts';
import { linkerdCheck } from '../../../src/facts/linkerd/check.ts';
import { adminServers } from '../../../src/facts/linkerd/metrics/admin.ts';
import { proxyWords } from '../../../src/facts/linkerd/metrics/log.ts';
import { names } from './own.ts';
import { tapService } from '../../../src/facts/linkerd/metrics/tap.ts';
import { adminPortOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { proxyMetrics } from '../../../src/facts/linkerd/proxy-metrics.ts';
import { prometheusUrl, serviceOf, viz, type Viz } from '../../../src/facts/linkerd/viz.ts';
import { prometheuses } from '../../../src/facts/prometheus/find.ts';
import { podMonitors } from '../../../src/facts/prometheus/monitors.ts';
import { proxySeries } from '../../../src/facts/prometheus/series.ts';
import { scrapeTargets } from '../../../src/facts/prometheus/targets.ts';
import { gatesFor, instancesOf, samplesOf } from './closer.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';
import { conclude } from './judge.ts';
import { chosenOf, fatesIn, podsIn, readsProxies, serversIn, type Asked } from './view.ts';

export default defineRunbook({
  id: 'linkerd-metrics',
  aliases: ['linkerd', 'metrics-missing'],
  mesh: 'linkerd',
  title: 'Metrics of Linkerd are missing',
  symptom: '`linkerd viz stat` or a dashboard shows nothing, or not everything, for a workload.',
  words: ['no metrics', 'empty dashboard', 'golden metrics', 'Grafana', 'Prometheus', 'no data'],
  input: { target: input.place('the pod, workload or namespace without metrics') },
  findings,
  detect,
})
  .step('pods', {
    asks: 'Which pods should have metrics, and is there a proxy in them?',
    why: 'The proxy counts; since 2.20 it stands among the init containers.',
    uses: [pod, workloads],
    gather: async (look, { target }) => {
      const [one, all] = await Promise.all([
        target.is === 'pod' ? look(pod, { pod: target.pod }) : undefined,
        target.is === 'pod' ? undefined : look(workloads, { namespace: namespaceOf(target) }),
      ]);
      return { pod: one, all };
    },
    judge: () => undefined,
  })
  .step('viz', {
    asks: 'Is linkerd-viz there, and is it well?',
    why: 'Its namespace has any name: a label makes it viz.',
    uses: [viz],
    gather: (look) => look(viz, {}),
    judge: () => undefined,
  })
  .step('prometheus', {
    asks: 'Which Prometheus could read the proxies?',
    why: 'linkerd-viz may read one that somebody else runs.',
    uses: [prometheuses],
    after: ['viz'],
    when: ({ viz: got }) => got.kind !== 'unknown' || skip('what linkerd-viz reads is not known'),
    gather: (look, _, { viz: got }) => look(prometheuses, { service: readBy(got) }),
    judge: () => undefined,
  })
  .step('targets', {
    asks: 'Which proxies does it read, and how does that end?',
    why: 'Not known to it, denied, blocked and silent need different fixes.',
    uses: [scrapeTargets],
    after: ['viz', 'prometheus'],
    gather: async (look, asked, earlier): Promise<readonly Asked[]> => {
      const got: Asked[] = [];
      for (const candidate of serversIn(asked, earlier)) {
        const targets = await look(scrapeTargets, { at: candidate.at });
        got.push({ candidate, targets });
        if (readsProxies(targets)) break;
      }
      return got;
    },
    judge: (got) => (got.length === 0 ? skip('there is no Prometheus to ask') : undefined),
  })
  .step('series', {
    asks: 'What has it of these pods?',
    why: 'A target that is read and has no series saw no HTTP.',
    uses: [proxySeries],
    after: ['pods', 'targets'],
    gather: async (look, asked, earlier) => {
      const chosen = chosenOf(earlier);
      const scraped = valueOf(chosen?.targets);
      const instances = instancesOf(podsIn(asked, earlier), scraped);
      if (!chosen || instances.length === 0) return undefined;
      return look(proxySeries, { at: chosen.candidate.at, instances });
    },
    judge: (got) => (got === undefined ? skip('none of them is read') : undefined),
  })
  .step('closer', {
    asks: 'What does the proxy itself count, and what does its log say?',
    why: 'What it has and Prometheus has not is lost on the way; what neither has was never seen.',
    uses: [proxyMetrics, proxyWords],
    after: ['pods', 'targets', 'series'],
    gather: (look, asked, earlier) =>
      Promise.all(
        samplesOf(fatesIn(asked, earlier)).map(async ({ pod: one, log }) => {
          const [metrics, words] = await Promise.all([
            look(proxyMetrics, { pod: one.ref, port: adminPortOf(one), names }),
            log ? look(proxyWords, { pod: one.ref }) : undefined,
          ]);
          return { pod: one, metrics, words };
        }),
      ),
    judge: (got) => (got.length === 0 ? skip('no proxy needs a closer look') : undefined),
  })
  .step('gates', {
    asks: 'Who keeps Prometheus from the proxy?',
    why: 'A policy of Linkerd answers 403, a NetworkPolicy with silence, and an operator leaves out what it was not told of.',
    uses: [adminServers, policiesToward, podMonitors],
    after: ['pods', 'viz', 'prometheus', 'targets'],
    gather: async (look, asked, earlier) => {
      const { denied, unanswered, unknown } = gatesFor(asked, earlier);
      const [servers, network, monitors] = await Promise.all([
        denied ? look(adminServers, { namespace: denied.ref.namespace }) : undefined,
        unanswered ? look(policiesToward, unanswered) : undefined,
        unknown ? look(podMonitors, {}) : undefined,
      ]);
      return { servers, network, monitors };
    },
    judge: ({ servers, network, monitors }) =>
      servers || network || monitors ? undefined : skip('nobody does'),
  })
  .step('viewer', {
    asks: 'Is anything wrong between Prometheus and who looks?',
    why: 'tap and top need an API of their own; stat does not.',
    uses: [tapService, linkerdCheck],
    after: ['pods', 'viz', 'targets', 'series'],
    gather: async (look, asked, earlier) => {
      const all = fatesIn(asked, earlier);
      if (!hasViz(earlier.viz) || !all.some(({ fate }) => fate.is === 'present')) {
        return { tap: undefined, check: undefined };
      }
      const [tap, check] = await Promise.all([
        look(tapService, {}),
        look(linkerdCheck, { of: 'viz', root: asked.linkerd ?? 'linkerd', version: undefined }),
      ]);
      return { tap, check };
    },
    judge: ({ tap }) => (tap ? undefined : skip('no viewer of linkerd-viz has figures to show')),
  })
  .step('end', {
    asks: 'Where do the metrics stop?',
    why: 'Each cause hides all that come after it.',
    rulesOut: 'metrics that are lost between a proxy and Prometheus',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: (_, say, asked, sofar) => conclude(sofar, say, asked),
  });

function namespaceOf(target: Place): string {
  if (target.is === 'namespace') return target.name;
  return target.is === 'pod' ? target.pod.namespace : target.namespace;
}

function readBy(got: Answer<Viz>): ReturnType<typeof serviceOf> {
  const all = valueOf(got);
  const url = all && prometheusUrl(all);
  return url === undefined ? undefined : serviceOf(url);
}

function hasViz(got: Answer<Viz>): boolean {
  return (valueOf(got)?.pods.length ?? 0) > 0;
}
