import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { until } from '../sh.ts';

const scale = (replicas: number): string[] => [
  ...['-n', 'istio-system', 'scale', 'deployment/istiod', `--replicas=${replicas}`],
];

export default {
  name: 'istiod-down',
  does: 'The Deployment istiod is scaled to 0, and its process really ends.',
  async break(lab) {
    await lab.kubectl(...scale(0));
    await until('istiod to be gone', async () => {
      const left = await lab.kubectl(
        '-n',
        'istio-system',
        'get',
        'pods',
        '-l',
        'app=istiod',
        '-o',
        'name',
      );
      return left === '';
    });
    return { target: targetOf(await lab.pod('web')) };
  },
  async mend(lab) {
    await lab.kubectl(...scale(1));
  },
} satisfies Fault;
