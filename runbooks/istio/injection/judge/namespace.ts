// A whole namespace: why nothing in it is injected, or what a restart of everything would change.
import type { Found, Judgement } from '../../../../src/authoring.ts';
import { nowOf, wantsAmbient, type Now } from '../../../../src/model/istio/inject/subject.ts';
import type { Verdict } from '../../../../src/model/istio/inject/verdict.ts';
import { isLeftOut, severalText, type Counted } from '../../../shared/admission/census.ts';
import { plainPodIn } from '../../../shared/kube/subject.ts';
import { closedTo } from '../gates.ts';
import { census } from '../mesh.ts';
import { tell } from '../says.ts';
import { verdictFor, type View } from '../view.ts';
import { isAmbient, labelsConflict, revisionsOf, undecided } from './pod.ts';

type One = Counted & { readonly now: Now; readonly verdict: Verdict };

export function gatesIn(view: View): Judgement {
  const { labels } = view.namespace;
  const all = view.everything
    .map((subject) => ({ subject, now: nowOf(subject.pods), verdict: verdictFor(view, subject) }))
    .filter((one) => !(isLeftOut(one) && wantsAmbient(labels, one.subject.template)));
  const own = labelled(view);
  if (all.length === 0) return [...own, ...empty(view)];
  const about = { all, open: firstUndecided(view, all), changes: changesIn(view, all) };
  const judged = census(view, about);
  if (own.length === 0) return judged;
  return Array.isArray(judged) ? [...own, ...(judged as readonly Found[])] : own;
}

function firstUndecided(view: View, all: readonly One[]): readonly Found[] {
  for (const { subject, verdict } of all) {
    if (verdict.is === 'unknown') return undecided(view, subject.text, verdict.because);
  }
  return [];
}

function changesIn(view: View, all: readonly One[]) {
  const change = all.filter(({ now, verdict }) => revisionsOf(now, verdict) !== undefined);
  const [first] = change;
  const moved = first && revisionsOf(first.now, first.verdict);
  const about = moved && { subject: severalText(view, change), ...moved };
  const found = about ? [tell('revision-changes', about, view.grounds)] : [];
  return { found, change: change.length };
}

/** What a plain pod in it would get. */
function empty(view: View): readonly Found[] {
  const subject = plainPodIn(view.namespace.name);
  const named = `namespace ${view.namespace.name}`;
  return isAmbient(view, subject, verdictFor(view, subject))
    ? [tell('ambient', { subject: named }, view.grounds)]
    : closedTo(view, subject);
}

/** Its own labels, where two of them contradict each other (istioctl's IST0123). */
function labelled(view: View): readonly Found[] {
  const subject = plainPodIn(view.namespace.name);
  const verdict = verdictFor(view, subject);
  if (verdict.is !== 'injected') return [];
  const isBoth = wantsAmbient(view.namespace.labels, subject.template);
  const about = { namespace: view.namespace.name };
  return [
    ...(isBoth ? [tell('both-modes', about, view.grounds)] : []),
    ...labelsConflict(view, verdict.by.revision),
  ];
}
