// How `linkerd-injection` concludes about pods that are not there: refused by a webhook nobody answers, by the injector,
// by a policy.
import { cite, type Seen } from '../../../../src/authoring.ts';
import { readRefusal, type Refusal } from '../../../../src/model/kube/refusal.ts';
import { refusalOf } from '../../../../src/facts/kube/refusals.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { linkerdWords, type Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import * as slots from '../slots.ts';
import {
  sayer,
  subjectOf,
  verdictFor,
  viewOf,
  type Input,
  type InjectionSay,
  type Sofar,
  type View,
} from '../view.ts';

export function refused(got: Sofar, say: InjectionSay, input: Input): void {
  const view = viewOf(got);
  const subject = view && subjectOf(got, input);
  if (!view || !subject || !isShort(subject)) return;
  sayRefused(sayer(view, say), view, subject, got, '');
}

/** True when a refusal was stated. */
export function sayRefused(
  say: InjectionSay,
  view: View,
  subject: Subject,
  { said }: Sofar,
  reach: string,
): boolean {
  const message = refusalOf(view.refusals, subject.maker)?.message ?? subject.failure;
  const from = cite(...view.from, said?.refusals, ...view.answering);
  const at = { ...slots.makerSlots(subject), subject: subject.text, reach };
  if (message === undefined) return sayUnanswered(say, view, subject, at, from);
  const read = readRefusal(message, linkerdWords);
  if (read.is === 'unreachable' && read.injector) {
    sayUnreachable(say, view, subject, at, read, from);
  } else if (read.is === 'denied' && read.injector) {
    say('injection-failed', { ...at, why: read.why }, ...from);
  } else if (read.is === 'pod-security') {
    const who = read.sidecar ? initBreaks : 'The pods break the rule without a proxy too.';
    const enforced = read.sidecar ? (read.level.split(':')[0] ?? '') : '';
    say('pod-security', { ...at, why: read.why, level: read.level, who, enforced }, ...from);
  } else say('refused', { ...at, why: read.why, who: whoText(read) }, ...from);
  return true;
}

type At = ReturnType<typeof slots.makerSlots> & {
  readonly subject: string;
  readonly reach: string;
};

function sayUnreachable(
  say: InjectionSay,
  view: View,
  subject: Subject,
  at: At,
  read: Extract<Refusal, { is: 'unreachable' }>,
  from: readonly [Seen, ...Seen[]],
): void {
  const by = called(view, subject) ?? view.world.webhooks.find((w) => w.entry === read.webhook);
  const trouble = by && view.troubleOf(by);
  const more = { ...at, ...slots.answerSlots(view, by, trouble) };
  const behind = trouble && trouble.is !== 'untrusted' ? `: ${slots.troubleText(trouble)}` : '';
  if (!read.trust) say('webhook-unreachable', { ...more, why: read.why + behind }, ...from);
  else {
    const bundleText = by ? sentence(slots.trustText(view.trustOf(by))) : '';
    const args = { ...more, ...slots.trustSlots(view, by), why: read.why, bundleText };
    say('webhook-untrusted', args, ...from);
  }
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

const initBreaks =
  'It is what Linkerd adds that breaks the rule: linkerd-init needs NET_ADMIN and NET_RAW, which the linkerd-cni plugin makes unnecessary.';

function whoText(read: Refusal): string {
  if (read.is === 'unreachable' || read.is === 'denied')
    return `This is not injection: it is the webhook ${read.webhook}.`;
  return read.sidecar
    ? 'It is the injected containers that break the rule.'
    : 'If it speaks of containers, the proxy is one of them: its own requests and limits count.';
}

/** No event, yet nothing can answer the webhook that is called: it fails closed. */
function sayUnanswered(
  say: InjectionSay,
  view: View,
  subject: Subject,
  at: At,
  from: readonly [Seen, ...Seen[]],
): boolean {
  const by = called(view, subject);
  const trouble = by?.failurePolicy === 'Fail' ? view.troubleOf(by) : undefined;
  if (!by || !trouble || trouble.is === 'blocked') return false;
  const why = slots.troubleText(trouble);
  const more = { ...at, ...slots.answerSlots(view, by, trouble), why };
  if (trouble.is === 'outage') say('webhook-unreachable', more, ...from);
  else {
    const bundleText = slots.bundleText(by, trouble);
    say('webhook-untrusted', { ...more, ...slots.trustSlots(view, by), bundleText }, ...from);
  }
  return true;
}

/** The webhook that a new pod would be sent to. */
function called(view: View, subject: Subject): Webhook | undefined {
  const verdict = verdictFor(view, subject);
  return 'by' in verdict && verdict.is !== 'not-called' ? verdict.by : undefined;
}
