// The parts of Linkerd's control plane, and which of them do not serve.
import type { Event } from '../../facts/kube/events.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import type { Component, LinkerdControlPlane } from '../../facts/linkerd/control-plane.ts';
import { isStarting, notServing } from '../kube/serving.ts';

/** The parts of one kind: `identity`, `destination`, `proxy-injector`. */
export function componentOf(
  { components }: LinkerdControlPlane,
  component: string,
): Component | undefined {
  return components.find((one) => one.component === component);
}

/** Parts that nobody gets an answer from. */
export function downParts({ components }: LinkerdControlPlane): readonly Component[] {
  return components.filter(({ ready }) => ready === 0);
}

/** Pods that do not serve while others of their part do; a rollout is nothing unusual. */
export function impairedPods({ components, now }: LinkerdControlPlane): readonly Pod[] {
  return components
    .filter(({ ready }) => ready > 0)
    .flatMap(({ pods }) => pods)
    .filter((pod) => !pod.ready && !pod.deleting && !isStarting(pod, now));
}

/** Why no pod of it is ready, as a clause. */
export function whyDown(
  { wanted, deployment, pods, made }: Component,
  warnings: readonly Event[],
): string {
  const [pod] = pods.toSorted((a, b) => Number(a.deleting) - Number(b.deleting));
  if (pod) {
    return `${notServing(pod, warnings) ?? 'no pod of it is counted as ready'} (${pod.ref.name})`;
  }
  if (wanted === 0) return 'it is scaled to zero';
  if (made > 0) return 'its pods could not be read';
  const refused = warnings.find(
    ({ object, reason }) => reason === 'FailedCreate' && object.startsWith(deployment),
  );
  return refused?.message ?? 'it has no pods';
}
