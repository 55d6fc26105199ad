// Whether a pod looks like one for `linkerd-metrics`: it is meshed, and Prometheus does not scrape it.
import { cite, detector, podText, valueOf } from '../../../src/authoring.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { coverageOf } from './coverage.ts';
import { linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';
import { partOf, viz } from '../../../src/facts/linkerd/viz.ts';
import { prometheusText } from '../../../src/facts/prometheus/ask.ts';
import { candidates } from '../../../src/facts/prometheus/choose.ts';
import { scrapeTargets } from '../../../src/facts/linkerd/metrics/targets.ts';

export const detect = detector({
  asks: 'Does Prometheus scrape the proxy of the pod?',
  rulesOut: 'a proxy that Prometheus cannot scrape',
  uses: [pod, viz, scrapeTargets],
  gather: async (look, { pod: ref, prometheus }) => {
    const one = await look(pod, { pod: ref });
    const value = valueOf(one);
    const meshed = value !== undefined && linkerdRole(value).is === 'meshed';
    if (!meshed) return { one, first: undefined, targets: undefined };
    const own = valueOf(await look(viz, {}));
    // The runbook looks for other servers; this must be cheap.
    const [first] = candidates(prometheus, undefined, own ? partOf(own, 'prometheus') : []);
    const targets = first ? await look(scrapeTargets, { at: first.at }) : undefined;
    return { one, first, targets };
  },
  judge: ({ one, first, targets }) => {
    if (one.kind !== 'known' || targets?.kind !== 'known' || !first) return undefined;
    if (targets.value.targets.length === 0) return undefined;
    const coverage = coverageOf(one.value, targets.value, undefined);
    const server = prometheusText(first.at);
    const name = podText(one.value.ref);
    const from = cite(one, targets);
    if (coverage.is === 'undiscovered')
      return { says: `${server} has no target for ${name}.`, from };
    if (coverage.is !== 'down') return undefined;
    return { says: `${server} cannot scrape ${name}: ${coverage.error}.`, from };
  },
});
