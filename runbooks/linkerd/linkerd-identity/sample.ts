// Which proxies to ask, where all of them would be too many: those that look worst, then one of each workload.
import { podText, type Place } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { identityOf, proxyOf } from '../../../src/facts/linkerd/identity/meshed-pods.ts';
import { makerOf } from '../../../src/model/kube/subject.ts';

/** A handshake each, all at once. */
const most = 6;

/** `pods`: of the namespace of the target alone, where there is one. */
export function sample(pods: readonly Pod[], target: Place | undefined): readonly Pod[] {
  const able = pods.filter(
    (pod) =>
      isMeant(pod, target) && proxyOf(pod)?.state.is === 'running' && identityOf(pod) !== undefined,
  );
  const isWell = (pod: Pod) => proxyOf(pod)?.ready === true;
  const ordered = able.toSorted(
    (a, b) => Number(isWell(a)) - Number(isWell(b)) || (podText(a.ref) < podText(b.ref) ? -1 : 1),
  );
  const firsts = oneOfEach(ordered);
  return [...firsts, ...ordered.filter((pod) => !firsts.includes(pod))].slice(0, most);
}

function isMeant({ ref, workload }: Pod, target: Place | undefined): boolean {
  if (target === undefined || target.is === 'namespace') return true;
  if (target.is === 'pod') return ref.name === target.pod.name;
  return workload?.kind === target.resource.kind && workload.name === target.name;
}

/** Of the pods of one maker the first. */
export function oneOfEach(pods: readonly Pod[]): readonly Pod[] {
  const makers = pods
    .map(makerOf)
    .map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
  return pods.filter((_, i) => makers.indexOf(makers[i] ?? '') === i);
}
