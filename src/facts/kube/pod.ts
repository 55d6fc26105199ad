// A pod as a diagnosis needs it: what it is made of, who made it, and its containers.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { WorkloadName } from '../../core/fix.ts';
import type { KubeObject } from '../../core/object.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { meshes } from '../../meshes/meshes.ts';
import { failure, podRef } from './ask.ts';
import { containerLine, containersOf, type Container } from '../../model/kube/container.ts';
import { pods } from './kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { podMoments } from '../../model/kube/moments.ts';
import { makerOfReplicaSet } from '../../model/kube/template-hash.ts';
import { flag, list, text, texts } from '../../model/kube/read.ts';

export type Pod = {
  readonly ref: PodRef;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly created: string | undefined;
  readonly deleting: boolean;
  readonly deletion: Deletion | undefined;
  readonly phase: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Why it is not scheduled, in the scheduler's words. */
  readonly unscheduled: string | undefined;
  /** What keeps the scheduler from looking at it (spec.schedulingGates). */
  readonly schedulingGates: readonly string[];
  readonly scheduler: string;
  readonly ready: boolean;
  /** Conditions that it waits for beside its containers (spec.readinessGates), and that are not True. */
  readonly openGates: readonly string[];
  readonly node: string | undefined;
  readonly ip: string | undefined;
  /** The address of its node: the kubelet probes from there. */
  readonly nodeIp: string | undefined;
  readonly hostNetwork: boolean;
  /** `Always`, `OnFailure`, `Never`. */
  readonly restartPolicy: string;
  readonly serviceAccount: string;
  /** automountServiceAccountToken; where it is not set, the ServiceAccount decides. */
  readonly automount: boolean | undefined;
  readonly containers: readonly Container[];
  readonly workload: WorkloadName | undefined;
};

export type Deletion = {
  /** When its grace period is over (API server: the time of the request and the grace period). */
  readonly due: string;
  /** What must be done before it goes, by who does it. */
  readonly finalizers: readonly string[];
};

export const pod = fact({
  name: 'kube/pod',
  asks: (args: { pod: PodRef }) => `the pod ${podText(args.pod)}`,
  byHand: ({ pod }) => kubectl`get pod ${pod.name} -n ${pod.namespace} -o yaml`,
  needs: [needs(['get'], 'pods', 'target')],
  timeoutMs: 10_000,
  fetch: async (ports, args, signal) => {
    const ref = { resource: pods, name: args.pod.name, namespace: args.pod.namespace };
    const question = { ask: 'get', ref } as const;
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readPod(reply.value) } : failure(reply, question);
  },
  show: (value) => [
    `phase ${value.phase}${value.reason ? ` (${value.reason})` : ''}, ${value.ready ? 'ready' : 'not ready'}`,
    ...(value.message === undefined ? [] : [value.message]),
    ...(value.unscheduled === undefined ? [] : [`not scheduled${said(value.unscheduled)}`]),
    ...value.containers.map(containerLine),
  ],
  unwell,
  explainedBy: (value) => ({ runbook: explainer(value), target: podText(value.ref) }),
  moments: podMoments,
});

export function readPod(object: KubeObject): Pod {
  const { spec, status, metadata } = object;
  const conditions = list(status, 'conditions');
  const condition = (type: string) => conditions.find((c) => text(c, 'type') === type);
  const scheduled = condition('PodScheduled');
  return {
    ref: podRef(object),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    created: metadata.creationTimestamp,
    deleting: metadata.deletionTimestamp !== undefined,
    deletion: deletionOf(object),
    phase: text(status, 'phase') ?? 'Unknown',
    reason: text(status, 'reason'),
    message: text(status, 'message'),
    unscheduled:
      text(scheduled, 'status') === 'False' ? (text(scheduled, 'message') ?? '') : undefined,
    schedulingGates: list(spec, 'schedulingGates').flatMap((g) => text(g, 'name') ?? []),
    scheduler: text(spec, 'schedulerName') ?? 'default-scheduler',
    ready: text(condition('Ready'), 'status') === 'True',
    openGates: list(spec, 'readinessGates')
      .flatMap((g) => text(g, 'conditionType') ?? [])
      .filter((type) => text(condition(type), 'status') !== 'True'),
    node: text(spec, 'nodeName'),
    ip: text(status, 'podIP'),
    nodeIp: text(status, 'hostIP'),
    hostNetwork: flag(spec, 'hostNetwork') ?? false,
    restartPolicy: text(spec, 'restartPolicy') ?? 'Always',
    serviceAccount: text(spec, 'serviceAccountName') ?? 'default',
    automount: flag(spec, 'automountServiceAccountToken'),
    containers: containersOf(spec, status),
    workload: workloadOf(object),
  };
}

function deletionOf({ metadata }: KubeObject): Deletion | undefined {
  const due = metadata.deletionTimestamp;
  return due === undefined ? undefined : { due, finalizers: texts(metadata, 'finalizers') };
}

/** The controller a person restarts: a ReplicaSet's own maker, where its name shows that. */
function workloadOf(object: KubeObject): WorkloadName | undefined {
  const { ownerReferences = [], labels = {}, namespace = '' } = object.metadata;
  const owner = ownerReferences.find((o) => o.controller) ?? ownerReferences[0];
  if (!owner) return undefined;
  const above = owner.kind === 'ReplicaSet' ? makerOfReplicaSet(owner.name, labels) : undefined;
  return { ...(above ?? { kind: owner.kind, name: owner.name }), namespace };
}

/**
 * What its status says is not healthy, in its own words; with it the verdict is never healthy. Empty for a pod that is
 * ready or succeeded.
 */
export function unwell(pod: Pod): readonly string[] {
  const { phase, reason, message, unscheduled, deleting, containers, ready } = pod;
  if (phase === 'Succeeded') return [];
  if (deleting) return ['being deleted'];
  if (phase === 'Failed') return [`phase Failed${said(reason)}${said(message)}`];
  if (unscheduled !== undefined) return [`not scheduled${said(unscheduled)}`];
  const lines = containers.filter(isUnwell).map(containerLine);
  if (lines.length > 0) return lines;
  // A readiness gate, a lost node, a status that nobody wrote: all containers may be ready while no request is sent to it.
  return ready && phase === 'Running' ? [] : [`phase ${phase}, ${ready ? 'ready' : 'not ready'}`];
}

/** A proxy of a mesh that runs and is not ready keeps the others waiting: its mesh knows why. */
function explainer({ containers }: Pod): string {
  const ailing = containers.filter(isUnwell);
  const own = ailing.every(({ state }) => state.is === 'running' || isHeldUp(state));
  const proxies = ailing.filter(({ state }) => state.is === 'running').map(({ name }) => name);
  const mesh = meshes.find(({ proxyContainer: name = '' }) => proxies.includes(name));
  return (own ? mesh?.proxyRunbook : undefined) ?? 'pod';
}

/** It waits for the init containers (Kubernetes pkg/kubelet/kubelet_pods.go). */
function isHeldUp(state: Container['state']): boolean {
  return state.is === 'waiting' && state.reason === 'PodInitializing';
}

/** An init container that terminated has succeeded, or the next one did not start and says so itself. */
function isUnwell({ role, state, ready }: Container): boolean {
  if (state.is === 'unreported') return false;
  if (state.is === 'waiting') return true;
  if (role === 'init') return state.is === 'terminated' && state.exitCode !== 0;
  return !ready;
}

function said(words: string | undefined): string {
  return words === undefined || words === '' ? '' : `: ${words}`;
}
