// How `injection` concludes about pods that are not there: refused by a webhook nobody answers, by istiod, by a policy.
import { cite, type Seen } from '../../../../src/authoring.ts';
import { readRefusal, type Refusal } from '../../../../src/model/kube/refusal.ts';
import { verdictOf, type Verdict } from '../../../../src/model/istio/inject/verdict.ts';
import { istioWords, type Webhook } from '../../../../src/model/istio/inject/webhook.ts';
import { refusalOf } from '../../../../src/facts/kube/refusals.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import * as slots from '../slots.ts';
import {
  sayer,
  subjectOf,
  viewOf,
  type Input,
  type InjectionSay,
  type Sofar,
  type Trouble,
  type View,
} from '../view.ts';

export function verdictFor(view: View, subject: Subject): Verdict {
  const { webhooks, configs } = view.world;
  return verdictOf(webhooks, configs, view.namespace, subject.template);
}

/** Pods that are refused: by a webhook nobody answers, by istiod, by a policy. */
export function refused(got: Sofar, say: InjectionSay, input: Input): void {
  const view = viewOf(got, input);
  const subject = view && subjectOf(got, input);
  if (!view || !subject || !isShort(subject)) return;
  sayRefused(sayer(view, say), view, subject, got, '');
}

/** True when a refusal was stated. */
export function sayRefused(
  say: InjectionSay,
  view: View,
  subject: Subject,
  { refusals, backends }: Sofar,
  reach: string,
): boolean {
  const event = refusalOf(view.refusals, subject.maker);
  const message = event?.message ?? subject.failure;
  const from = cite(
    ...view.from,
    refusals,
    ...(backends?.services ?? []),
    backends?.plane,
    backends?.root,
  );
  const at = { ...slots.makerSlots(subject), subject: subject.text, reach };
  if (message === undefined) return sayUnanswered(say, view, subject, reach, from);
  const read = readRefusal(message, istioWords);
  const { why } = read;
  if (read.is === 'unreachable' && read.injector) {
    const by = called(view, subject) ?? entryNamed(view, read.webhook);
    const more = { ...at, ...slots.backendSlots(view, by) };
    const trouble = by && view.troubleOf(by);
    const full = trouble?.is === 'outage' ? `${why}: ${trouble.why}` : why;
    if (!read.trust) say('webhook-unreachable', { ...more, why: full }, ...from);
    else {
      const bundle = by ? slots.trustText(view.trustOf(by)) : '';
      say('webhook-untrusted', { ...more, ...signing(by), why, bundle }, ...from);
    }
  } else if (read.is === 'denied' && read.injector) {
    say('injection-failed', { ...at, why }, ...from);
  } else if (read.is === 'pod-security') {
    const who = read.sidecar ? sidecarBreaks : 'The pods break the rule without a sidecar too.';
    const enforced = read.sidecar ? (read.level.split(':')[0] ?? '') : '';
    say('pod-security', { ...at, why, level: read.level, who, enforced }, ...from);
  } else say('refused', { ...at, why, who: whoText(read) }, ...from);
  return true;
}

function entryNamed({ world }: View, name: string): Webhook | undefined {
  return world.webhooks.find(({ entry }) => entry === name);
}

const sidecarBreaks =
  'It is the injected containers that break the rule: istio-init needs NET_ADMIN and NET_RAW, which the istio-cni plugin makes unnecessary.';

function whoText(read: Refusal): string {
  if (read.is === 'unreachable' || read.is === 'denied')
    return `This is not injection: it is the webhook ${read.webhook}.`;
  return read.sidecar
    ? 'It is the injected containers that break the rule.'
    : 'If it speaks of containers, the sidecar is one of them: its own requests and limits count.';
}

/** No event, yet nothing can answer the webhook that is called: it fails closed. */
function sayUnanswered(
  say: InjectionSay,
  view: View,
  subject: Subject,
  reach: string,
  from: readonly [Seen, ...Seen[]],
): boolean {
  const by = called(view, subject);
  const trouble = by?.failurePolicy === 'Fail' ? view.troubleOf(by) : undefined;
  if (!by || !trouble) return false;
  const at = { ...slots.makerSlots(subject), subject: subject.text, reach };
  const more = { ...at, ...slots.backendSlots(view, by), why: troubleText(trouble) };
  if (trouble.is === 'outage') say('webhook-unreachable', more, ...from);
  else {
    const bundle = slots.trustText(trouble.trust);
    say('webhook-untrusted', { ...more, ...signing(by), bundle }, ...from);
  }
  return true;
}

/** Without its label no istiod keeps its caBundle; `label` is empty where that is not what is wrong. */
function signing(by: Webhook | undefined) {
  return { configuration: by?.configuration ?? '', label: by && !by.kept ? by.revision : '' };
}

export function troubleText(trouble: Trouble): string {
  if (trouble.is === 'outage') return trouble.why;
  const text = slots.trustText(trouble.trust).replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The webhook that a new pod would be sent to. */
function called(view: View, subject: Subject): Webhook | undefined {
  const verdict = verdictFor(view, subject);
  return 'by' in verdict ? verdict.by : undefined;
}
