// Which container of a pod was killed, and how: every shape that lack of memory has, and those that look like it.
// Shapes: a container's reason comes from its runtime (containerd, CRI-O: OOMKilled when the kernel killed in its
// cgroup); 137 is 128 + SIGKILL; the kernel kills all of a container since Kubernetes 1.28 on cgroup v2
// (kubernetes/kubernetes pull 117793), else one process.
import { age, count, type Rest } from '../../../src/authoring.ts';
import { meshRole, proxyName, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import { proxyContainer } from '../../../src/model/linkerd/mesh-pod.ts';
import { time } from '../../../src/model/kube/read.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { NodeView } from '../../../src/facts/kube/node.ts';
import type { Container, Terminated } from '../../../src/model/kube/container.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { AgentEnd } from '../../../src/facts/istio/agent-end.ts';

export type Shape =
  /** The runtime says OOMKilled. */
  | 'oom-killed'
  /** The agent says that its Envoy was killed, and then exited by itself. */
  | 'envoy-killed'
  /** SIGKILL, and nothing says who sent it. */
  | 'killed'
  /** The kubelet killed it because a liveness or startup probe failed. */
  | 'probe'
  /** The node had no memory left, and its kernel killed one of the container's processes. */
  | 'node-oom';

export type Death = {
  readonly container: Container;
  readonly whose: 'proxy' | 'linkerd-proxy' | 'application' | 'init';
  readonly shape: Shape;
  readonly end: Terminated;
  /** The event or log line that decided the shape, if one did. */
  readonly line: string | undefined;
};

/** What was gathered; absent when it was not asked or not answered. */
export type Witness = {
  readonly pod: Pod;
  readonly events?: readonly Event[] | undefined;
  readonly node?: NodeView | undefined;
  readonly agent?: AgentEnd | undefined;
};

export const oomReason = 'OOMKilled';

/** Containers that were killed for lack of memory or look like it; the proxy's first, then the newest. */
export function deaths(witness: Witness): readonly Death[] {
  const found = witness.pod.containers.flatMap((container): Death[] => {
    const end = lastEnd(container);
    const shape = end && shapeOf(container, end, witness);
    if (!end || !shape) return [];
    return [{ container, whose: whoseIs(container), end, ...shape }];
  });
  const rank = { proxy: 0, 'linkerd-proxy': 0, application: 1, init: 2 } as const;
  return found.sort(
    (a, b) => rank[a.whose] - rank[b.whose] || (b.end.at ?? '').localeCompare(a.end.at ?? ''),
  );
}

const ofMemory: ReadonlySet<Shape> = new Set(['oom-killed', 'envoy-killed', 'killed']);

/** How Istio's proxy was killed for lack of memory. */
export function proxyDeath(all: readonly Death[]): Death | undefined {
  return all.find(({ whose, shape }) => whose === 'proxy' && ofMemory.has(shape));
}

export function hasEnded({ reason, containers }: Pod): boolean {
  const ends = containers.flatMap((one) => lastEnd(one) ?? []);
  // An init container that succeeded has terminated too.
  return (
    reason !== undefined || ends.some((end) => end.reason !== 'Completed' || end.exitCode !== 0)
  );
}

export function proxyHasEnded(about: Pod): boolean {
  const proxy = proxyOf(meshRole(about));
  return proxy !== undefined && (proxy.restarts > 0 || lastEnd(proxy) !== undefined);
}

/** How a container last terminated; it may run again by now. */
function lastEnd({ state, last }: Container): Terminated | undefined {
  if (state.is === 'terminated' && state.reason !== 'Completed') return state;
  if (last.is === 'terminated') return last;
  return state.is === 'terminated' ? state : undefined;
}

function whoseIs({ name, role }: Container): Death['whose'] {
  if (role === 'init') return 'init';
  if (name === proxyName) return 'proxy';
  return name === proxyContainer ? 'linkerd-proxy' : 'application';
}

function shapeOf(
  container: Container,
  end: Terminated,
  { pod, events, node, agent }: Witness,
): Pick<Death, 'shape' | 'line'> | undefined {
  const killed = end.exitCode === 137 || end.signal === 9;
  const isProxy = whoseIs(container) === 'proxy';
  const agentLine = isProxy ? agentLineFor(end, agent) : undefined;
  if (end.reason === oomReason) {
    // Without a limit of its own, the node's memory was exhausted, or a limit of the pod as a whole.
    if (container.resources.limits['memory'] === undefined) {
      return { shape: 'node-oom', line: 'The container has no memory limit of its own' };
    }
    // The kernel killed, yet the container exited by itself: one process was killed, not all.
    return isProxy && !killed
      ? { shape: 'envoy-killed', line: agentLine }
      : { shape: 'oom-killed', line: undefined };
  }
  const probe = events?.find((e) => isProbeKill(e, container.name) && isNear(e.last, end));
  if (probe) return { shape: 'probe', line: `${probe.reason}: ${probe.message}` };
  if (!killed && agentLine === undefined) return undefined;
  const byNode = node?.killed.find((e) => isNodeKill(e) && isNear(e.last, end));
  if (byNode && namesAProcess(byNode, isProxy)) {
    return { shape: 'node-oom', line: `${byNode.reason}: ${byNode.message}` };
  }
  if (agentLine !== undefined) return { shape: 'envoy-killed', line: agentLine };
  // A pod that is being deleted gets SIGKILL when its grace period is over.
  return pod.deleting ? undefined : { shape: 'killed', line: undefined };
}

/** The log may be of another kill than the status. */
function agentLineFor(end: Terminated, agent: AgentEnd | undefined): string | undefined {
  if (agent?.killed === undefined) return undefined;
  const at = time(end.at);
  const close = at === undefined || agent.at === undefined || Math.abs(at - agent.at) < nearMs;
  return close ? agent.killed : undefined;
}

/** `Container istio-proxy failed liveness probe, will be restarted` (kubelet kuberuntime_manager.go). */
function isProbeKill({ reason, message }: Event, container: string): boolean {
  const said = /^Container (\S+) failed (liveness|startup) probe/.exec(message);
  return reason === 'Killing' && said?.[1] === container;
}

/** Allows for clocks, aggregated events, and the grace period between a decision and the kill. */
const nearMs = 120_000;

function isNear(stamp: string | undefined, end: Terminated): boolean {
  const [a, b] = [time(stamp), time(end.at)];
  return a !== undefined && b !== undefined && Math.abs(a - b) < nearMs;
}

/** `Memory cgroup out of memory` means the container's own limit; without these words, the node's memory. */
function isNodeKill({ reason, message }: Event): boolean {
  return reason === 'SystemOOM' || (reason === 'OOMKilling' && !/memory cgroup/i.test(message));
}

/** `victim process: envoy, pid: 4711`; `Killed process 4711 (envoy)`. The kernel cuts names at 15 letters. */
function namesAProcess({ message }: Event, isProxy: boolean): boolean {
  const name =
    /victim process: ([^,]+),/.exec(message)?.[1] ??
    /Killed process \d+ \(([^)]+)\)/.exec(message)?.[1];
  const ofProxy = name === 'envoy' || name === 'pilot-agent' || name?.startsWith('wrk:') === true;
  return name !== undefined && ofProxy === isProxy;
}

/**
 * `The node was low on resource: memory. ... Container istio-proxy was using 900Mi, request is 128Mi, ...`: `over` are the
 * containers over their request, as the kubelet names them (pkg/kubelet/eviction/helpers.go).
 */
export function eviction({ reason, message = '' }: Pod) {
  if (reason !== 'Evicted') return undefined;
  const over = [...message.matchAll(/Container (\S+) was using ([^,]+), request is ([^,]+),/g)].map(
    ([, container = '', used = '', request = '']) => ({ container, used, request }),
  );
  return { resource: /low on resource: ([\w-]+)/.exec(message)?.[1] ?? 'unknown', over };
}

export type Eviction = NonNullable<ReturnType<typeof eviction>>;

/** `OOMKilled, exit code 137` */
export function endText({ reason, exitCode }: Terminated): string {
  return `${reason === '' ? 'no reason' : reason}, exit code ${exitCode}`;
}

/** How often, and when last. */
export function whenText({ container, end }: Death): Pick<Rest, 'reach' | 'since'> {
  const { restarts } = container;
  const { at, startedAt } = end;
  const ran = Date.parse(at ?? '') - Date.parse(startedAt ?? '');
  const after = Number.isNaN(ran) ? '' : `, ${age(ran)} after it started`;
  return {
    reach: restarts === 0 ? undefined : `${count(restarts, 'restart')} of this container`,
    since: at && `last killed ${at}${after}`,
  };
}
