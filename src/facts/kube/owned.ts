// Pods by what made them.
import type { KubeObject } from '../../core/object.ts';
import type { PodRef } from '../../core/refs.ts';
import { text } from '../../model/kube/read.ts';
import { makerOfReplicaSet } from '../../model/kube/template-hash.ts';
import { podRef } from './ask.ts';

/** A pod that is gone or being deleted says least about its workload. */
export function liveFirst(items: readonly KubeObject[]): readonly PodRef[] {
  return items.toSorted((a, b) => Number(isLive(b)) - Number(isLive(a))).map(podRef);
}

function isLive(pod: KubeObject): boolean {
  return text(pod.status, 'phase') === 'Running' && pod.metadata.deletionTimestamp === undefined;
}

/** `web-<hash>-<id>` of Deployment web, `db-0` of StatefulSet db, `agent-x7k2p` of DaemonSet agent. */
export function isOwnedBy({ metadata }: KubeObject, workload: string): boolean {
  const labels = metadata.labels ?? {};
  return (metadata.ownerReferences ?? []).some(
    ({ name }) => name === workload || makerOfReplicaSet(name, labels)?.name === workload,
  );
}
