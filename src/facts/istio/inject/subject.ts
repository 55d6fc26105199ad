// What is asked about, and what it is now: a pod or a workload with its pods.
import type { WorkloadName } from '../../../core/fix.ts';
import type { Labels } from '../../kube/labels.ts';
import type { Pod } from '../../kube/pod.ts';
import { time } from '../../kube/read.ts';
import type { PodTemplate, Workload, Workloads } from '../../kube/workloads.ts';
import { meshRole, revisionOf } from '../mesh-pod.ts';
import type { Template } from './called.ts';

export type Subject = {
  /** `shop/web-x2x4q`, `Deployment shop/web`. */
  readonly text: string;
  readonly namespace: string;
  /** What a person restarts or patches; a pod of its own has none. */
  readonly maker: WorkloadName;
  /** What a new pod would be made from. */
  readonly template: Template;
  readonly workloadLabels: Labels;
  readonly pods: readonly Pod[];
  readonly wanted: number;
  /** Why its pods cannot be created, as its own condition says. */
  readonly failure: string | undefined;
  readonly paused: boolean;
  readonly autoImage: boolean;
};

export type Now =
  | { readonly is: 'injected'; readonly pod: Pod; readonly revision: string | undefined }
  | { readonly is: 'bare'; readonly pod: Pod }
  | { readonly is: 'ambient'; readonly pod: Pod }
  | { readonly is: 'ended'; readonly pod: Pod }
  | { readonly is: 'static'; readonly pod: Pod }
  | { readonly is: 'mesh-part'; readonly pod: Pod; readonly what: string }
  | { readonly is: 'no-pods' };

export function ofWorkload(workload: Workload): Subject {
  const { kind, name, namespace, template, labels, pods, wanted, failure, paused } = workload;
  return {
    text: `${kind} ${namespace}/${name}`,
    namespace,
    maker: { kind, name, namespace },
    template,
    workloadLabels: labels,
    pods,
    wanted,
    failure,
    paused,
    autoImage: hasAutoImage(template),
  };
}

/** A pod by itself; with what made it, when that is known. */
export function ofPod(pod: Pod, all: Workloads | undefined): Subject {
  const text = `${pod.ref.namespace}/${pod.ref.name}`;
  const maker = all?.workloads.find(({ pods }) => pods.some((p) => p.ref.name === pod.ref.name));
  if (maker) return { ...ofWorkload(maker), text, pods: [pod], wanted: 1, failure: undefined };
  const { namespace, name } = pod.ref;
  return {
    text,
    namespace,
    maker: pod.workload ?? { kind: 'Pod', name, namespace },
    template: pod,
    workloadLabels: {},
    pods: [pod],
    wanted: 1,
    failure: undefined,
    paused: false,
    autoImage: pod.containers.some(isAuto),
  };
}

/** A pod that a controller of an unlisted kind made stands for all it makes. */
export function subjectsOf({ workloads, others }: Workloads): readonly Subject[] {
  const alive = workloads.filter(({ ended }) => !ended).map(ofWorkload);
  const all = [...alive, ...others.map((pod) => ofPod(pod, undefined))];
  return all.filter(({ pods }) => !outside.has(nowOf(pods).is));
}

/** What injection is not for. */
const outside: ReadonlySet<Now['is']> = new Set(['ambient', 'static', 'mesh-part', 'ended']);

function hasAutoImage({ images }: PodTemplate): boolean {
  return images['istio-proxy'] === 'auto';
}

function isAuto({ name, image }: Pod['containers'][number]): boolean {
  return name === 'istio-proxy' && image === 'auto';
}

/** The state of the pod that says most: a bare one before one that is injected. */
export function nowOf(pods: readonly Pod[]): Now {
  const states = pods.filter((pod) => !pod.deleting).map(stateOf);
  const order = ['bare', 'injected', 'ambient', 'mesh-part', 'static', 'ended'] as const;
  for (const is of order) {
    const found = states.find((state) => state.is === is);
    if (found) return found;
  }
  return { is: 'no-pods' };
}

function stateOf(pod: Pod): Exclude<Now, { is: 'no-pods' }> {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return { is: 'ended', pod };
  if (pod.containers.some(isAuto)) return { is: 'bare', pod };
  const role = meshRole(pod);
  if (role.is === 'control-plane') return { is: 'mesh-part', pod, what: 'istiod' };
  if (role.is === 'ztunnel') return { is: 'mesh-part', pod, what: 'ztunnel' };
  if ('proxy' in role) return { is: 'injected', pod, revision: revisionOf(pod) };
  if (pod.annotations['kubernetes.io/config.mirror'] !== undefined) return { is: 'static', pod };
  return role.is === 'ambient' ? { is: 'ambient', pod } : { is: 'bare', pod };
}

export function createdAt(pod: Pod): number | undefined {
  return time(pod.created);
}

const modeKey = 'istio.io/dataplane-mode';

/** Asked into ambient mode by label; the pod's own wins (istio cni/pkg/util/podutil.go PodRedirectionEnabled). */
export function wantsAmbient(namespace: Labels, { labels }: Template): boolean {
  return (labels[modeKey] ?? namespace[modeKey]) === 'ambient';
}

/** What is diagnosed next: a new pod has a new name, so its workload where there is one. */
export function againTarget({ maker, text }: Subject): string {
  return maker.kind === 'Pod'
    ? text
    : `${maker.kind.toLowerCase()}/${maker.name}.${maker.namespace}`;
}
