// The control plane: whether any istiod can serve this pod.
import { cite, count, stop, valueOf, type Found, type Known } from '../../../../src/authoring.ts';
import { controlPlane, type ControlPlane } from '../../../../src/facts/istio/istiods.ts';
import { meshProxies, type ProxyCount } from '../../../../src/facts/istio/mesh-proxies.ts';
import { controlPlaneLastWords, reasonOf } from '../../../../src/facts/kube/last-words.ts';
import { deploymentOf, outage, sentence } from '../../../../src/model/istio/sync-verdict.ts';
import { diffHarmsGateways, imageVersion } from '../../../../src/model/istio/version.ts';
import { scaleUp } from '../../../shared/istio/fixes.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { stale } from './pod.ts';

export const plane = stale({
  id: 'control-plane',
  asks: 'Is istiod able to serve?',
  why: 'If it is not, fix it there: restarting the workload only makes it worse.',
  rulesOut: 'istiod down',
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
  judge: ({ plane, proxies, words }, _, { pod, root }) => {
    if (plane.kind !== 'known') return;
    const down = outage(plane.value);
    const reach = reachText(valueOf(proxies));
    const verify = fixes.again(pod);
    switch (down?.is) {
      case 'scaled-to-zero': {
        const { deployment } = down;
        const rest = { from: cite(plane), reach, fixes: [scaleUp(deployment, root, verify)] };
        return [
          tell('scaled-to-zero', { resource: `Deployment ${root}/${deployment}` }, rest),
          stop,
        ];
      }
      case 'down': {
        const { reason, istiod, endedAt } = down;
        const last = reasonOf(valueOf(words) ?? []);
        const resource = `Deployment ${root}/${deploymentOf(istiod)}`;
        const slots = { resource, reason, words: last && `Its log ends with: ${sentence(last)}` };
        const rest = {
          ...{ from: cite(plane, words), reach },
          since: endedAt && `${endedAt}, when it last exited`,
          fixes: fixes.repairIstiod(istiod, root, verify),
        };
        return [tell('istiod-down', slots, rest), stop];
      }
      case 'none-found':
        return [tell('no-control-plane', { root }, { from: cite(plane) })];
      case undefined:
        return [...notReady(plane), ...harmful(plane)];
    }
  },
});

function reachText(counted: ProxyCount | undefined): string {
  if (!counted) return 'every proxy in the mesh';
  const n = count(counted.proxies, 'proxy', 'proxies');
  return counted.more ? `more than ${n}: all in the mesh` : `all ${n} in the mesh`;
}

function notReady(plane: Known<ControlPlane>): readonly Found[] {
  return plane.value.istiods
    .filter(({ ready }) => !ready)
    .map(({ pod: { ref }, trouble: reason = 'unknown' }) =>
      tell('istiod-not-ready', { istiod: ref.name, reason }, { from: cite(plane) }),
    );
}

function harmful(plane: Known<ControlPlane>): readonly Found[] {
  const versions = plane.value.istiods.map((i) => imageVersion(i.pod.containers[0]?.image ?? ''));
  const version = versions.find((v) => v !== undefined && diffHarmsGateways(v));
  return version === undefined
    ? []
    : [tell('diff-harms-gateways', { version }, { from: cite(plane) })];
}
