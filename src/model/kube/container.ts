// A container of a pod, its state, and that state in words.
import { count } from '../../core/text.ts';
import type { Labels } from './labels.ts';
import { brief } from './brief.ts';
import { at, flag, labelsAt, list, number, record, text, texts } from './read.ts';

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
  /** runAsUser, its own or the pod's; without either the image decides. */
  readonly runAsUser: number | undefined;
  readonly resources: { readonly limits: Labels; readonly requests: Labels };
  readonly probes: readonly Probe[];
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  readonly last: ContainerState;
};

export type Probe = {
  readonly is: 'startup' | 'readiness' | 'liveness';
  /** `GET :8080/healthz`, `tcp :9090`, `exec cat /ready`. */
  readonly does: string;
};

/** Init containers first, as they start. */
export function containersOf(spec: unknown, status: unknown): readonly Container[] {
  return [
    ...list(spec, 'initContainers').map((c) => readContainer(c, spec, status, true)),
    ...list(spec, 'containers').map((c) => readContainer(c, spec, status, false)),
  ];
}

function readContainer(spec: unknown, pod: unknown, status: unknown, init: boolean): Container {
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
    runAsUser:
      number(spec, 'securityContext', 'runAsUser') ?? number(pod, 'securityContext', 'runAsUser'),
    resources: {
      limits: labelsAt(spec, 'resources', 'limits'),
      requests: labelsAt(spec, 'resources', 'requests'),
    },
    probes: (['startup', 'readiness', 'liveness'] as const).flatMap((is) => {
      const does = probeText(at(spec, `${is}Probe`));
      return does === undefined ? [] : [{ is, does }];
    }),
    ready: flag(reported, 'ready') ?? false,
    restarts: number(reported, 'restartCount') ?? 0,
    state: readState(at(reported, 'state')),
    last: readState(at(reported, 'lastState')),
  };
}

function probeText(probe: unknown): string | undefined {
  if (probe === undefined) return undefined;
  const { httpGet, tcpSocket, grpc, exec } = record(probe);
  const port = (action: unknown) => `:${number(action, 'port') ?? text(action, 'port') ?? ''}`;
  if (httpGet) return `GET ${port(httpGet)}${text(httpGet, 'path') ?? '/'}`;
  if (tcpSocket) return `tcp ${port(tcpSocket)}`;
  if (grpc) return `grpc ${port(grpc)}`;
  return exec ? `exec ${texts(exec, 'command').join(' ')}` : undefined;
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

/** `istio-proxy: running, ready, 2 restarts` */
export function containerLine(container: Container): string {
  const restarts = container.restarts === 0 ? '' : `, ${count(container.restarts, 'restart')}`;
  const role =
    container.role === 'main'
      ? ''
      : ` (${container.role === 'sidecar' ? 'native sidecar' : 'init'})`;
  const ready = container.role === 'init' ? '' : container.ready ? ', ready' : ', not ready';
  const last =
    container.last.is === 'terminated' ? `, last ended: ${stateText(container.last)}` : '';
  return `${container.name}${role}: ${stateText(container.state)}${ready}${restarts}${last}`;
}

/** A back-off only repeats its own name, and that of the container. */
function tells({ reason, message }: { readonly reason: string; readonly message: string }) {
  return message !== '' && message !== reason && reason !== 'CrashLoopBackOff';
}

export function stateText(state: ContainerState): string {
  switch (state.is) {
    case 'running':
      return 'running';
    case 'waiting':
      return `waiting: ${state.reason}${tells(state) ? ` (${brief(state.message)})` : ''}`;
    case 'terminated':
      return `${state.reason || 'terminated'} (exit code ${state.exitCode})`;
    case 'unreported':
      return 'no state reported';
  }
}
