// Why a pod is not well: every reason that what was read of it gives, the one that explains the others first. The one reader
// for all runbooks; it asks nothing.
import type { Event } from '../../../facts/kube/events.ts';
import type { NodeHealth } from '../../../facts/kube/node-health.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import type { Container } from '../container.ts';
import { time } from '../read.ts';
import { createTrouble } from './create.ts';
import { endTrouble, probeTrouble } from './ends.ts';
import { imageTrouble } from './image.ts';
import type { Reason } from './reason.ts';
import { scheduleTrouble } from './schedule.ts';
import { setUpTrouble } from './set-up.ts';
import {
  deletionTrouble,
  failedTrouble,
  keptByASidecar,
  nodeTrouble,
  unexplained,
} from './whole.ts';

export type Seen = {
  readonly pod: Pod;
  /** Newest first; none where they could not be read. */
  readonly events: readonly Event[];
  readonly node: NodeHealth | undefined;
  /** The line of each container's log that says why it ended. */
  readonly words: Readonly<Record<string, string | undefined>>;
  readonly mesh: MeshContainers;
  readonly now: number;
};

/** Names of containers that meshes add. */
export type MeshContainers = {
  readonly proxies: readonly string[];
  /** Init containers that redirect the pod's traffic to the proxy, where no CNI plugin does. */
  readonly redirect: readonly string[];
  readonly otherInit: readonly string[];
};

/** Empty for a pod that is well. */
export function whyNotWell(seen: Seen): readonly Reason[] {
  const { pod, node, now } = seen;
  if (pod.phase === 'Succeeded') return [];
  const events = ofThisPod(seen);
  const down = nodeTrouble(node);
  if (pod.deletion) return [...down, ...deletionTrouble(pod, events, now)];
  const early = [...failedTrouble(pod), ...scheduleTrouble(pod)];
  if (early.length > 0) return early;
  const inside = pod.containers.flatMap((one) => containerTrouble(one, { ...seen, events }));
  const found = [
    ...down,
    ...setUpTrouble(pod, events),
    ...keptByASidecar(pod, seen.mesh.proxies),
    ...inside,
  ];
  return found.length > 0 ? found : unexplained(pod);
}

/** A StatefulSet gives the same name again: what was said before this pod was made is about another. */
function ofThisPod({ pod, events }: Seen): readonly Event[] {
  const made = time(pod.created);
  return events.filter(({ last }) => made === undefined || (time(last) ?? made) >= made);
}

function containerTrouble(container: Container, seen: Seen): readonly Reason[] {
  if (container.state.is === 'unreported') return [];
  const { events, now, words, pod } = seen;
  const beside = {
    ...{ events, now, words: words[container.name], restartPolicy: pod.restartPolicy },
    cutOff: isCutOff(container, seen),
  };
  const why =
    imageTrouble(container, events) ??
    createTrouble(container, events) ??
    endTrouble(container, beside) ??
    probeTrouble(container, beside);
  return why ? [why] : [];
}

/**
 * A CNI plugin redirects the pod before its first container starts, and a proxy that is an ordinary container starts after the
 * last init container: until then, connections lead nowhere (istio.io setup/additional-setup/cni, "Compatibility with
 * application init containers"; linkerd.io features/cni).
 */
function isCutOff({ role, name }: Container, { pod, mesh }: Seen): boolean {
  const proxy = pod.containers.find((one) => mesh.proxies.includes(one.name));
  const isOwn = [...mesh.redirect, ...mesh.otherInit].includes(name);
  if (role !== 'init' || isOwn || proxy?.role !== 'main') return false;
  const names = pod.containers.map((one) => one.name);
  const redirects = names.findIndex((one) => mesh.redirect.includes(one));
  return redirects < 0 || redirects < names.indexOf(name);
}
