// What can be diagnosed: pods, the workloads that made them, and namespaces, as the command line names them.
import { count } from '../core/text.ts';
import { podText } from '../core/refs.ts';
import { kindOf } from '../facts/kube/kind-words.ts';
import { namespaces as namespaceKind } from '../facts/kube/kinds.ts';
import type { Pod } from '../facts/kube/pod.ts';
import type { Ailing } from './trouble.ts';

export type Place = {
  readonly is: 'pod' | 'workload' | 'namespace' | 'mesh';
  /** As a person types it; '' is the whole mesh. */
  readonly word: string;
  /** What is wrong there at first sight. */
  readonly trouble?: string;
  /** What makes the pod: it still exists when the pod has been replaced. */
  readonly workload?: string;
  readonly note?: string;
};
export type Places = readonly Place[];

export const wholeMesh: Place = { is: 'mesh', word: '', note: 'every namespace' };

/** As it was typed, by a person who knows that it is there. */
export function placeOf(word: string): Place {
  const [head = '', tail] = word.split('/');
  const isNamespace = tail !== undefined && kindOf(head) === namespaceKind;
  return { is: isNamespace ? 'namespace' : 'pod', word };
}

/** The kinds whose pods a target may name (src/facts/kube/target.ts). */
const named = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);

/** The unhealthy first; then by name, a workload before its pods. */
export function placesOf(
  pods: readonly Pod[],
  namespaces: readonly string[],
  ailing: readonly Ailing[],
): Places {
  const why = new Map<string, string>();
  for (const { pods: refs, trouble } of ailing) {
    for (const ref of refs) why.set(podText(ref), why.get(podText(ref)) ?? trouble.says);
  }
  const all = [
    ...workloads(pods, why),
    ...pods.map((pod) => podPlace(pod, why.get(podText(pod.ref)))),
    ...namespaces.map((name): Place => ({ is: 'namespace', word: `ns/${name}` })),
  ];
  const order = new Map(
    ailing.flatMap(({ pods: refs }) => refs).map((ref, i) => [podText(ref), i]),
  );
  const rank = ({ word, trouble }: Place) =>
    trouble === undefined ? Infinity : (order.get(word) ?? order.size);
  return all.toSorted((a, b) => compare(rank(a), rank(b)) || (a.word < b.word ? -1 : 1));
}

/** Not a subtraction: Infinity minus Infinity is NaN. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function podPlace(pod: Pod, trouble: string | undefined): Place {
  const workload = workloadWord(pod);
  return {
    is: 'pod',
    word: podText(pod.ref),
    ...(trouble === undefined ? {} : { trouble }),
    ...(workload === undefined ? {} : { workload }),
  };
}

function workloads(pods: readonly Pod[], why: ReadonlyMap<string, string>): readonly Place[] {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const word = workloadWord(pod);
    if (word !== undefined) groups.set(word, [...(groups.get(word) ?? []), pod]);
  }
  return [...groups].map(([word, mine]): Place => {
    const bad = mine.filter(({ ref }) => why.has(podText(ref))).length;
    return {
      is: 'workload',
      word,
      note:
        bad === 0 ? count(mine.length, 'pod') : `${bad} of ${count(mine.length, 'pod')} unhealthy`,
    };
  });
}

/** `deployment/web.shop` */
export function workloadWord({ workload }: Pod): string | undefined {
  if (!workload || !named.has(workload.kind)) return undefined;
  return `${workload.kind.toLowerCase()}/${workload.name}.${workload.namespace}`;
}

/** What a runbook with these inputs can be asked about. */
export function fitting(places: Places, takes: readonly string[]): Places {
  const wide = takes.includes('place') || takes.includes('anywhere');
  const fit = places.filter(({ is }) => is === 'pod' || is === 'workload' || wide);
  return takes.includes('anywhere') ? [wholeMesh, ...fit] : fit;
}
