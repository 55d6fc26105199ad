// A whole namespace: what a restart of everything would change.
import { plainPodIn } from '../../../shared/kube/subject.ts';
import { clear, count, listed, type Found, type Judgement } from '../../../../src/authoring.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { nowOf } from '../../../../src/model/linkerd/inject/subject.ts';
import type { Verdict } from '../../../../src/model/linkerd/inject/verdict.ts';
import { renewAll } from '../fixes.ts';
import { closed, shortReason } from '../gates.ts';
import { verdictFor } from '../here.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';
import { broken } from './unreachable.ts';

type Judged = {
  readonly subject: Subject;
  readonly now: ReturnType<typeof nowOf>;
  readonly verdict: Verdict;
};

export function census(view: View): Judgement {
  const all = view.everything.map((subject) => ({
    subject,
    now: nowOf(subject.pods),
    verdict: verdictFor(view, subject),
  }));
  if (all.length === 0) return closed(view, plainPodIn(view.namespace.name));
  const gain = all.filter(({ now, verdict }) => now.is === 'bare' && verdict.is === 'injected');
  const lose = all.filter((one) => hasProxy(one) && isLeftOut(one));
  const open = undecided(view, all);
  const failing = nextFails(view, all);
  const isSettled = open.length === 0 && failing.length === 0 && gain.length === 0;
  const calm = isSettled && !all.every(isLeftOut) && !view.everything.some(isShort);
  const { name: namespace } = view.namespace;
  const workloads = count(all.length, 'workload');
  const have = all.filter(hasProxy).length;
  const among = `${workloads} in ${namespace}; ${have} have one now`;
  // What a person asks of a namespace: the answer where nothing is wrong, advice beside what is.
  if (calm && !all.some(isLeftOut)) {
    return clear(
      `${namespace} has ${workloads}, ${have} with a proxy now; a restart would change none.`,
    );
  }
  const figures = { namespace, workloads, have, would: lose.length, gain: 0, lose: lose.length };
  return [
    ...leftOut(view, all),
    ...open,
    ...failing,
    ...(failing.length > 0 ? [] : pending(view, gain, among)),
    ...losing(view, lose),
    ...(calm ? [tell('census', figures, { from: view.from, sure: view.sure })] : []),
  ];
}

function isLeftOut({ verdict: { is } }: Judged): boolean {
  return is === 'not-called' || is === 'skipped' || is === 'no-webhook';
}

function hasProxy({ now: { is } }: Judged): boolean {
  return is === 'injected' || is === 'stuck';
}

/** All are out: why. Some are in and some are not: which, and why in a word. */
function leftOut(view: View, all: readonly Judged[]): readonly Found[] {
  const [firstOut] = all.filter(isLeftOut);
  if (firstOut && all.every(({ verdict }) => verdict.is !== 'injected')) {
    return closed(view, firstOut.subject);
  }
  const out = all.filter((one) => isLeftOut(one) && !hasProxy(one));
  if (out.length === 0) return [];
  const which = out.map(({ subject }) => {
    const { kind, name } = subject.maker;
    return `${kind} ${name} (${shortReason(view, subject)})`;
  });
  const about = { count: count(out.length, 'workload'), namespace: view.namespace.name };
  return [tell('stay-out', { ...about, which: firstOf(which, 6) }, { from: view.from })];
}

function undecided(view: View, all: readonly Judged[]): readonly Found[] {
  const open = all.flatMap(({ subject: { text: subject }, verdict }) =>
    verdict.is === 'unknown' ? [{ subject, why: verdict.because }] : [],
  );
  return open.slice(0, 1).map((about) => tell('undecided', about, { from: view.from }));
}

function nextFails(view: View, all: readonly Judged[]): readonly Found[] {
  const { name } = view.namespace;
  const maker = { kind: 'Namespace', name, namespace: name };
  const [by] = all.flatMap(({ verdict }) => (verdict.is === 'injected' ? [verdict.by] : []));
  return by ? broken(view, { text: `namespace ${name}`, maker }, by) : [];
}

function pending(view: View, gain: readonly Judged[], among: string): readonly Found[] {
  if (gain.length === 0) return [];
  const { name: namespace } = view.namespace;
  const subjects = gain.map(({ subject }) => subject);
  const rest = { from: view.from, sure: false, about: { namespace } };
  const reach = `${gain.length} of ${among}`;
  const fixes = renewAll(namespace, subjects);
  return [tell('restart-pending', { who: namesText(subjects) }, { ...rest, reach, fixes })];
}

function losing(view: View, lose: readonly Judged[]): readonly Found[] {
  const [first] = lose;
  if (!first) return [];
  const names = namesText(lose.map(({ subject }) => subject));
  const subject = `${count(lose.length, 'workload')} of ${view.namespace.name} (${names})`;
  const why = shortReason(view, first.subject);
  return [tell('loses-proxy', { subject, why }, { from: view.from, sure: view.sure })];
}

/** `Deployment web and Job report`. */
function namesText(subjects: readonly Subject[]): string {
  const names = subjects.map(({ maker }) => `${maker.kind} ${maker.name}`);
  return firstOf(names, 4);
}

function firstOf(items: readonly string[], most: number): string {
  const more = items.length - most;
  return listed([...items.slice(0, most), ...(more > 0 ? [`${more} more`] : [])]);
}
