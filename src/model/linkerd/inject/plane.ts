// What is behind the injector's Service, as a clause: the pods that should answer, and since when they do.
import type { Pod } from '../../../facts/kube/pod.ts';
import { stateText } from '../../kube/container.ts';
import { time } from '../../kube/read.ts';
import { componentOf } from '../control-plane.ts';
import type { LinkerdControlPlane } from '../../../facts/linkerd/control-plane.ts';

const part = 'proxy-injector';

export function injectorOf(plane: LinkerdControlPlane | undefined) {
  return plane && componentOf(plane, part);
}

/** One that is ready, and can show its certificate. */
export function readyInjector(plane: LinkerdControlPlane | undefined): Pod | undefined {
  return injectorOf(plane)?.pods.find((pod) => pod.ready && !pod.deleting);
}

/** Why no injector is there. */
export function injectorTrouble(plane: LinkerdControlPlane | undefined): string | undefined {
  const found = injectorOf(plane);
  if (plane && !found) return `there is no Deployment of the injector in ${plane.namespace}`;
  if (found?.wanted === 0) return `Deployment ${found.deployment} is scaled to 0`;
  const down = found?.pods.find((pod) => !pod.ready);
  if (!down) return undefined;
  const bad = down.containers.find((c) => !c.ready && c.role !== 'init');
  const why = down.unscheduled ?? (bad ? `${bad.name}: ${stateText(bad.state)}` : down.phase);
  return `${down.ref.name}: ${why}`;
}

/** Since when some injector runs that still does; undefined when that is not known. */
export function injectsSince(plane: LinkerdControlPlane | undefined): number | undefined {
  const starts = (injectorOf(plane)?.pods ?? [])
    .filter((pod) => pod.ready)
    .flatMap(({ containers }) => containers.filter(({ name }) => name === part))
    .map(({ state }) => (state.is === 'running' ? time(state.since) : undefined));
  const known = starts.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
