// How much memory a pod's containers use now, from the metrics API. Many clusters have none: that is knowledge.
// Type: k8s.io/metrics pkg/apis/metrics/v1beta1 PodMetrics; the figure is the working set.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import { podText, type PodRef, type Resource } from '../../core/refs.ts';
import { failure } from './ask.ts';
import { memoryText, readQuantity } from '../../model/kube/quantity.ts';
import { list, text } from '../../model/kube/read.ts';

const podMetrics: Resource = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  plural: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
};

export type ContainerUsage = { readonly name: string; readonly memory: number };

export const usage = fact({
  name: 'kube/usage',
  asks: ({ pod }: { pod: PodRef }) => `the memory that the containers of ${podText(pod)} use now`,
  byHand: ({ pod }) => kubectl`top pod ${pod.name} -n ${pod.namespace} --containers`,
  needs: [needs(['get'], 'pods.metrics.k8s.io', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod }, signal) => {
    const ref = { resource: podMetrics, name: pod.name, namespace: pod.namespace };
    const question = { ask: 'get', ref } as const;
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const found = readUsage(reply.value['containers']);
    if (found) return { ok: true, value: found };
    return { ok: false, why: 'unreadable', detail: 'the answer is not the metrics of a pod' };
  },
  show: (all) =>
    all.length === 0
      ? ['no container is measured yet']
      : all.map(({ name, memory }) => `${name}: ${memoryText(memory)}`),
});

export function readUsage(containers: unknown): readonly ContainerUsage[] | undefined {
  if (!Array.isArray(containers)) return undefined;
  return list(containers).flatMap((one) => {
    const name = text(one, 'name');
    const memory = readQuantity(text(one, 'usage', 'memory'));
    return name === undefined || memory === undefined ? [] : [{ name, memory }];
  });
}
