// The control plane: whether anybody can serve this pod at all.
import { controlPlane } from '../../../../src/facts/istio/istiods.ts';
import { meshProxies } from '../../../../src/facts/istio/mesh-proxies.ts';
import { controlPlaneLastWords } from '../../../../src/facts/kube/last-words.ts';
import { outage } from '../../../../src/model/istio/sync-verdict.ts';
import { stale } from './pod.ts';

export const plane = stale({
  id: 'control-plane',
  asks: 'Is istiod able to serve?',
  why: 'If not, the fix is there, and restarting the workload only makes it worse.',
  rulesOut: 'an istiod that is down',
  uses: [controlPlane, meshProxies, controlPlaneLastWords],
  gather: async (look, { root }) => {
    const plane = await look(controlPlane, { root });
    const down = plane.kind === 'known' ? outage(plane.value) : undefined;
    const crashed = down?.is === 'down' ? down.crashed : undefined;
    const [proxies, words] = await Promise.all([
      down && look(meshProxies, {}),
      crashed && look(controlPlaneLastWords, crashed),
    ]);
    return { plane, proxies, words };
  },
});
