// What Kubernetes dates: who wrote an object, when pods were created and containers terminated, events.
import { happened, type Happening } from '../../core/moment.ts';
import type { KubeObject } from '../../core/object.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { stateText, type Container } from './container.ts';
import type { Event } from '../../facts/kube/events.ts';
import { time } from './read.ts';

/** `EnvoyFilter shop/add-header`, `Namespace shop`. */
function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** Who wrote an object, each with its last write; a controller's bookkeeping is left out. */
export function changes(object: KubeObject): readonly Happening[] {
  const { managedFields = [], creationTimestamp, generation = 1 } = object.metadata;
  const name = nameOf(object);
  const writes = managedFields
    .filter(({ subresource = '', manager }) => subresource === '' && manager !== CONTROLLER)
    .flatMap(({ manager, time: at }) => {
      const ms = time(at);
      return ms === undefined ? [] : [{ by: manager ?? 'someone', ms }];
    })
    .toSorted((a, b) => a.ms - b.ms);
  const [first, ...later] = writes;
  const made = time(creationTimestamp);
  // The API server stamps the creation and the first write in whole seconds, one after the other.
  const isMaker = first !== undefined && made !== undefined && first.ms - made <= 1000;
  const last = writes.at(-1);
  const changed = (isMaker ? later : writes).flatMap((write) => {
    const after = write === last && generation > 1 ? ` (generation ${generation})` : '';
    return happened('change', write.ms, `${write.by} last changed ${name}${after}`);
  });
  const created = isMaker ? `${first.by} created ${name}` : `${name} was created`;
  return [...happened('change', made, created), ...changed];
}

/** It writes revisions and replica counts into what others wrote. */
const CONTROLLER = 'kube-controller-manager';

/** The parts of a pod that have a time. */
type Timed = {
  readonly ref: PodRef;
  readonly created: string | undefined;
  readonly containers: readonly Container[];
};

/** When it was created, and when its containers terminated and started again. */
export function podMoments(pod: Timed): readonly Happening[] {
  return [...happened('start', pod.created, created(podText(pod.ref))), ...ends(pod)];
}

function created(pod: string): string {
  return `pod ${pod} was created`;
}

function ends(pod: Timed): readonly Happening[] {
  return pod.containers.flatMap((container) => containerMoments(container, podText(pod.ref)));
}

function containerMoments(container: Container, pod: string): readonly Happening[] {
  const { name, state, last, restarts, role } = container;
  const ended = [last, state].flatMap((one) => {
    if (one.is !== 'terminated') return [];
    // An init container is meant to terminate.
    if (role === 'init' && one.exitCode === 0) return [];
    return happened('end', one.at, `container ${name} of ${pod} ended: ${stateText(one)}`);
  });
  const again = `container ${name} of ${pod} started again (${count(restarts, 'restart')})`;
  const isAgain = state.is === 'running' && restarts > 0;
  return [...ended, ...(isAgain ? happened('start', state.since, again) : [])];
}

/** Pods of one workload created in the same second are one moment: a rollout, not a page of names. */
export function podsMade(of: string, pods: readonly Timed[]): readonly Happening[] {
  const seconds = [...new Set(pods.map(({ created }) => created))];
  const made = seconds.flatMap((at) => {
    const some = pods.filter(({ created }) => created === at);
    const [first] = some;
    const named = first && some.length === 1 ? podText(first.ref) : `${some.length} of ${of}`;
    return happened(
      'start',
      at,
      some.length === 1 ? created(named) : `pods were created: ${named}`,
    );
  });
  return [...made, ...pods.flatMap(ends)];
}

/** A repeated event has the time of its last occurrence. Events that every pod has are left out. */
export function eventMoments(events: readonly Event[]): readonly Happening[] {
  return events.flatMap(({ kind, object, reason, message, count: times, last }) => {
    if (ROUTINE.has(reason)) return [];
    const often = times > 1 ? ` (the last of ${times})` : '';
    return happened('event', last, `${kind} ${object}: ${reason}${often}: ${message.trim()}`);
  });
}

// kubernetes pkg/kubelet/events/event.go, pkg/scheduler/schedule_one.go, pkg/controller/controller_utils.go
const ROUTINE = new Set([
  'Scheduled',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
  'SuccessfulCreate',
]);
