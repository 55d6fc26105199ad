// The words that the sentences of `linkerd-metrics` have in common.
import { count, listed, placeText, podText } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { prometheusText } from '../../../src/facts/prometheus/ask.ts';
import type { Judged, View } from './view.ts';

const most = 3;

/** `emojivoto/web-1, emojivoto/web-2 and 4 more pods` */
export function whoText(pods: readonly Pod[]): string {
  const names = pods.map(({ ref }) => podText(ref)).toSorted();
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  return listed(more === 0 ? shown : [...shown, count(more, 'more pod')]);
}

export function reachText(some: number, { judged, input }: View): string {
  return `${some} of ${count(judged.length, 'pod')} of ${placeText(input.target)}`;
}

export function serverText({ chosen }: View): string {
  return chosen ? prometheusText(chosen.candidate.at) : 'Prometheus';
}

/** Everything about a group that a sentence or a fix may need. */
export function groupSlots(view: View, group: readonly Judged[]) {
  const pods = group.map(({ pod }) => pod);
  const [first] = pods.toSorted((a, b) => (podText(a.ref) < podText(b.ref) ? -1 : 1));
  const ref = first?.ref ?? { namespace: '', name: '' };
  const workload = first?.workload;
  return {
    who: whoText(pods),
    reach: reachText(pods.length, view),
    prometheus: serverText(view),
    target: placeText(view.input.target),
    namespace: ref.namespace,
    name: ref.name,
    first: podText(ref),
    kind: workload?.kind ?? 'Pod',
    workload: workload?.name ?? ref.name,
  };
}
