// What the judges of `linkerd-metrics` read: what was asked, how far the metrics of each pod come, and pods as sentences
// name them.
import {
  cite,
  count,
  listed,
  meshdoc,
  placeText,
  podText,
  type Command,
  type Rest,
  type Seen,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { prometheusText } from '../../../src/facts/prometheus/ask.ts';
import {
  chosenOf,
  coveredIn,
  type Asked,
  type Closer,
  type Covered,
  type Gathered,
  type Input,
} from './checks.ts';
import type { At, Coverage } from './coverage.ts';

export type View = {
  readonly input: Input;
  readonly got: Gathered;
  readonly covered: readonly Covered[];
  readonly chosen: Asked | undefined;
  /** Every server was found and asked as far as it matters: what is said of targets can be said for sure. */
  readonly sure: boolean;
  /** What told of the pods. */
  readonly from: readonly [Seen, ...Seen[]];
  /** The Prometheus that was chosen, in words. */
  readonly prometheus: string;
  /** What was asked about, as a person types it. */
  readonly target: string;
  /** Shows that a fix worked. */
  readonly verify: Command;
};

/** Without the pods nothing can be said. */
export function viewOf(input: Input, got: Gathered): View | undefined {
  const { pods } = got;
  const source = input.target.is === 'pod' ? pods?.pod : pods?.all;
  if (source?.kind !== 'known') return undefined;
  const chosen = chosenOf(got);
  const target = placeText(input.target);
  return {
    input,
    got,
    covered: coveredIn(input, got),
    chosen,
    sure: isComplete(input, got),
    prometheus: chosen ? prometheusText(chosen.candidate.at) : 'Prometheus',
    target,
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

/** Of those that were looked at closer. */
export function closerOf({ got }: View, all: readonly Covered[]): readonly Closer[] {
  return (got.closer ?? []).filter(({ pod }) => all.some((one) => one.pod === pod));
}

/** Pods of which one thing is said. */
export type Group = {
  /** By name. */
  readonly first: Pod;
  readonly who: string;
  /** What is the same in most findings about pods. */
  readonly rest: Pick<Rest, 'from' | 'sure' | 'reach' | 'about'>;
};

export function groupOf(view: View, all: readonly Covered[]): Group | undefined {
  const [first] = all.map(({ pod }) => pod).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  if (!first) return undefined;
  const reach = `${all.length} of ${count(view.covered.length, 'pod')} of ${view.target}`;
  const { from, sure } = view;
  return { first, who: whoText(all), rest: { from, sure, reach, about: first.ref } };
}

const most = 3;

/** `emojivoto/web-1, emojivoto/web-2 and 4 more pods` */
export function whoText(all: readonly { readonly pod: Pod }[]): string {
  const names = all.map(({ pod }) => nameOf(pod)).toSorted();
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  return listed(more === 0 ? shown : [...shown, count(more, 'more pod')]);
}

function nameOf({ ref }: Pod): string {
  return podText(ref);
}
