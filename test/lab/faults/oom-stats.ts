import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { annotateTemplate, forgetAnnotations, killForMemory } from '../oom-kit.ts';
import bigConfig from './big-config.ts';

const EVERYTHING = 'proxyStatsMatcher:\n  inclusionRegexps: [".*"]\n';

export default {
  name: 'oom-stats',
  does: 'proxyStatsMatcher keeps every metric of 1,500 services, and the sidecar ends.',
  async break(lab) {
    const config = { 'proxy.istio.io/config': EVERYTHING };
    const pod = await annotateTemplate(lab, 'web', config);
    await bigConfig.break(lab);
    await killForMemory(lab, pod, 'container', 'OOMKilled');
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await Promise.all([bigConfig.mend(lab), forgetAnnotations(lab, 'web')]);
  },
} satisfies Fault;
