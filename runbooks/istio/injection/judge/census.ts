// What a restart of everything in a namespace would change: sidecars won, lost, and of another revision.
import { clear, count, listed, type Clear, type Found } from '../../../../src/authoring.ts';
import { nowOf, type Now } from '../../../../src/model/istio/inject/subject.ts';
import type { Verdict } from '../../../../src/model/istio/inject/verdict.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { restartAll } from '../fixes.ts';
import { shortReason } from '../gates.ts';
import { tell } from '../says.ts';
import { verdictFor, type View } from '../view.ts';

/** A workload as it is, and as it would be. */
export type Counted = { readonly subject: Subject; readonly now: Now; readonly verdict: Verdict };

export function counted(view: View, subject: Subject): Counted {
  return { subject, now: nowOf(subject.pods), verdict: verdictFor(view, subject) };
}

export function isLeftOut({ verdict }: Counted): boolean {
  return verdict.is === 'not-called' || verdict.is === 'skipped' || verdict.is === 'refused';
}

/** Some are in and some are not: which, and why. */
export function stayOut(view: View, all: readonly Counted[]): readonly Found[] {
  const out = all.filter((one) => isLeftOut(one) && one.now.is !== 'injected');
  if (out.length === 0) return [];
  const shown = out.slice(0, 6).map(({ subject }) => {
    return `${nameText(subject)} (${shortReason(view, subject)})`;
  });
  const more = out.length > shown.length ? [`${out.length - shown.length} more`] : [];
  const which = listed([...shown, ...more]);
  const about = { count: count(out.length, 'workload'), namespace: view.namespace.name, which };
  return [tell('stay-out', about, { from: view.from })];
}

/** Findings, or the answer where nothing is wrong. */
export function census(view: View, all: readonly Counted[]): readonly Found[] | Clear {
  const gain = all.filter(({ now, verdict }) => now.is === 'bare' && verdict.is === 'injected');
  const lose = all.filter((one) => one.now.is === 'injected' && isLeftOut(one));
  const change = all.filter((one) => revisions(one) !== undefined);
  const have = all.filter(({ now }) => now.is === 'injected').length;
  const workloads = count(all.length, 'workload');
  const { name: namespace } = view.namespace;
  const found = [
    ...gains(view, gain, `${workloads} in ${namespace}; ${have} have one now`),
    ...losses(view, lose),
    ...changes(view, change),
  ];
  if (gain.length > 0 || !isSettled(view, all)) return found;
  const would = lose.length + change.length;
  if (would === 0 && !all.some(isLeftOut)) {
    return clear(
      `${namespace} has ${workloads}, ${have} with a sidecar now; a restart would change none.`,
    );
  }
  const figures = { gain: 0, lose: lose.length, change: change.length };
  return [
    ...found,
    tell('census', { namespace, workloads, have, would, ...figures }, view.grounds),
  ];
}

/** What would become of each is known, some are in, and none lacks pods. */
function isSettled({ everything }: View, all: readonly Counted[]): boolean {
  const isDecided = all.every(({ verdict }) => verdict.is !== 'unknown');
  return isDecided && !all.every(isLeftOut) && !everything.some(isShort);
}

/** The one it has and the one it would get, where they differ. */
function revisions({ now, verdict }: Counted) {
  if (now.is !== 'injected' || verdict.is !== 'injected' || now.revision === undefined) return;
  const next = verdict.by.revision;
  return now.revision === next ? undefined : { now: now.revision, next };
}

function gains(view: View, gain: readonly Counted[], ofAll: string): readonly Found[] {
  if (gain.length === 0) return [];
  const { name: namespace } = view.namespace;
  const subjects = gain.map(({ subject }) => subject);
  return [
    tell(
      'restart-pending',
      { who: namesText(gain) },
      {
        from: view.from,
        sure: false,
        reach: `${gain.length} of ${ofAll}`,
        about: { namespace },
        fixes: restartAll(namespace, subjects),
      },
    ),
  ];
}

function losses(view: View, lose: readonly Counted[]): readonly Found[] {
  const [first] = lose;
  if (!first) return [];
  const why = shortReason(view, first.subject);
  return [tell('loses-sidecar', { subject: textOf(view, lose), why }, view.grounds)];
}

function changes(view: View, change: readonly Counted[]): readonly Found[] {
  const moved = change[0] && revisions(change[0]);
  if (!moved) return [];
  return [tell('revision-changes', { subject: textOf(view, change), ...moved }, view.grounds)];
}

function textOf({ namespace }: View, all: readonly Counted[]): string {
  return `${count(all.length, 'workload')} of ${namespace.name} (${namesText(all)})`;
}

/** `Deployment web and Job report`; the first few. */
function namesText(all: readonly Counted[]): string {
  const named = all.map(({ subject }) => nameText(subject));
  const shown = named.slice(0, 4);
  return named.length > shown.length
    ? `${shown.join(', ')} and ${named.length - shown.length} more`
    : listed(shown);
}

function nameText({ maker }: Subject): string {
  return `${maker.kind} ${maker.name}`;
}
