// Which proxies to ask, where all of them would be too many: those that look worst, then one of each workload.
import type { Place } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { identityOf, proxyOf } from '../../../src/facts/linkerd/identity/meshed-pods.ts';

/** A handshake each, all at once. */
const most = 6;

export function sample(pods: readonly Pod[], target: Place | undefined): readonly Pod[] {
  const able = pods.filter(
    (pod) =>
      isMeant(pod, target) && proxyOf(pod)?.state.is === 'running' && identityOf(pod) !== undefined,
  );
  const ordered = able.toSorted(
    (a, b) => Number(isWell(a)) - Number(isWell(b)) || (keyOf(a) < keyOf(b) ? -1 : 1),
  );
  const seen = new Set<string>();
  const firsts = ordered.filter((pod) => {
    const maker = makerOf(pod);
    if (seen.has(maker)) return false;
    seen.add(maker);
    return true;
  });
  return [...firsts, ...ordered.filter((pod) => !firsts.includes(pod))].slice(0, most);
}

function isWell(pod: Pod): boolean {
  return proxyOf(pod)?.ready === true;
}

function isMeant({ ref, workload }: Pod, target: Place | undefined): boolean {
  if (target === undefined) return true;
  if (target.is === 'namespace') return ref.namespace === target.name;
  if (target.is === 'pod')
    return ref.namespace === target.pod.namespace && ref.name === target.pod.name;
  return (
    ref.namespace === target.namespace &&
    workload?.kind === target.resource.kind &&
    workload.name === target.name
  );
}

function makerOf({ ref, workload }: Pod): string {
  return workload
    ? `${ref.namespace}/${workload.kind}/${workload.name}`
    : `${ref.namespace}/${ref.name}`;
}

function keyOf({ ref }: Pod): string {
  return `${ref.namespace}/${ref.name}`;
}
