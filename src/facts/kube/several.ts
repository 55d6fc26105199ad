// Pods that are named together: those of a namespace, and those with some labels.
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import { count } from '../../core/text.ts';
import { listObjects } from './ask.ts';
import { pods } from './kinds.ts';
import { emptyNamespace } from './missing.ts';
import { liveFirst } from './owned.ts';
import { readPod, type Pod } from './pod.ts';
import type { Resolved } from './resolved.ts';

/** More pods than this are not looked through for one of each workload. */
const mostPods = 1000;

/** One pod of each workload, what is in trouble first: pods of one template have the same faults. */
export async function podsOfNamespace(
  ports: Ports,
  namespace: string,
  signal: AbortSignal,
): Promise<Resolved> {
  const reply = await listObjects(ports, pods, { namespace, limit: mostPods }, signal);
  if (!reply.ok) return { is: 'unanswered', reply, asked: `the pods in ${namespace}` };
  const all = reply.value.items.map(readPod);
  if (all.length === 0)
    return { is: 'usage', says: await emptyNamespace(ports, namespace, 'pods', signal) };
  const chosen = oneOfEach(all);
  const note = `${count(all.length, 'pod')} in ${namespace}; diagnosing one of each workload, unhealthy pods first`;
  return {
    ...{ is: 'pods', pods: chosen.map(({ ref }) => ref), from: `ns/${namespace}` },
    ...(chosen.length < all.length ? { note } : {}),
  };
}

function oneOfEach(all: readonly Pod[]): readonly Pod[] {
  const order = (pod: Pod) => (isDone(pod) ? 2 : pod.ready ? 1 : 0);
  const first = new Map<string, Pod>();
  for (const pod of all.toSorted((a, b) => order(a) - order(b))) {
    const key = workloadKey(pod);
    if (!first.has(key)) first.set(key, pod);
  }
  const chosen = [...first.values()];
  const running = chosen.filter((pod) => !isDone(pod));
  return running.length > 0 ? running : chosen;
}

/** A job that did its work is in no trouble. */
function isDone({ phase }: Pod): boolean {
  return phase === 'Succeeded';
}

function workloadKey({ ref, workload }: Pod): string {
  return workload ? `${workload.kind}/${workload.name}` : `Pod/${ref.name}`;
}

export async function podsWithLabels(
  ports: Ports,
  { namespace, labels }: { readonly namespace: string; readonly labels: string },
  signal: AbortSignal,
): Promise<Resolved> {
  const reply = await listObjects(ports, pods, { namespace, labels }, signal);
  if (!reply.ok) return { is: 'unanswered', reply, asked: `the pods in ${namespace}` };
  const items: readonly KubeObject[] = reply.value.items;
  if (items.length > 0) return { is: 'pods', pods: liveFirst(items), from: labels };
  const says = `no pod in namespace ${namespace} has the labels ${labels}; kubectl get pods -n ${namespace} --show-labels lists them`;
  return { is: 'usage', says };
}
