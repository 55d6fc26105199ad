// How `linkerd-injection` concludes about a whole namespace: what a restart of everything would change.
import { clear, count, listed, type Clear } from '../../../../src/authoring.ts';
import { rolloutTargets } from '../../../../src/model/kube/maker-fixes.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { nowOf } from '../../../../src/model/linkerd/inject/subject.ts';
import type { Verdict } from '../../../../src/model/linkerd/inject/verdict.ts';
import { sayRefused } from './refused.ts';
import { sayBroken } from '../judge.ts';
import { reasonsFor, sayReasons } from '../reasons.ts';
import * as slots from '../slots.ts';
import { sayer, verdictFor, viewOf, type InjectionSay, type Sofar, type View } from '../view.ts';

type Judged = {
  readonly subject: Subject;
  readonly now: ReturnType<typeof nowOf>;
  readonly verdict: Verdict;
};

/** Pods that are refused, of the first workload that misses some. */
export function refusedIn(got: Sofar, say: InjectionSay): void {
  const view = viewOf(got);
  if (!view) return;
  const short = view.everything.filter(isShort);
  const stated = sayer(view, say);
  const reach = `${count(short.length, 'workload')} of ${view.everything.length} in ${view.namespace.name} get no pods`;
  for (const subject of short) {
    if (sayRefused(stated, view, subject, got, reach)) return;
  }
}

export function gatesOf(got: Sofar, say: InjectionSay): void | Clear {
  const view = viewOf(got);
  if (!view) return;
  const stated = sayer(view, say);
  const all = view.everything.map((subject) => ({
    subject,
    now: nowOf(subject.pods),
    verdict: verdictFor(view, subject),
  }));
  if (all.length === 0) return sayReasons(stated, view, nobody(view));
  const [firstOut] = all.filter(isLeftOut);
  if (firstOut && all.every(({ verdict }) => verdict.is !== 'injected')) {
    sayReasons(stated, view, firstOut.subject);
  } else sayLeftOut(say, view, all);
  const open = all.find(({ verdict }) => verdict.is === 'unknown');
  if (open?.verdict.is === 'unknown') {
    say('undecided', { subject: open.subject.text, why: open.verdict.because }, ...view.from);
  }
  return sayChanges(stated, view, all);
}

/** A namespace without workloads: what a plain pod would meet there. */
function nobody({ namespace }: View): Subject {
  const { name } = namespace;
  const template = { labels: {}, annotations: {}, hostNetwork: false };
  return {
    text: `pods of ${name}`,
    namespace: name,
    maker: { kind: 'Pod', name, namespace: name },
    template: { ...template, automount: undefined, containers: [] },
    workloadLabels: {},
    workloadAnnotations: {},
    pods: [],
    wanted: 0,
    failure: undefined,
    paused: false,
  };
}

function isLeftOut({ verdict: { is } }: Judged): boolean {
  return is === 'not-called' || is === 'skipped' || is === 'no-webhook';
}

function hasProxy({ now: { is } }: Judged): boolean {
  return is === 'injected' || is === 'stuck';
}

/** Some are in and some are not: which, and why. */
function sayLeftOut(say: InjectionSay, view: View, all: readonly Judged[]): void {
  const out = all.filter((one) => isLeftOut(one) && !hasProxy(one));
  if (out.length === 0) return;
  const which = out.slice(0, 6).map(({ subject }) => {
    const why = slots.shortReason(reasonsFor(view, subject)[0]);
    return `${subject.maker.kind} ${subject.maker.name} (${why})`;
  });
  const more = out.length > which.length ? [`${out.length - which.length} more`] : [];
  const about = { count: count(out.length, 'workload'), namespace: view.namespace.name };
  say('stay-out', { ...about, which: listed([...which, ...more]) }, ...view.from);
}

/** What a restart of everything would change: proxies won and lost. */
function sayChanges(say: InjectionSay, view: View, all: readonly Judged[]): void | Clear {
  const gain = all.filter(({ now, verdict }) => now.is === 'bare' && verdict.is === 'injected');
  const lose = all.filter((one) => hasProxy(one) && isLeftOut(one));
  const have = all.filter(hasProxy).length;
  const { name: namespace } = view.namespace;
  const injected = all.find(({ verdict }) => verdict.is === 'injected');
  const text = `namespace ${namespace}`;
  const maker = { kind: 'Namespace', name: namespace, namespace };
  const broken =
    injected?.verdict.is === 'injected' && sayBroken(say, view, { text, maker }, injected.verdict);
  if (gain.length > 0 && !broken) {
    const who = slots.namesText(gain.map(({ subject }) => subject));
    const reach = `${gain.length} of ${count(all.length, 'workload')} in ${namespace}; ${have} have one now`;
    const targets = rolloutTargets(gain.map(({ subject }) => subject.maker));
    say.likely('restart-pending', { who, reach, namespace, targets }, ...view.from);
  }
  if (lose[0]) {
    const why = slots.shortReason(reasonsFor(view, lose[0].subject)[0]);
    const names = slots.namesText(lose.map(({ subject }) => subject));
    const subject = `${count(lose.length, 'workload')} of ${namespace} (${names})`;
    say('loses-proxy', { subject, why }, ...view.from);
  }
  const decided = all.every(({ verdict }) => verdict.is !== 'unknown');
  const calm = decided && !broken && gain.length === 0 && !all.every(isLeftOut);
  if (!calm || view.everything.some(isShort)) return;
  return sayCensus(say, view, all, lose.length);
}

/** What a person asks of a namespace: the answer where nothing is wrong, advice beside what is. */
function sayCensus(
  say: InjectionSay,
  view: View,
  all: readonly Judged[],
  lose: number,
): void | Clear {
  const have = all.filter(hasProxy).length;
  const { name: namespace } = view.namespace;
  const workloads = count(all.length, 'workload');
  if (lose === 0 && !all.some(isLeftOut)) {
    return clear(
      `${namespace} has ${workloads}, ${have} with a proxy now; a restart would change none.`,
    );
  }
  say('census', { namespace, workloads, have, would: lose, gain: 0, lose }, ...view.from);
}
