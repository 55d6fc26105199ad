// The pods behind the injector's Service: why they do not answer, as a clause, or since when they do.
import type { Pod } from '../../../facts/kube/pod.ts';
import { stateText } from '../../kube/container.ts';
import { time } from '../../kube/read.ts';
import { componentOf } from '../control-plane.ts';
import type { LinkerdControlPlane } from '../../../facts/linkerd/control-plane.ts';

const part = 'proxy-injector';

export function injectorOf(plane: LinkerdControlPlane | undefined) {
  return plane && componentOf(plane, part);
}

/** An injector pod that is ready, so that its certificate can be read. */
export function readyInjector(plane: LinkerdControlPlane | undefined): Pod | undefined {
  return injectorOf(plane)?.pods.find((pod) => pod.ready && !pod.deleting);
}

/** Why no injector answers. */
export function injectorTrouble(plane: LinkerdControlPlane | undefined): string | undefined {
  const found = injectorOf(plane);
  if (plane && !found) return `there is no injector Deployment in ${plane.namespace}`;
  if (found?.wanted === 0) return `Deployment ${found.deployment} is scaled to 0`;
  const down = found?.pods.find((pod) => !pod.ready);
  if (!down) return undefined;
  const bad = down.containers.find((c) => !c.ready && c.role !== 'init');
  const why = down.unscheduled ?? (bad ? `${bad.name}: ${stateText(bad.state)}` : down.phase);
  return `${down.ref.name}: ${why}`;
}

/** Since when the oldest running injector runs; undefined when that is unknown. */
export function injectsSince(plane: LinkerdControlPlane | undefined): number | undefined {
  const starts = (injectorOf(plane)?.pods ?? [])
    .filter((pod) => pod.ready)
    .flatMap(({ containers }) => containers.filter(({ name }) => name === part))
    .map(({ state }) => (state.is === 'running' ? time(state.since) : undefined));
  const known = starts.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
