import { addWeb, ENABLED, NAMESPACE, removeWeb, settled, TARGET } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'inject-stale-template',
  does: 'A paused Deployment: its template no longer opts out, and its pods are of the old one.',
  async break(lab) {
    const key = 'sidecar.istio.io/inject';
    await addWeb(ENABLED, { labels: { [key]: 'false' } });
    await settled(NAMESPACE);
    await lab.kubectl('-n', NAMESPACE, 'rollout', 'pause', 'deployment/web');
    const patch = { spec: { template: { metadata: { labels: { [key]: null } } } } };
    const args = ['patch', 'deployment', 'web', '--type=merge', '-p', JSON.stringify(patch)];
    await lab.kubectl('-n', NAMESPACE, ...args);
    return TARGET;
  },
  mend: removeWeb,
} satisfies Fault;
