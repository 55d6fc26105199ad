// What makes a ReplicaSet appends the hash of its template to its own name, and writes it into a label: kubernetes
// pkg/controller/deployment/sync.go getNewReplicaSet, argo-rollouts rollout/sync.go createDesiredReplicaSet.
import type { Labels } from './labels.ts';

const hashLabels = [
  ['Deployment', 'pod-template-hash'],
  ['Rollout', 'rollouts-pod-template-hash'],
] as const;

/** What made the ReplicaSet of a pod; `undefined` for a ReplicaSet of its own. */
export function makerOfReplicaSet(
  name: string,
  labels: Labels,
): { readonly kind: string; readonly name: string } | undefined {
  for (const [kind, label] of hashLabels) {
    const end = `-${labels[label] ?? ''}`;
    if (end !== '-' && name.endsWith(end)) return { kind, name: name.slice(0, -end.length) };
  }
  return undefined;
}
