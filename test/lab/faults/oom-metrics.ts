import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { removeMetricsApi, serveMetricsApi } from '../metrics-kit.ts';

export default {
  name: 'oom-metrics',
  does: 'Nothing is wrong; the metrics API is served.',
  async break(lab) {
    await serveMetricsApi(lab);
    return { target: targetOf(await lab.pod('web')) };
  },
  mend: removeMetricsApi,
} satisfies Fault;
