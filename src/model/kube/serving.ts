// Why a pod of a control plane does not serve, in the words of its status and of the events about it.
import { count } from '../../core/text.ts';
import type { Event } from '../../facts/kube/events.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import type { Container } from './container.ts';
import { time } from './read.ts';

/** `undefined`: it serves. `warnings`: those of its namespace, the newest first. */
export function notServing(pod: Pod, warnings: readonly Event[]): string | undefined {
  if (pod.deleting) return 'it is being deleted';
  if (pod.ready) return undefined;
  if (pod.unscheduled !== undefined) return `it is not scheduled: ${pod.unscheduled}`;
  const stuck = pod.containers.find(isStuck) ?? pod.containers.find(hasEnded);
  if (stuck) return stuckText(stuck);
  const event = warnings.find(({ object, reason }) => object === pod.ref.name && blocks(reason));
  if (event) return `${event.reason}: ${event.message}`;
  const waiting = pod.containers.find(({ state }) => state.is === 'waiting');
  if (waiting) return stuckText(waiting);
  return pod.phase === 'Running' ? 'its readiness probe fails' : `its phase is ${pod.phase}`;
}

/** What a pod passes through while it starts (kubernetes pkg/kubelet/kubelet_pods.go). */
const passing = new Set(['PodInitializing', 'ContainerCreating']);

function isStuck({ state }: Container): boolean {
  return state.is === 'waiting' && !passing.has(state.reason);
}

/** In a crash loop it runs for a moment between two exits. */
function hasEnded({ role, state, ready, last }: Container): boolean {
  if (state.is === 'terminated') return role !== 'init' || state.exitCode !== 0;
  return role !== 'init' && !ready && last.is === 'terminated';
}

/** Events that say why no container starts (kubernetes pkg/kubelet/events/event.go). */
function blocks(reason: string): boolean {
  return reason.startsWith('Failed');
}

function stuckText(container: Container): string {
  const { name, state, last, restarts } = container;
  const end =
    last.is === 'terminated' ? `; last exit: ${last.reason}, exit code ${last.exitCode}` : '';
  const before = `after ${count(restarts, 'restart')}${end}`;
  if (state.is === 'terminated') {
    return `${name} exited: ${state.reason} (exit code ${state.exitCode})`;
  }
  if (state.is !== 'waiting') return `${name} is not ready ${before}`;
  // That of a back-off only says how long it is.
  const says = state.reason === 'CrashLoopBackOff' ? '' : state.message.trim();
  return says === '' || passing.has(state.reason)
    ? `${name} is in ${state.reason} ${before}`
    : `${name} is in ${state.reason}: ${says}`;
}

/** The container whose last exit keeps the pod from serving. */
export function crashedIn({ ready, containers }: Pod): Container | undefined {
  return ready
    ? undefined
    : containers.find((c) => !c.ready && c.role !== 'init' && c.last.is === 'terminated');
}

/** The container that was killed for its memory, as the kubelet reports it. */
export function killedIn({ ready, containers }: Pod): Container | undefined {
  const killed = (c: Container) =>
    [c.state, c.last].some((s) => s.is === 'terminated' && s.reason === 'OOMKilled');
  return ready ? undefined : containers.find((c) => !c.ready && killed(c));
}

/** A rollout takes no longer, unless something is wrong with the new pod. */
const startMs = 120_000;

/** It was created a moment ago, and nothing has gone wrong so far. */
export function isStarting({ ready, created, unscheduled, containers }: Pod, now: number): boolean {
  const made = time(created);
  if (ready || unscheduled !== undefined || made === undefined || now - made > startMs)
    return false;
  return !containers.some((c) => c.restarts > 0 || isStuck(c) || hasEnded(c));
}
