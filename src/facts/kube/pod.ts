// A pod as a diagnosis needs it: what it is made of and what state each container is in.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { WorkloadName } from '../../core/fix.ts';
import type { KubeObject } from '../../core/object.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure, podRef } from './ask.ts';
import { pods } from './kinds.ts';
import type { Labels } from './labels.ts';
import { podMoments } from './moments.ts';
import { at, flag, labelsAt, list, number, record, text } from './read.ts';

export type ContainerState =
  | { readonly is: 'running'; readonly since: string | undefined }
  | { readonly is: 'waiting'; readonly reason: string; readonly message: string }
  | Terminated
  | { readonly is: 'unreported' };
export type Terminated = {
  readonly is: 'terminated';
  readonly reason: string;
  readonly exitCode: number;
  readonly signal?: number | undefined;
  readonly message: string;
  readonly startedAt?: string | undefined;
  readonly at: string | undefined;
};

export type Container = {
  readonly name: string;
  /** `sidecar`: an init container with restartPolicy Always, which runs beside the application (KEP-753). */
  readonly role: 'main' | 'init' | 'sidecar';
  readonly image: string;
  readonly env: Labels;
  readonly args: readonly string[];
  /** By name: what a Service's `targetPort` may say in place of a number. */
  readonly ports: readonly { readonly name: string | undefined; readonly port: number }[];
  readonly resources: { readonly limits: Labels; readonly requests: Labels };
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  readonly last: ContainerState;
};

export type Pod = {
  readonly ref: PodRef;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly created: string | undefined;
  readonly deleting: boolean;
  readonly phase: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Why it is not scheduled, in the scheduler's words. */
  readonly unscheduled: string | undefined;
  readonly ready: boolean;
  readonly node: string | undefined;
  readonly ip: string | undefined;
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
  /** automountServiceAccountToken; without a word of its own its ServiceAccount decides. */
  readonly automount: boolean | undefined;
  readonly containers: readonly Container[];
  readonly workload: WorkloadName | undefined;
};

export const pod = fact({
  name: 'kube/pod',
  asks: (args: { pod: PodRef }) => `the pod ${podText(args.pod)}`,
  byHand: ({ pod }) => kubectl('get', 'pod', pod.name, '-n', pod.namespace, '-o', 'yaml'),
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
    ...value.containers.map(containerLine),
  ],
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
    phase: text(status, 'phase') ?? 'Unknown',
    reason: text(status, 'reason'),
    message: text(status, 'message'),
    unscheduled:
      text(scheduled, 'status') === 'False' ? (text(scheduled, 'message') ?? '') : undefined,
    ready: text(condition('Ready'), 'status') === 'True',
    node: text(spec, 'nodeName'),
    ip: text(status, 'podIP'),
    hostNetwork: flag(spec, 'hostNetwork') ?? false,
    serviceAccount: text(spec, 'serviceAccountName') ?? 'default',
    automount: flag(spec, 'automountServiceAccountToken'),
    containers: containersOf(spec, status),
    workload: workloadOf(object),
  };
}

/** Init containers first, as they start. */
export function containersOf(spec: unknown, status: unknown): readonly Container[] {
  return [
    ...list(spec, 'initContainers').map((c) => readContainer(c, status, true)),
    ...list(spec, 'containers').map((c) => readContainer(c, status, false)),
  ];
}

function readContainer(spec: unknown, status: unknown, init: boolean): Container {
  const name = text(spec, 'name') ?? '';
  const statuses = list(status, init ? 'initContainerStatuses' : 'containerStatuses');
  const reported = statuses.find((s) => text(s, 'name') === name);
  const restartable = text(spec, 'restartPolicy') === 'Always';
  return {
    name,
    role: init ? (restartable ? 'sidecar' : 'init') : 'main',
    image: text(spec, 'image') ?? '',
    env: Object.fromEntries(
      list(spec, 'env').map((e) => [text(e, 'name') ?? '', text(e, 'value') ?? ''] as const),
    ),
    args: list(spec, 'args').filter((arg): arg is string => typeof arg === 'string'),
    ports: list(spec, 'ports').flatMap((p) => {
      const port = number(p, 'containerPort');
      return port === undefined ? [] : [{ name: text(p, 'name'), port }];
    }),
    resources: {
      limits: labelsAt(spec, 'resources', 'limits'),
      requests: labelsAt(spec, 'resources', 'requests'),
    },
    ready: flag(reported, 'ready') ?? false,
    restarts: number(reported, 'restartCount') ?? 0,
    state: readState(at(reported, 'state')),
    last: readState(at(reported, 'lastState')),
  };
}

function readState(state: unknown): ContainerState {
  const { running, waiting, terminated } = record(state);
  if (running) return { is: 'running', since: text(running, 'startedAt') };
  if (waiting) {
    return {
      is: 'waiting',
      reason: text(waiting, 'reason') ?? '',
      message: text(waiting, 'message') ?? '',
    };
  }
  if (!terminated) return { is: 'unreported' };
  return {
    is: 'terminated',
    reason: text(terminated, 'reason') ?? '',
    exitCode: number(terminated, 'exitCode') ?? 0,
    signal: number(terminated, 'signal'),
    message: text(terminated, 'message') ?? '',
    startedAt: text(terminated, 'startedAt'),
    at: text(terminated, 'finishedAt'),
  };
}

/**
 * The controller a person restarts. A ReplicaSet's Deployment is its name without the pod-template-hash,
 * which the Deployment controller appends (kubernetes pkg/controller/deployment/sync.go getNewReplicaSet).
 */
function workloadOf(object: KubeObject): WorkloadName | undefined {
  const { ownerReferences = [], labels = {}, namespace = '' } = object.metadata;
  const owner = ownerReferences.find((o) => o.controller) ?? ownerReferences[0];
  if (!owner) return undefined;
  const hash = labels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1), namespace };
  }
  return { kind: owner.kind, name: owner.name, namespace };
}

/** `istio-proxy: running, ready, 2 restarts` */
export function containerLine(container: Container): string {
  const restarts = container.restarts === 0 ? '' : `, ${container.restarts} restarts`;
  const role =
    container.role === 'main'
      ? ''
      : ` (${container.role === 'sidecar' ? 'native sidecar' : 'init'})`;
  const ready = container.role === 'init' ? '' : container.ready ? ', ready' : ', not ready';
  const last =
    container.last.is === 'terminated' ? `, last ended: ${stateText(container.last)}` : '';
  return `${container.name}${role}: ${stateText(container.state)}${ready}${restarts}${last}`;
}

export function stateText(state: ContainerState): string {
  switch (state.is) {
    case 'running':
      return 'running';
    case 'waiting':
      return `waiting: ${state.reason}`;
    case 'terminated':
      return `${state.reason || 'terminated'} (exit code ${state.exitCode})`;
    case 'unreported':
      return 'no state reported';
  }
}
