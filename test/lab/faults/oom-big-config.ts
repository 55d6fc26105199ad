import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { removeMetricsApi, serveMetricsApi } from '../metrics-kit.ts';
import { annotateTemplate, forgetAnnotations, killForMemory } from '../oom-kit.ts';
import { sleep } from '../sh.ts';
import bigConfig from './big-config.ts';

const FOUR = {
  'sidecar.istio.io/proxyCPU': '100m',
  'sidecar.istio.io/proxyCPULimit': '2',
  'sidecar.istio.io/proxyMemory': '128Mi',
  'sidecar.istio.io/proxyMemoryLimit': '384Mi',
};
/** `web` calls `cart` every two seconds: long enough for its proxy to have counted some. */
const CALLS_MS = 6000;

export default {
  name: 'oom-big-config',
  does: 'All four annotations are set, and 1,500 services that nobody calls fill the sidecar.',
  async break(lab) {
    await serveMetricsApi(lab);
    const pod = await annotateTemplate(lab, 'web', FOUR);
    await bigConfig.break(lab);
    await killForMemory(lab, pod, 'container', 'OOMKilled');
    await sleep(CALLS_MS);
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await lab.kubectl('-n', 'shop', 'delete', 'sidecars', '--all');
    await Promise.all([bigConfig.mend(lab), forgetAnnotations(lab, 'web'), removeMetricsApi(lab)]);
  },
} satisfies Fault;
