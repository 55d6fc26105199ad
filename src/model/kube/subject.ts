// What an injection check is about: a pod or a workload, the template of a new pod, and the existing pods.
import type { WorkloadName } from '../../core/fix.ts';
import type { Labels } from './labels.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import { time } from './read.ts';
import type { PodTemplate, Rolls, Workload, Workloads } from '../../facts/kube/workloads.ts';

export type Subject = {
  /** `shop/web-x2x4q`, `Deployment shop/web`. */
  readonly text: string;
  readonly namespace: string;
  /** What a person restarts or patches; the pod itself where it has no workload. */
  readonly maker: WorkloadName;
  /** What a new pod would be made from. */
  readonly template: PodTemplate;
  readonly workloadLabels: Labels;
  readonly workloadAnnotations: Labels;
  readonly pods: readonly Pod[];
  readonly wanted: number;
  /** Why its pods cannot be created, as its own condition says. */
  readonly failure: string | undefined;
  readonly rolls: Rolls;
};

export function ofWorkload(workload: Workload): Subject {
  const { kind, name, namespace, template, pods, wanted, failure, rolls } = workload;
  return {
    text: `${kind} ${namespace}/${name}`,
    namespace,
    maker: { kind, name, namespace },
    template,
    workloadLabels: workload.labels,
    workloadAnnotations: workload.annotations,
    pods,
    wanted,
    failure,
    rolls,
  };
}

/** One pod, with its workload when that is known. */
export function ofPod(pod: Pod, all: Workloads | undefined): Subject {
  const text = `${pod.ref.namespace}/${pod.ref.name}`;
  const maker = all?.workloads.find(({ pods }) => pods.some((p) => p.ref.name === pod.ref.name));
  if (maker) return { ...ofWorkload(maker), text, pods: [pod], wanted: 1, failure: undefined };
  return {
    text,
    namespace: pod.ref.namespace,
    maker: makerOf(pod),
    template: pod,
    workloadLabels: {},
    workloadAnnotations: {},
    pods: [pod],
    wanted: 1,
    failure: undefined,
    rolls: 'by-itself',
  };
}

/** A pod of its own is its own maker. */
export function makerOf({ ref, workload }: Pod): WorkloadName {
  return workload ?? { kind: 'Pod', name: ref.name, namespace: ref.namespace };
}

/** A pod of a controller whose kind is not listed stands for all pods of that controller. */
export function everySubject({ workloads, others }: Workloads): readonly Subject[] {
  const alive = workloads.filter(({ ended }) => !ended).map(ofWorkload);
  return [...alive, ...others.map((pod) => ofPod(pod, undefined))];
}

/** It wants more pods than it has, or its controller says that it cannot make any. */
export function isShort({ pods, wanted, failure }: Subject): boolean {
  return failure !== undefined || pods.filter((pod) => !pod.deleting).length < wanted;
}

export function createdAt(pod: Pod): number | undefined {
  return time(pod.created);
}

/** A namespace where nothing runs: there is nothing to restart or to patch. */
export function isNobody({ maker }: Pick<Subject, 'maker'>): boolean {
  return maker.kind === 'Namespace';
}

/** What is diagnosed next: a new pod has a new name, so its workload where there is one. */
export function againTarget({ maker, text }: Pick<Subject, 'maker' | 'text'>): string {
  if (maker.kind === 'Namespace') return `ns/${maker.name}`;
  return maker.kind === 'Pod' ? text : makerText(maker);
}

/** As a person types it: a kind that meshdoc does not know is found by its pods. */
export function makerText({ kind, name, namespace }: WorkloadName): string {
  return typed.has(kind) ? `${kind.toLowerCase()}/${name}.${namespace}` : `${namespace}/${name}`;
}

const typed = new Set([
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'],
]);

/** The state of its pods that comes first in this order. Pods that are being deleted are left out. */
export function telling<S extends { readonly is: string }>(
  pods: readonly Pod[],
  stateOf: (pod: Pod) => S,
  order: readonly S['is'][],
): S | undefined {
  const states = pods.filter((pod) => !pod.deleting).map(stateOf);
  return order
    .map((is) => states.find((state) => state.is === is))
    .find((state) => state !== undefined);
}
