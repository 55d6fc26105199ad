// How `injection` concludes about one pod or workload: pure functions, one a step.
import { age, stop, type Answer, type Skip } from '../../../src/authoring.ts';
import { bypassedBy } from '../../../src/model/istio/inject/bypass.ts';
import { injectionKey, reasonsOf, revKey } from '../../../src/model/istio/inject/reasons.ts';
import {
  hasAutoImage,
  nowOf,
  wantsAmbient,
  type Now,
} from '../../../src/model/istio/inject/subject.ts';
import { verdictOf, type Verdict } from '../../../src/model/istio/inject/verdict.ts';
import type { Webhook } from '../../../src/model/istio/inject/webhook.ts';
import type { MeshConfig } from '../../../src/facts/istio/mesh-config.ts';
import { selects } from '../../../src/model/kube/labels.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { createdAt, isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { troubleText, verdictFor } from './judge/refused.ts';
import { sayReason } from './reasons.ts';
import * as slots from './slots.ts';
import {
  sayer,
  subjectOf,
  viewOf,
  type Input,
  type InjectionSay,
  type Sofar,
  type View,
} from './view.ts';

type Judgement = void | typeof stop | Skip;
type Injected = Extract<Verdict, { is: 'injected' }>;

/** What has no sidecar by design, and ends the question. */
export function place(got: NonNullable<Sofar['pod']>, say: InjectionSay, input: Input): Judgement {
  const subject = subjectOf({ pod: got }, input);
  const first = input.target.is === 'pod' ? got.pod : got.all;
  if (!subject || first?.kind !== 'known') return;
  const about = { subject: subject.text };
  const now = nowOf(subject.pods);
  if (now.is === 'ambient') say('ambient', about, first);
  else if (now.is === 'static') say('static-pod', about, first);
  else if (now.is === 'mesh-part') say('mesh-part', { ...about, what: now.what }, first);
  else if (now.is === 'ended') say('ended', { ...about, phase: now.pod.phase }, first);
  else return;
  return stop;
}

/** Both gates: what would become of a new pod, held against what is there now. */
export function gates(got: Sofar, say: InjectionSay, input: Input): Judgement {
  const view = viewOf(got, input);
  const subject = view && subjectOf(got, input);
  if (!view) return;
  if (!subject) return sayNotListed(say, view, got, input);
  const stated = sayer(view, say);
  const verdict = verdictFor(view, subject);
  const now = nowOf(subject.pods);
  if (now.is === 'injected') return sayInjected(stated, view, subject, now, verdict);
  if (isAmbient(view, subject, verdict)) return sayAmbient(say, view, subject, now);
  if (hasAutoImage(subject.template)) say('auto-image', { subject: subject.text }, ...view.from);
  if (verdict.is === 'unknown') return sayUndecided(say, view, subject.text, verdict.because);
  if (verdict.is !== 'injected') return sayReasons(stated, view, subject);
  if (now.is === 'bare') return sayBare(stated, view, subject, now.pod, verdict);
  const unasked = isShort(subject) && refusalOf(view.refusals, subject.maker) === undefined;
  const closed = verdict.by.failurePolicy === 'Fail' && view.troubleOf(verdict.by) !== undefined;
  if (!unasked || closed || subject.failure !== undefined) return;
  const counts = { pods: subject.pods.length, wanted: subject.wanted };
  const about = { subject: subject.text, revision: verdict.by.revision };
  say('not-created', { ...slots.makerSlots(subject), ...about, ...counts }, ...view.from);
}

/** No webhook is called, and none should be. */
function isAmbient({ namespace }: View, { template }: Subject, verdict: Verdict): boolean {
  return verdict.is === 'not-called' && wantsAmbient(namespace.labels, template);
}

function sayAmbient(say: InjectionSay, view: View, subject: Subject, now: Now): void {
  const about = { subject: subject.text };
  if (now.is !== 'bare') say('ambient', about, ...view.from);
  else say('ambient-pending', { ...about, again: slots.makerSlots(subject).again }, ...view.from);
}

/** A kind that is not read, without a pod to read in its place. */
function sayNotListed(say: InjectionSay, view: View, { pod: got }: Sofar, { target }: Input): void {
  if (got?.all.kind !== 'known' || target.is !== 'workload') return;
  const subject = `${target.resource.kind} ${target.namespace}/${target.name}`;
  say(
    'undecided',
    { subject, why: 'it has no pods, and what it would make is not read' },
    ...view.from,
  );
}

/** A config that could not be asked is a gap already; match conditions, and a config that is not there, are not. */
export function sayUndecided(say: InjectionSay, view: View, subject: string, why: string): void {
  if (!view.configGap) say('undecided', { subject, why }, ...view.from);
}

export function sayReasons(say: InjectionSay, view: View, subject: Subject): void {
  const wish = { pod: subject.template, workloadLabels: subject.workloadLabels };
  const reasons = reasonsOf(view.world, view.namespace, wish);
  for (const reason of reasons) sayReason(say, view, subject, reason);
}

function sayInjected(
  say: InjectionSay,
  view: View,
  subject: Subject,
  { pod, revision }: Extract<Now, { is: 'injected' }>,
  verdict: Verdict,
): void {
  const about = { subject: subject.text };
  const how = bypassedBy(pod.annotations);
  if (wantsAmbient(view.namespace.labels, pod)) say('ambient-conflict', about, ...view.from);
  if (how.length > 0) say('bypassed', { ...about, how: how.join('; ') }, ...view.from);
  if (verdict.is === 'unknown') return;
  if (verdict.is !== 'injected') {
    const wish = { pod: subject.template, workloadLabels: subject.workloadLabels };
    const [reason] = reasonsOf(view.world, view.namespace, wish);
    say('loses-sidecar', { ...about, why: slots.shortReason(reason) }, ...view.from);
    return;
  }
  const next = verdict.by.revision;
  if (revision !== undefined && revision !== next) {
    say('revision-changes', { ...about, now: revision, next }, ...view.from);
  }
  sayAdvice(say, view, subject, verdict);
  sayRestartRefused(say, view, subject, verdict);
}

/** What is odd about how it is, or would be, injected. */
function sayAdvice(say: InjectionSay, view: View, subject: Subject, verdict: Injected): void {
  if (verdict.all.length > 1) {
    const webhooks = verdict.all.map(({ configuration }) => configuration).join(', then ');
    say('double-injection', { subject: subject.text, webhooks }, ...view.from);
  }
  const { labels, name } = view.namespace;
  const rev = labels[revKey];
  if (rev !== undefined && labels[injectionKey] !== undefined && rev !== verdict.by.revision) {
    const revision = verdict.by.revision;
    say('labels-conflict', { namespace: name, rev, revision }, ...view.from);
  }
}

function sayRestartRefused(
  say: InjectionSay,
  view: View,
  subject: Subject,
  { by }: Injected,
): void {
  const trouble = by.failurePolicy === 'Fail' ? view.troubleOf(by) : undefined;
  if (!trouble) return;
  const at = { ...slots.makerSlots(subject), ...slots.backendSlots(view, by) };
  const { configuration } = by;
  const why = troubleText(trouble);
  say('restart-refused', { ...at, subject: subject.text, configuration, why }, ...view.answering);
}

/** No sidecar, though a new pod would get one: it was made before, or while nobody answered. */
function sayBare(
  say: InjectionSay,
  view: View,
  subject: Subject,
  pod: Pod,
  verdict: Injected,
): void {
  const at = slots.makerSlots(subject);
  const about = { ...at, subject: subject.text, revision: verdict.by.revision };
  const older = olderThan(view, pod, verdict.by);
  const trouble = view.troubleOf(verdict.by);
  const open = verdict.by.failurePolicy === 'Ignore';
  const { webhooks, configs } = view.world;
  const own = verdictOf(webhooks, configs, view.namespace, pod);
  if (open && (trouble || !older)) {
    const why = trouble ? troubleText(trouble) : 'nothing else explains a pod without one';
    const more = { ...about, ...slots.backendSlots(view, verdict.by), why };
    const stated = trouble ? say : say.likely;
    stated(
      'failing-open',
      { ...more, configuration: verdict.by.configuration },
      ...view.answering,
      ...view.from,
    );
  } else if (own.is !== 'injected' && own.is !== 'unknown') {
    const what = 'its pods carry other labels than the template has now';
    say('older-than-template', { ...about, what }, ...view.from);
  } else if (older) say.likely(older.is, { ...about, what: older.what }, ...view.from);
  else say('unexplained', about, ...view.from);
  sayAdvice(say, view, subject, verdict);
  sayRestartRefused(say, view, subject, verdict);
}

/** The latest of what may have changed after the pod was made. Which field was changed is not kept: likely, at most. */
function olderThan(view: View, pod: Pod, by: Webhook) {
  const made = createdAt(pod);
  if (made === undefined) return undefined;
  const { changed, name } = view.namespace;
  const found = [
    {
      is: 'older-than-label' as const,
      at: changed?.at ?? 0,
      what: `namespace ${name} was last changed by ${changed?.by ?? 'somebody'}`,
    },
    {
      is: 'older-than-webhook' as const,
      at: by.created ?? 0,
      what: `${by.configuration} was created`,
    },
  ];
  const [latest] = found.filter(({ at }) => at > made).toSorted((a, b) => b.at - a.at);
  return latest && { ...latest, what: `${latest.what} ${age(latest.at - made)} after the pod` };
}

/** discoverySelectors are OR-ed; none means every namespace (istio pkg/kube/namespace/filter.go). */
export function discovery(
  got: Answer<MeshConfig>,
  say: InjectionSay,
  input: Input,
  sofar: Sofar,
): Judgement {
  const here = sofar.namespace;
  if (got.kind !== 'known' || here?.kind !== 'known') return;
  const { discoverySelectors: selectors } = got.value;
  const labels = { ...here.value.labels, 'kubernetes.io/metadata.name': here.value.name };
  if (selectors.length === 0 || selectors.some((selector) => selects(selector, labels))) return;
  const revision = input.revision ?? 'default';
  say('not-discovered', { revision, namespace: here.value.name }, got, here);
}
