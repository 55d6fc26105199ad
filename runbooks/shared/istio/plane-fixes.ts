// What can be done about an istiod that does not serve.
import { inspect, kubectl, restartNamed, type Command, type Fix } from '../../../src/authoring.ts';
import type { Istiod } from '../../../src/facts/istio/istiods.ts';
import { deploymentOf } from '../../../src/model/istio/plane.ts';
import { describePod, readEnd } from '../kube/fixes.ts';

export function repairIstiod(istiod: Istiod, root: string, verify: Command): readonly Fix[] {
  const { ref, containers } = istiod.pod;
  const hasExited = containers.some(({ last }) => last.is === 'terminated');
  return [
    hasExited
      ? { ...readEnd(ref, 'discovery'), verify }
      : describePod('See why istiod is not ready', ref),
    {
      ...restartNamed('Deployment', deploymentOf(istiod), root, verify),
      risk: 'restarts-control-plane',
      touches: `istiod in ${root}, one pod after another; every proxy reconnects`,
      note: hasExited
        ? 'This helps only if what made istiod exit is fixed or was temporary.'
        : 'This helps only once what keeps istiod from becoming ready is fixed.',
    },
  ];
}

/** For a Deployment that has none: only its own events say why. */
export function seeRefused(deployment: string, root: string, verify: Command): readonly Fix[] {
  return [
    inspect(
      `See why ${deployment} gets no pods`,
      kubectl`get events -n ${root} --field-selector reason=FailedCreate`,
      verify,
    ),
  ];
}
