// What the judges of `linkerd-metrics` read: the answers, how far the metrics of each pod get, and how sentences name pods.
import { cite, count, listed, meshdoc, placeText, podText } from '../../../src/authoring.ts';
import { prometheusText } from '../../../src/facts/prometheus/ask.ts';
import { compare } from '../../../src/model/kube/order.ts';
import type { Input } from '../../shared/kube/subject.ts';
import { chosenOf, coveredIn, type Covered, type Gathered } from './checks.ts';
import type { At, Coverage } from './coverage.ts';

export type View = NonNullable<ReturnType<typeof viewOf>>;

/** Without the pods there is no view. */
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
    /** Every server that matters was found and answered, so statements about targets are sure. */
    sure: isComplete(input, got),
    prometheus: chosen ? prometheusText(chosen.candidate.at) : 'Prometheus',
    target,
    /** The answers about the pods. */
    from: cite(source, chosen?.targets, got.series),
    verify: meshdoc`diagnose linkerd-metrics ${target}`,
  };
}

function isComplete(input: Input, { viz, prometheus, targets = [] }: Gathered): boolean {
  if (targets.some((asked) => asked.targets.kind === 'unknown')) return false;
  if (input.prometheus !== undefined) return true;
  return viz?.kind !== 'unknown' && prometheus?.kind !== 'unknown';
}

/** The pods whose metrics get exactly this far. */
export function having<Is extends Coverage['is']>(
  { covered }: View,
  is: Is,
): readonly Covered<At<Is>>[] {
  return covered.filter((one): one is Covered<At<Is>> => one.coverage.is === is);
}

/** Pods that share one finding. */
export type Group<C extends Coverage = Coverage> = ReturnType<typeof groupsOf<C>>[number];

/** One group if there are any pods, sorted by name; the first pod stands for all. */
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
    /** The pods of the group that were looked at closely. */
    closer: (view.got.closer ?? []).filter((one) => all.some((some) => some.pod === one.pod)),
    /** The same in most findings about pods. */
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
