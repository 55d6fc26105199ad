// What the judges of `linkerd-metrics` read: what was asked, how far the metrics of each pod come, and pods as sentences
// name them.
import { cite, count, listed, meshdoc, placeText, podText } from '../../../src/authoring.ts';
import { prometheusText } from '../../../src/facts/prometheus/ask.ts';
import { compare } from '../../../src/model/kube/order.ts';
import type { Input } from '../../shared/kube/subject.ts';
import { chosenOf, coveredIn, type Covered, type Gathered } from './checks.ts';
import type { At, Coverage } from './coverage.ts';

export type View = NonNullable<ReturnType<typeof viewOf>>;

/** Without the pods nothing can be said. */
export function viewOf(input: Input, got: Gathered) {
  const source = got.pods?.from;
  if (source?.kind !== 'known') return undefined;
  const chosen = chosenOf(got.targets);
  const target = placeText(input.target);
  return {
    input,
    got,
    covered: coveredIn(got),
    chosen,
    /** Every server was found and asked as far as it matters: what is said of targets can be said for sure. */
    sure: isComplete(input, got),
    prometheus: chosen ? prometheusText(chosen.candidate.at) : 'Prometheus',
    target,
    /** What told of the pods. */
    from: cite(source, chosen?.targets, got.series),
    verify: meshdoc`diagnose linkerd-metrics ${target}`,
  };
}

function isComplete(input: Input, { viz, prometheus, targets = [] }: Gathered): boolean {
  if (targets.some((asked) => asked.targets.kind === 'unknown')) return false;
  if (input.prometheus !== undefined) return true;
  return viz?.kind !== 'unknown' && prometheus?.kind !== 'unknown';
}

/** The pods whose metrics come so far and no further. */
export function having<Is extends Coverage['is']>(
  { covered }: View,
  is: Is,
): readonly Covered<At<Is>>[] {
  return covered.filter((one): one is Covered<At<Is>> => one.coverage.is === is);
}

/** Pods of which one thing is said. */
export type Group<C extends Coverage = Coverage> = ReturnType<typeof groupsOf<C>>[number];

/** One, where there are any; by name, and the first stands for all. */
export function groupsOf<C extends Coverage>(view: View, some: readonly Covered<C>[]) {
  const all = some.toSorted((a, b) => compare(podText(a.pod.ref), podText(b.pod.ref)));
  const reach = `${all.length} of ${count(view.covered.length, 'pod')} of ${view.target}`;
  const { from, sure } = view;
  return all.slice(0, 1).map(({ pod, coverage }) => ({
    ...view,
    all,
    first: pod,
    coverage,
    who: whoText(all),
    /** Of those that were looked at closer. */
    closer: (view.got.closer ?? []).filter((one) => all.some((some) => some.pod === one.pod)),
    /** What is the same in most findings about pods. */
    rest: { from, sure, reach, about: pod.ref },
  }));
}

const most = 3;

/** `emojivoto/web-1, emojivoto/web-2 and 4 more pods` */
export function whoText(all: readonly Pick<Covered, 'pod'>[]): string {
  const names = all.map(({ pod }) => podText(pod.ref)).toSorted();
  const more = names.length > most ? [count(names.length - most, 'more pod')] : [];
  return listed([...names.slice(0, most), ...more]);
}
