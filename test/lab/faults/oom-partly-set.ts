import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { removeMetricsApi, serveMetricsApi } from '../metrics-kit.ts';
import { annotateTemplate, forgetAnnotations, killForMemory } from '../oom-kit.ts';
import bigConfig from './big-config.ts';

export default {
  name: 'oom-partly-set',
  does: 'Only proxyMemoryLimit: 256Mi is set, the mesh is large, and a push ends the sidecar.',
  async break(lab) {
    await serveMetricsApi(lab);
    const limit = { 'sidecar.istio.io/proxyMemoryLimit': '256Mi' };
    const pod = await annotateTemplate(lab, 'web', limit);
    await bigConfig.break(lab);
    await killForMemory(lab, pod, 'container', 'OOMKilled');
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await Promise.all([bigConfig.mend(lab), forgetAnnotations(lab, 'web'), removeMetricsApi(lab)]);
  },
} satisfies Fault;
