// How what a workload or a namespace runs is doing: what a person sees who lists its pods.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import { placeText, type Place } from '../../core/input.ts';
import { podText, resourceName, type PodRef } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { time } from '../../model/kube/read.ts';
import { makers, pods } from './kinds.ts';
import { unwell as unwellPod, type Pod } from './pod.ts';
import { workloads, type Workload, type Workloads } from './workloads.ts';

export type Group = Exclude<Place, { readonly is: 'pod' }>;
/** What is visibly not well: a pod, or what should have made pods. */
export type Ailing = {
  readonly says: string;
  readonly pod: PodRef | undefined;
  readonly workload: Workload | undefined;
};
export type Standing = { readonly pods: number; readonly ailing: readonly Ailing[] };

export const standing = fact({
  name: 'kube/standing',
  asks: ({ place }: { place: Group }) => `what ${placeText(place)} runs`,
  byHand: ({ place }) =>
    kubectl`get ${makers.map((m) => m.plural).join(',')},pods -n ${spaceOf(place)}`,
  needs: [pods, ...makers].map((r) => needs(['list'], resourceName(r), 'target')),
  timeoutMs: 12_000,
  fetch: async (ports, { place }, signal): Promise<Fetched<Standing>> => {
    const all = await workloads.fetch(ports, { namespace: spaceOf(place) }, signal);
    if (!all.ok) return all;
    const mine = within(all.value, place);
    const made = [...mine.workloads.flatMap((w) => w.pods), ...mine.others];
    const ailing = ailingIn(mine, ports.clock.now());
    return { ok: true, missed: all.missed, value: { pods: made.length, ailing } };
  },
  show: ({ pods: n, ailing }) => [
    ailing.length === 0 ? `${count(n, 'pod')}, none visibly not well` : count(n, 'pod'),
    ...ailing.slice(0, 12).map(({ says }) => says),
    ...(ailing.length > 12 ? [`and ${ailing.length - 12} more`] : []),
  ],
  unwell: ({ ailing }) => [
    ...ailing.slice(0, 3).map(({ says }) => says),
    ...(ailing.length > 3 ? [`and ${ailing.length - 3} more`] : []),
  ],
  explainedBy: ({ ailing }) => {
    const ref = ailing.find(({ pod }) => pod)?.pod;
    return ref && { runbook: 'pod', target: podText(ref) };
  },
});

export function spaceOf(place: Group): string {
  return place.is === 'namespace' ? place.name : place.namespace;
}

type Part = Pick<Workloads, 'workloads' | 'others'>;

function within({ workloads: all, others }: Part, place: Group): Part {
  if (place.is === 'namespace') return { workloads: all, others };
  const isIt = (kind: string | undefined, name: string | undefined) =>
    kind === place.resource.kind && name === place.name;
  return {
    workloads: all.filter(({ kind, name }) => isIt(kind, name)),
    others: others.filter(({ workload }) => isIt(workload?.kind, workload?.name)),
  };
}

/** Of each workload what is not well; a workload that lacks pods stands before those that it has. */
export function ailingIn({ workloads: all, others }: Part, now: number): readonly Ailing[] {
  return [
    ...all.flatMap((workload) => [...short(workload), ...ofPods(workload.pods, workload, now)]),
    ...ofPods(others, undefined, now),
  ];
}

function short(workload: Workload): readonly Ailing[] {
  const { kind, name, namespace, wanted, pods: made, failure, ended } = workload;
  const live = made.filter(({ deleting }) => !deleting);
  if (ended || kind === 'Job' || live.length >= wanted) return [];
  const why = failure === undefined ? '' : `: ${failure}`;
  const says = `${kind} ${namespace}/${name} has ${live.length} of ${count(wanted, 'pod')}${why}`;
  return [{ says, pod: undefined, workload }];
}

/** A pod of a rollout may take so long; those that it replaces still serve. */
const startMs = 60_000;

function ofPods(
  made: readonly Pod[],
  workload: Workload | undefined,
  now: number,
): readonly Ailing[] {
  const serving = made.filter(({ ready }) => ready).length;
  const isRollout = (pod: Pod) =>
    workload !== undefined &&
    serving >= workload.wanted &&
    now - (time(pod.created) ?? 0) < startMs;
  return made
    .filter((pod) => !pod.deleting && !isRollout(pod))
    .flatMap((pod) => {
      const lines = unwellPod(pod);
      if (lines.length === 0) return [];
      return [{ says: `${podText(pod.ref)}: ${lines.join(', ')}`, pod: pod.ref, workload }];
    });
}
