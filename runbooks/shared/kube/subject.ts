// What injection is asked about, in any mesh: a pod, a workload, or all that a namespace runs.
import { valueOf, type Answer, type MeshChoice, type Place } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Workloads } from '../../../src/facts/kube/workloads.ts';
import { ofPod, ofWorkload, type Subject } from '../../../src/model/kube/subject.ts';

export type Input = MeshChoice & { readonly target: Place };
/** `pod` where one was asked about. */
export type Running = { readonly pod: Answer<Pod> | undefined; readonly all: Answer<Workloads> };

export function namespaceOf(target: Place): string {
  if (target.is === 'namespace') return target.name;
  return target.is === 'pod' ? target.pod.namespace : target.namespace;
}

/** `undefined` for a namespace, or when it was not answered. */
export function subjectOf(running: Running | undefined, target: Place): Subject | undefined {
  const all = valueOf(running?.all);
  if (target.is === 'pod') {
    const one = valueOf(running?.pod);
    return one && ofPod(one, all);
  }
  if (target.is === 'namespace' || !all) return undefined;
  const { kind } = target.resource;
  const found = all.workloads.find((w) => w.kind === kind && w.name === target.name);
  if (found) return ofWorkload(found);
  // A ReplicaSet, or a Job of a CronJob: what it makes is known by its pods.
  const pods = [...all.others, ...all.workloads.flatMap((w) => w.pods)];
  const made = pods.find((p) => p.workload?.kind === kind && p.workload.name === target.name);
  return made && ofPod(made, undefined);
}

/** A plain pod that does not exist yet, to judge a namespace without workloads. */
export function plainPodIn(name: string): Subject {
  const template = { labels: {}, annotations: {}, hostNetwork: false };
  return {
    text: `a pod in ${name}`,
    namespace: name,
    maker: { kind: 'Namespace', name, namespace: name },
    template: { ...template, automount: undefined, containers: [] },
    workloadLabels: {},
    workloadAnnotations: {},
    pods: [],
    wanted: 0,
    failure: undefined,
    rolls: 'by-itself',
  };
}
