// How `injection` concludes about a whole namespace: what a restart of everything would change.
import { clear, count, listed, type Clear } from '../../../../src/authoring.ts';
import { reasonsOf, type Reason } from '../../../../src/model/istio/inject/reasons.ts';
import { nowOf, wantsAmbient } from '../../../../src/model/istio/inject/subject.ts';
import type { Verdict } from '../../../../src/model/istio/inject/verdict.ts';
import { rolloutTargets } from '../../../../src/model/kube/maker-fixes.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { sayRefused, verdictFor } from './refused.ts';
import { sayReasons, sayUndecided } from '../judge.ts';
import * as slots from '../slots.ts';
import { sayer, viewOf, type InjectionSay, type Input, type Sofar, type View } from '../view.ts';

type Judged = {
  readonly subject: Subject;
  readonly now: ReturnType<typeof nowOf>;
  readonly verdict: Verdict;
};

/** Pods that are refused, of the first workload that misses some. */
export function refusedIn(got: Sofar, say: InjectionSay, input: Input): void {
  const view = viewOf(got, input);
  if (!view) return;
  const short = view.everything.filter(isShort);
  const stated = sayer(view, say);
  const reach = `${count(short.length, 'workload')} of ${view.everything.length} in ${view.namespace.name}`;
  for (const subject of short) {
    if (sayRefused(stated, view, subject, got, `${reach} get no pods`)) return;
  }
}

export function gatesOf(got: Sofar, say: InjectionSay, input: Input): void | Clear {
  const view = viewOf(got, input);
  if (!view) return;
  const stated = sayer(view, say);
  const all = view.everything
    .map((subject) => ({
      subject,
      now: nowOf(subject.pods),
      verdict: verdictFor(view, subject),
    }))
    .filter(
      (one) => !(isLeftOut(one) && wantsAmbient(view.namespace.labels, one.subject.template)),
    );
  if (all.length === 0) return sayEmpty(stated, view);
  const [firstOut] = all.filter(isLeftOut);
  if (firstOut && all.every(({ verdict }) => verdict.is !== 'injected')) {
    sayReasons(stated, view, firstOut.subject);
  } else sayLeftOut(say, view, all);
  const open = all.find(({ verdict }) => verdict.is === 'unknown');
  if (open?.verdict.is === 'unknown') {
    sayUndecided(say, view, open.subject.text, open.verdict.because);
  }
  return sayChanges(stated, view, all);
}

function sayEmpty(say: InjectionSay, view: View): void {
  const subject = nobody(view);
  if (wantsAmbient(view.namespace.labels, subject.template)) {
    say('ambient', { subject: `namespace ${view.namespace.name}` }, ...view.from);
  } else sayReasons(say, view, subject);
}

/** A namespace without workloads: what a plain pod would meet there. */
function nobody({ namespace }: View): Subject {
  return {
    text: `pods of ${namespace.name}`,
    namespace: namespace.name,
    maker: { kind: 'Pod', name: namespace.name, namespace: namespace.name },
    template: {
      labels: {},
      annotations: {},
      hostNetwork: false,
      automount: undefined,
      containers: [],
    },
    workloadLabels: {},
    workloadAnnotations: {},
    pods: [],
    wanted: 0,
    failure: undefined,
    paused: false,
  };
}

function isLeftOut({ verdict }: Judged): boolean {
  return verdict.is === 'not-called' || verdict.is === 'skipped' || verdict.is === 'refused';
}

/** Some are in and some are not: which, and why. */
function sayLeftOut(say: InjectionSay, view: View, all: readonly Judged[]): void {
  const out = all.filter((one) => isLeftOut(one) && one.now.is !== 'injected');
  if (out.length === 0) return;
  const which = out.slice(0, 6).map(({ subject }) => {
    return `${subject.maker.kind} ${subject.maker.name} (${slots.shortReason(reasonFor(view, subject))})`;
  });
  const more = out.length > which.length ? [`${out.length - which.length} more`] : [];
  const counted = count(out.length, 'workload');
  const about = {
    count: counted,
    namespace: view.namespace.name,
    which: listed([...which, ...more]),
  };
  say('stay-out', about, ...view.from);
}

function reasonFor({ world, namespace }: View, subject: Subject): Reason | undefined {
  const wish = { pod: subject.template, workloadLabels: subject.workloadLabels };
  return reasonsOf(world, namespace, wish)[0];
}

/** What a restart of everything would change: sidecars won, lost, and of another revision. */
function sayChanges(say: InjectionSay, view: View, all: readonly Judged[]): void | Clear {
  const gain = all.filter(({ now, verdict }) => now.is === 'bare' && verdict.is === 'injected');
  const lose = all.filter((one) => one.now.is === 'injected' && isLeftOut(one));
  const change = all.filter(
    ({ now, verdict }) =>
      now.is === 'injected' &&
      verdict.is === 'injected' &&
      now.revision !== undefined &&
      now.revision !== verdict.by.revision,
  );
  const [first] = gain;
  if (first) {
    const who = slots.namesText(gain.map(({ subject }) => subject));
    const have = all.filter(({ now }) => now.is === 'injected').length;
    const reach = `${gain.length} of ${count(all.length, 'workload')} in ${view.namespace.name}; ${have} have one now`;
    const { namespace, targets } = restartSlots(view, gain);
    say.likely('restart-pending', { who, reach, namespace, targets }, ...view.from);
  }
  if (lose[0]) {
    const why = slots.shortReason(reasonFor(view, lose[0].subject));
    say('loses-sidecar', { subject: textOf(view, lose), why }, ...view.from);
  }
  const [moved] = change;
  if (moved?.now.is === 'injected' && moved.verdict.is === 'injected') {
    const now = moved.now.revision ?? '';
    const subject = textOf(view, change);
    say('revision-changes', { subject, now, next: moved.verdict.by.revision }, ...view.from);
  }
  const decided = all.every(({ verdict }) => verdict.is !== 'unknown');
  if (decided && !first && !all.every(isLeftOut) && !view.everything.some(isShort)) {
    return sayCensus(say, view, { all, gain, lose, change });
  }
}

type Census = Readonly<Record<'all' | 'gain' | 'lose' | 'change', readonly Judged[]>>;

function restartSlots({ namespace }: View, all: readonly Judged[]) {
  return {
    namespace: namespace.name,
    targets: rolloutTargets(all.map(({ subject }) => subject.maker)),
  };
}

/** What a person asks of a namespace: the answer where nothing is wrong, advice beside what is. */
function sayCensus(
  say: InjectionSay,
  view: View,
  { all, gain, lose, change }: Census,
): void | Clear {
  const have = all.filter(({ now }) => now.is === 'injected').length;
  const would = gain.length + lose.length + change.length;
  const { name: namespace } = view.namespace;
  const workloads = count(all.length, 'workload');
  if (would === 0 && !all.some(isLeftOut)) {
    return clear(
      `${namespace} has ${workloads}, ${have} with a sidecar now; a restart would change none.`,
    );
  }
  const figures = { gain: gain.length, lose: lose.length, change: change.length };
  say('census', { namespace, workloads, have, would, ...figures }, ...view.from);
}

function textOf({ namespace }: View, all: readonly Judged[]): string {
  const names = slots.namesText(all.map(({ subject }) => subject));
  return `${count(all.length, 'workload')} of ${namespace.name} (${names})`;
}
