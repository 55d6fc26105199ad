// What is wrong with a pod at first sight, from the pod itself: how it terminated, what it waits for, what it lacks.
import type { Container } from '../model/kube/container.ts';
import type { Pod } from '../facts/kube/pod.ts';
import { time } from '../model/kube/read.ts';
import { askedFor, membersOf, meshName, signs } from '../meshes/signs.ts';
import type { Labels } from '../model/kube/labels.ts';

/** The worst first: what a person at the terminal should see before the rest. */
export const troubles = [
  'out of memory',
  'crash loop',
  'cannot start',
  'not scheduled',
  'failed',
  'not ready',
  'no proxy',
] as const;

export type Trouble = {
  readonly is: (typeof troubles)[number];
  /** "container app: OOMKilled 3m ago, 4 restarts". */
  readonly says: string;
};

/** Pods of one workload with the same problem. */
export type Ailing = {
  readonly name: string;
  readonly pods: readonly Pod['ref'][];
  readonly trouble: Trouble;
};

/** Labels and annotations of the pod's namespace: they decide whether a proxy is expected. */
export type Around = { readonly labels: Labels; readonly annotations: Labels };

/** An older kill is not what is wrong now. */
const recentMs = 60 * 60_000;

export function troubleOf(pod: Pod, around: Around | undefined, now: number): Trouble | undefined {
  if (pod.phase === 'Succeeded' || pod.deleting) return undefined;
  if (pod.phase === 'Failed') {
    return { is: 'failed', says: pod.reason ?? 'its phase is Failed' };
  }
  const of = pod.containers.flatMap((c) => inContainer(c, now) ?? []);
  const first = troubles.flatMap((is) => of.find((trouble) => trouble.is === is) ?? [])[0];
  return first ?? inPod(pod) ?? withoutProxy(pod, around);
}

function inContainer(c: Container, now: number): Trouble | undefined {
  const again = c.restarts === 0 ? '' : `, ${c.restarts} restarts`;
  const killed = [c.state, c.last].find(
    (s) => s.is === 'terminated' && s.reason === 'OOMKilled' && now - (time(s.at) ?? 0) < recentMs,
  );
  if (killed) return { is: 'out of memory', says: `${c.name}: OOMKilled${again}` };
  if (c.state.is === 'waiting') return waiting(c.name, c.state.reason, again);
  if (c.state.is === 'terminated' && c.role !== 'init' && c.state.exitCode !== 0) {
    return { is: 'crash loop', says: `${c.name}: exit code ${c.state.exitCode}${again}` };
  }
  return undefined;
}

/** Every pod waits with these reasons while it starts. */
const starting = new Set(['', 'ContainerCreating', 'PodInitializing']);

function waiting(name: string, reason: string, again: string): Trouble | undefined {
  if (starting.has(reason)) return undefined;
  const is = reason === 'CrashLoopBackOff' ? 'crash loop' : 'cannot start';
  return { is, says: `${name}: ${reason}${again}` };
}

function inPod(pod: Pod): Trouble | undefined {
  if (pod.unscheduled !== undefined) return { is: 'not scheduled', says: 'not scheduled' };
  if (pod.ready) return undefined;
  const not = pod.containers.filter((c) => c.role !== 'init' && !c.ready).map(({ name }) => name);
  const who = not.length > 0 ? `${not.join(', ')}: ` : '';
  return { is: 'not ready', says: `${who}not ready` };
}

/** Only a proxy that was requested and is missing: a pod that opted out needs none. */
function withoutProxy(pod: Pod, around: Around | undefined): Trouble | undefined {
  if (
    !around ||
    pod.hostNetwork ||
    signs.some(({ optedOut }) => optedOut(pod)) ||
    membersOf(pod).length > 0
  )
    return undefined;
  const names = askedFor(pod, around).map(meshName);
  return names.length === 0
    ? undefined
    : { is: 'no proxy', says: `${names.join(' and ')} requested, but the pod is not in it` };
}
