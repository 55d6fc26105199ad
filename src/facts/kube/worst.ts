// What a person would look at first in a namespace: what is not well, else a pod of each workload.
import type { Place } from '../../core/input.ts';
import { podText } from '../../core/refs.ts';
import { count, listed } from '../../core/text.ts';
import { membersOf } from '../../meshes/signs.ts';
import { time } from '../../model/kube/read.ts';
import { makers } from './kinds.ts';
import type { Pod } from './pod.ts';
import { ailingIn } from './standing.ts';
import type { Workload, Workloads } from './workloads.ts';

export type Worst = { readonly places: readonly Place[]; readonly note: string };

/** More are counted, not looked at. */
const most = 3;

/** `undefined` where there is nothing to look at. */
export function worstOf(all: Workloads, now: number): Worst | undefined {
  const pods = podsIn(all);
  const ailing = oneOfEach(ailingPlaces(all, now));
  const restarted = oneOfEach(ownPlaces(all, (pod) => hasJustRestarted(pod, now)));
  const bad = oneOfEach([...ailing, ...restarted]);
  const well = oneOfEach([
    ...ownPlaces(all, (pod) => membersOf(pod).length > 0),
    ...ownPlaces(all, () => true),
  ]);
  const chosen = (bad.length > 0 ? bad : well).slice(0, most);
  if (chosen.length === 0) return undefined;
  const left = bad.slice(most).map(({ name }) => name);
  const more = left.length === 0 ? '' : `; not well either: ${listed(left.slice(0, 5))}`;
  const few = left.length > 5 ? ` and ${left.length - 5} more` : '';
  const why = bad.length > 0 ? 'the least well first' : 'one of each workload';
  const note = `${count(pods.length, 'pod')} in ${all.namespace}; looked at ${chosen.length}, ${why}${more}${few}`;
  return { places: chosen.map(({ place }) => place), note };
}

/** `of`: the workload that it belongs to, or itself. */
type One = { readonly place: Place; readonly of: string; readonly name: string };

function ailingPlaces(all: Workloads, now: number): readonly One[] {
  return ailingIn(all, now).flatMap(({ pod, workload }) => {
    if (pod) return [podPlace(pod, workload)];
    return workload && workload.pods.length === 0 ? workloadPlace(workload) : [];
  });
}

function ownPlaces(all: Workloads, isWanted: (pod: Pod) => boolean): readonly One[] {
  const fits = (pod: Pod) => pod.phase !== 'Succeeded' && !pod.deleting && isWanted(pod);
  return [
    ...all.workloads.flatMap((w) => w.pods.filter(fits).map(({ ref }) => podPlace(ref, w))),
    ...all.others.filter(fits).map(({ ref }) => podPlace(ref, undefined)),
  ];
}

function podPlace(pod: Pod['ref'], workload: Workload | undefined): One {
  const of = workload ? `${workload.kind}/${workload.name}` : podText(pod);
  return { place: { is: 'pod', pod }, of, name: pod.name };
}

function workloadPlace({ kind, name, namespace }: Workload): readonly One[] {
  const resource = makers.find((one) => one.kind === kind);
  if (!resource) return [];
  const place = { is: 'workload', resource, namespace, name } as const;
  return [{ place, of: `${kind}/${name}`, name }];
}

/** Pods of one template have the same faults. */
function oneOfEach(all: readonly One[]): readonly One[] {
  const first = new Map<string, One>();
  for (const one of all) if (!first.has(one.of)) first.set(one.of, one);
  return [...first.values()];
}

const recentMs = 3_600_000;

function hasJustRestarted({ containers }: Pod, now: number): boolean {
  return containers.some(({ restarts, last }) => {
    const at = last.is === 'terminated' ? time(last.at) : undefined;
    return restarts > 0 && at !== undefined && now - at < recentMs;
  });
}

function podsIn({ workloads: all, others }: Workloads): readonly Pod[] {
  return [...all.flatMap(({ pods }) => pods), ...others];
}
