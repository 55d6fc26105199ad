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
import { revisionsOf, undecided } from './pod.ts';

type One = Counted & { readonly now: Now; readonly verdict: Verdict };

export function gatesIn(view: View): Judgement {
  const { labels } = view.namespace;
  const all = view.everything
    .map((subject) => ({ subject, now: nowOf(subject.pods), verdict: verdictFor(view, subject) }))
    .filter((one) => !(isLeftOut(one) && wantsAmbient(labels, one.subject.template)));
  return all.length === 0
    ? empty(view)
    : census(view, { all, open: firstUndecided(view, all), changes: changesIn(view, all) });
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

function empty(view: View): readonly Found[] {
  const subject = plainPodIn(view.namespace.name);
  if (!wantsAmbient(view.namespace.labels, subject.template)) return closedTo(view, subject);
  return [tell('ambient', { subject: `namespace ${view.namespace.name}` }, view.grounds)];
}
