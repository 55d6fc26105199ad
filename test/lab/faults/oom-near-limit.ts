import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { removeMetricsApi, serveMetricsApi } from '../metrics-kit.ts';
import { annotateTemplate, forgetAnnotations } from '../oom-kit.ts';
import bigConfig from './big-config.ts';

const FOUR = {
  'sidecar.istio.io/proxyCPU': '100m',
  'sidecar.istio.io/proxyCPULimit': '2',
  'sidecar.istio.io/proxyMemory': '128Mi',
  'sidecar.istio.io/proxyMemoryLimit': '288Mi',
};

export default {
  name: 'oom-near-limit',
  does: 'Nothing was killed yet: the sidecar fills more than four fifths of its 288Mi.',
  async break(lab) {
    await serveMetricsApi(lab);
    const pod = await annotateTemplate(lab, 'web', FOUR);
    await bigConfig.break(lab);
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await Promise.all([bigConfig.mend(lab), forgetAnnotations(lab, 'web'), removeMetricsApi(lab)]);
  },
} satisfies Fault;
