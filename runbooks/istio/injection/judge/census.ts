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
export type Counted = {
  readonly subject: Subject;
  readonly now: Now;
  readonly verdict: Verdict;
};

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
  const which = out
    .slice(0, 6)
    .map(({ subject }) => `${nameText(subject)} (${shortReason(view, subject)})`);
  const more = out.length > which.length ? [`${out.length - which.length} more`] : [];
  return [
    tell(
      'stay-out',
      {
        count: count(out.length, 'workload'),
        namespace: view.namespace.name,
        which: listed([...which, ...more]),
      },
      { from: view.from },
    ),
  ];
}

/** Findings, or the answer where nothing is wrong. */
export function census(view: View, all: readonly Counted[]): readonly Found[] | Clear {
  const sums: Sums = {
    have: all.filter(({ now }) => now.is === 'injected').length,
    gain: all.filter(({ now, verdict }) => now.is === 'bare' && verdict.is === 'injected'),
    lose: all.filter((one) => one.now.is === 'injected' && isLeftOut(one)),
    change: all.filter((one) => revisions(one) !== undefined),
  };
  const found = [...gains(view, all, sums), ...losses(view, sums), ...changes(view, sums)];
  const isDecided = all.every(({ verdict }) => verdict.is !== 'unknown');
  const isPlain = sums.gain.length === 0 && !all.every(isLeftOut) && !view.everything.some(isShort);
  if (!isDecided || !isPlain) return found;
  const would = sums.lose.length + sums.change.length;
  const { name: namespace } = view.namespace;
  const workloads = count(all.length, 'workload');
  if (would === 0 && !all.some(isLeftOut)) {
    return clear(
      `${namespace} has ${workloads}, ${sums.have} with a sidecar now; a restart would change none.`,
    );
  }
  const figures = { gain: 0, lose: sums.lose.length, change: sums.change.length };
  const about = { namespace, workloads, have: sums.have, would, ...figures };
  return [...found, tell('census', about, view.grounds)];
}

type Sums = { readonly have: number } & Readonly<
  Record<'gain' | 'lose' | 'change', readonly Counted[]>
>;

/** The one it has and the one it would get, where they differ. */
function revisions({ now, verdict }: Counted) {
  if (now.is !== 'injected' || verdict.is !== 'injected' || now.revision === undefined) return;
  const next = verdict.by.revision;
  return now.revision === next ? undefined : { now: now.revision, next };
}

function gains(view: View, all: readonly Counted[], { gain, have }: Sums): readonly Found[] {
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
        reach: `${gain.length} of ${count(all.length, 'workload')} in ${namespace}; ${have} have one now`,
        about: { namespace },
        fixes: restartAll(namespace, subjects),
      },
    ),
  ];
}

function losses(view: View, { lose }: Sums): readonly Found[] {
  const [first] = lose;
  if (!first) return [];
  const why = shortReason(view, first.subject);
  return [tell('loses-sidecar', { subject: textOf(view, lose), why }, view.grounds)];
}

function changes(view: View, { change }: Sums): readonly Found[] {
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
