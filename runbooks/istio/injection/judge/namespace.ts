// A whole namespace: why nothing in it is injected, or what a restart of everything would change.
import { plainPodIn } from '../../../shared/kube/subject.ts';
import type { Clear, Found } from '../../../../src/authoring.ts';
import { wantsAmbient } from '../../../../src/model/istio/inject/subject.ts';
import { closedTo } from '../gates.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';
import { census, counted, isLeftOut, stayOut } from './census.ts';
import { undecided } from './pod.ts';

export function gatesIn(view: View): readonly Found[] | Clear {
  const { labels } = view.namespace;
  const all = view.everything
    .map((subject) => counted(view, subject))
    .filter((one) => !(isLeftOut(one) && wantsAmbient(labels, one.subject.template)));
  if (all.length === 0) return empty(view);
  const firstOut = all.find(isLeftOut);
  const isShut = all.every(({ verdict }) => verdict.is !== 'injected');
  const found = [
    ...(firstOut && isShut ? closedTo(view, firstOut.subject) : stayOut(view, all)),
    ...firstUndecided(view, all),
  ];
  const changes = census(view, all);
  // What is clear is said only where nothing was found.
  return 'clear' in changes ? (found.length > 0 ? found : changes) : [...found, ...changes];
}

function firstUndecided(view: View, all: readonly ReturnType<typeof counted>[]): readonly Found[] {
  for (const { subject, verdict } of all) {
    if (verdict.is === 'unknown') return undecided(view, subject.text, verdict.because);
  }
  return [];
}

function empty(view: View): readonly Found[] {
  const subject = plainPodIn(view.namespace.name);
  if (!wantsAmbient(view.namespace.labels, subject.template)) return closedTo(view, subject);
  return [tell('ambient', { subject: `namespace ${view.namespace.name}` }, view.grounds)];
}
