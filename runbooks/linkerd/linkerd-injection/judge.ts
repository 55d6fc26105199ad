// How `linkerd-injection` concludes about one pod or workload: pure functions, one a step.
import { cite, clear, stop, type Answer, type Clear } from '../../../src/authoring.ts';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { sidecarOf } from '../../../src/model/linkerd/inject/decide.ts';
import { startOf, type Start } from '../../../src/model/linkerd/inject/start.ts';
import { nowOf } from '../../../src/model/linkerd/inject/subject.ts';
import type { Verdict } from '../../../src/model/linkerd/inject/verdict.ts';
import { sayBare } from './judge/bare.ts';
import { reasonsFor, sayReasons } from './reasons.ts';
import * as slots from './slots.ts';
import {
  sayer,
  subjectOf,
  verdictFor,
  viewOf,
  type Input,
  type InjectionSay,
  type Sofar,
  type View,
} from './view.ts';

/** What has no proxy by design, and ends the question. */
export function place(
  got: NonNullable<Sofar['pod']>,
  say: InjectionSay,
  input: Input,
): void | typeof stop {
  const subject = subjectOf({ pod: got }, input);
  const first = input.target.is === 'pod' ? got.pod : got.all;
  if (!subject || first?.kind !== 'known') return;
  const about = { subject: subject.text };
  const now = nowOf(subject.pods);
  if (now.is === 'static') say('static-pod', about, first);
  else if (now.is === 'mesh-part') say('mesh-part', { ...about, what: now.what }, first);
  else if (now.is === 'ended') say('ended', { ...about, phase: now.pod.phase }, first);
  else return;
  return stop;
}

/** Both gates: what would become of a new pod, held against what is there now. */
export function gates(got: Sofar, say: InjectionSay, input: Input): void | Clear {
  const view = viewOf(got);
  const subject = view && subjectOf(got, input);
  if (!view) return;
  if (!subject) return sayNotListed(say, view, got, input);
  const stated = sayer(view, say);
  const verdict = verdictFor(view, subject);
  const now = nowOf(subject.pods);
  if (now.is === 'injected' || now.is === 'stuck') {
    return sayInjected(stated, view, subject, now.pod, verdict);
  }
  if (verdict.is === 'unknown') {
    return say('undecided', { subject: subject.text, why: verdict.because }, ...view.from);
  }
  if (verdict.is !== 'injected') return sayReasons(stated, view, subject);
  if (now.is === 'bare') return sayBare(stated, view, subject, now.pod, verdict);
  const unasked = isShort(subject) && refusalOf(view.refusals, subject.maker) === undefined;
  const closed = verdict.by.failurePolicy === 'Fail' && view.troubleOf(verdict.by) !== undefined;
  if (!unasked || closed || subject.failure !== undefined) return;
  const counts = { pods: subject.pods.length, wanted: subject.wanted };
  const about = { ...slots.makerSlots(subject), subject: subject.text };
  say('not-created', { ...about, ...counts }, ...view.from);
}

/** A kind that is not read, without a pod to read in its place. */
function sayNotListed(say: InjectionSay, view: View, { pod: got }: Sofar, { target }: Input): void {
  if (got?.all.kind !== 'known' || target.is !== 'workload') return;
  const subject = `${target.resource.kind} ${target.namespace}/${target.name}`;
  const why = 'it has no pods, and what it would make is not read';
  say('undecided', { subject, why }, ...view.from);
}

function sayInjected(
  say: InjectionSay,
  view: View,
  subject: Subject,
  pod: Pod,
  verdict: Verdict,
): void | Clear {
  const about = { subject: subject.text };
  const other = pod.containers.find((one) => sidecarOf([one])?.of === 'Istio');
  if (other) {
    const off = slots.templateSlots(subject, { 'sidecar.istio.io/inject': 'false' }, {});
    const at = { ...slots.makerSlots(subject), ...about, ...off, container: other.name };
    say('two-proxies', at, ...view.from);
  }
  if (verdict.is === 'unknown' || other) return;
  if (verdict.is !== 'injected') {
    const why = slots.shortReason(reasonsFor(view, subject)[0]);
    return say('loses-proxy', { ...about, why }, ...view.from);
  }
  if (sayBroken(say, view, subject, verdict)) return;
  if (startOf(pod).is === 'fine' && view.sure) {
    return clear(`${subject.text} has a proxy, and a new pod would get one.`);
  }
}

/** The webhook as it is now would let the next pod down. A NetworkPolicy alone proves nothing while pods are injected. */
export function sayBroken(
  say: InjectionSay,
  view: View,
  subject: Pick<Subject, 'text' | 'maker'>,
  { by }: Extract<Verdict, { is: 'injected' }>,
): boolean {
  const trouble = view.troubleOf(by);
  if (!trouble || trouble.is === 'blocked') return false;
  const answering = { ...slots.answerSlots(view, by, trouble), ...slots.trustSlots(view, by) };
  const lose = by.failurePolicy === 'Fail' ? 'be refused' : 'get no proxy';
  const why = slots.troubleText(trouble);
  const bundleText = slots.bundleText(by, trouble);
  const { again } = slots.makerSlots(subject as Subject);
  const about = { ...answering, subject: subject.text, again, lose, why, bundleText };
  say('webhook-broken', about, ...view.answering, ...view.from);
  return true;
}

/** The first pod whose proxy does not come up. */
export function troubled(
  pods: readonly Pod[],
): { readonly pod: Pod; readonly start: Start } | undefined {
  const order = ['stuck', 'init-fails', 'validator-fails', 'proxy-not-ready'] as const;
  const starts = pods
    .filter((pod) => !pod.deleting && pod.phase !== 'Succeeded' && pod.phase !== 'Failed')
    .map((pod) => ({ pod, start: startOf(pod) }));
  for (const is of order) {
    const found = starts.find(({ start }) => start.is === is);
    if (found) return found;
  }
  return undefined;
}

/** A proxy that was injected and does not come up. */
export function start(
  words: Answer<readonly string[]> | undefined,
  say: InjectionSay,
  input: Input,
  sofar: Sofar,
): void {
  const subject = subjectOf(sofar, input);
  const found = subject && troubled(subject.pods);
  const got = input.target.is === 'pod' ? sofar.pod?.pod : sofar.pod?.all;
  if (!found || got?.kind !== 'known') return;
  const { pod, start: how } = found;
  const at = { ...slots.makerSlots(subject), subject: subject.text };
  const line = words?.kind === 'known' ? reasonOf(words.value) : undefined;
  const said = line === undefined ? '' : `It said: ${line}`;
  const from = cite(got, words);
  if (how.is === 'init-fails') say('init-fails', { ...at, state: how.state, said }, ...from);
  if (how.is === 'validator-fails') {
    const node = pod.node ?? 'its node';
    say('validator-fails', { ...at, state: how.state, said, node }, ...from);
  }
  if (how.is === 'stuck') {
    const off = { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' };
    say('native-sidecar-unknown', { ...at, ...slots.templateSlots(subject, {}, off) }, ...from);
  }
  if (how.is === 'proxy-not-ready') say('proxy-not-ready', { ...at, state: how.state }, ...from);
}
