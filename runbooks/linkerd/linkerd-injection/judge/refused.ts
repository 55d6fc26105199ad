// Pods that are not there: refused by a webhook nobody answers, by the injector, by a policy.
import { count, kubectl, type Fix, type Found, type Rest } from '../../../../src/authoring.ts';
import { refusalOf } from '../../../../src/facts/kube/refusals.ts';
import { readRefusal, type Refusal } from '../../../../src/model/kube/refusal.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { trustOf } from '../../../../src/model/linkerd/inject/trust.ts';
import { linkerdWords, type Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import { letAnswer } from '../fixes/unreachable.ts';
import { letTrust } from '../fixes/untrusted.ts';
import { lookAt, readMaker, verify } from '../fixes.ts';
import { verdictFor } from '../here.ts';
import { tell } from '../says.ts';
import { bundleText, troubleOf, troubleText, trustText } from '../trouble.ts';
import type { View } from '../view.ts';

/** Of the first workload that misses some. */
export function refusedIn(view: View): readonly Found[] {
  const short = view.everything.filter(isShort);
  const reach = `${count(short.length, 'workload')} of ${view.everything.length} in ${view.namespace.name} get no pods`;
  return short.flatMap((subject) => refused(view, subject, reach)).slice(0, 1);
}

export function refused(view: View, subject: Subject, reach?: string): readonly Found[] {
  if (!isShort(subject)) return [];
  const rest = { from: view.refusing, sure: view.sure, reach };
  const message = refusalOf(view.refusals, subject.maker)?.message ?? subject.failure;
  if (message === undefined) return unanswered(view, subject, rest);
  const read = readRefusal(message, linkerdWords);
  const about = { subject: subject.text, why: read.why };
  if (read.is === 'unreachable' && read.injector) return [unreachable(view, subject, read, rest)];
  if (read.is === 'denied' && read.injector) {
    const see = lookAt(subject, 'Read the annotations of the pod template', readMaker(subject));
    return [tell('injection-failed', about, { ...rest, fixes: [see] })];
  }
  if (read.is === 'pod-security') return [violating(subject, read, rest)];
  const { namespace } = subject;
  const limits = kubectl`get limitrange,resourcequota -n ${namespace}`;
  const fixes = [lookAt(subject, 'See what limits pods there', limits)];
  return [tell('refused', { ...about, who: whoText(read) }, { ...rest, fixes })];
}

function unreachable(
  view: View,
  subject: Subject,
  read: Extract<Refusal, { is: 'unreachable' }>,
  rest: Rest,
): Found {
  const named = view.world.webhooks.find((w) => w.entry === read.webhook);
  const webhook = called(view, subject) ?? named;
  const trouble = webhook && troubleOf(view, webhook);
  const failing = { subject, view, webhook, trouble };
  if (read.trust) {
    const trust = webhook && trustText(trustOf(webhook, view.served, view.now));
    const about = { subject: subject.text, why: read.why, bundleText: trust && sentence(trust) };
    return tell('webhook-untrusted', about, { ...rest, fixes: letTrust(failing) });
  }
  const behind = trouble && trouble.is !== 'untrusted' ? `: ${troubleText(trouble)}` : '';
  const about = { subject: subject.text, why: read.why + behind };
  return tell('webhook-unreachable', about, { ...rest, fixes: letAnswer(failing) });
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function violating(
  subject: Subject,
  { level, why, sidecar }: Extract<Refusal, { is: 'pod-security' }>,
  rest: Rest,
): Found {
  const { namespace } = subject;
  const who = sidecar
    ? 'It is what Linkerd adds that breaks the rule: linkerd-init needs NET_ADMIN and NET_RAW, which the linkerd-cni plugin makes unnecessary.'
    : 'The pods break the rule without a proxy too.';
  const enforced = sidecar ? level.split(':')[0] : undefined;
  const see = kubectl`get namespace ${namespace} --show-labels`;
  const fixes = [
    ...(enforced ? [allowInit(subject, enforced)] : []),
    lookAt(subject, 'See which level the namespace enforces', see),
  ];
  return tell('pod-security', { subject: subject.text, why, level, who }, { ...rest, fixes });
}

/** Only `privileged` lets linkerd-init have NET_ADMIN. */
function allowInit(subject: Subject, enforced: string): Fix {
  const { namespace } = subject;
  const enforce = (level: string) =>
    kubectl`label namespace ${namespace} pod-security.kubernetes.io/enforce=${level} --overwrite`;
  return {
    does: `Let namespace ${namespace} have privileged pods, until linkerd-cni sets the redirect in place of linkerd-init`,
    run: enforce('privileged'),
    risk: 'changes-security',
    touches: `every pod of ${namespace} that is created from now on`,
    undo: { run: enforce(enforced) },
    verify: verify(subject),
    note: 'With the linkerd-cni plugin no container needs NET_ADMIN, and the level can stay.',
  };
}

function whoText(read: Refusal): string {
  if (read.is === 'unreachable' || read.is === 'denied')
    return `This is not injection: it is the webhook ${read.webhook}.`;
  return read.sidecar
    ? 'It is the injected containers that break the rule.'
    : 'If it speaks of containers, the proxy is one of them: its own requests and limits count.';
}

/** No event, yet nothing can answer the webhook that is called: it fails closed. */
function unanswered(view: View, subject: Subject, rest: Rest): readonly Found[] {
  const webhook = called(view, subject);
  const trouble = webhook?.failurePolicy === 'Fail' ? troubleOf(view, webhook) : undefined;
  if (!webhook || !trouble || trouble.is === 'blocked') return [];
  const failing = { subject, view, webhook, trouble };
  const about = { subject: subject.text, why: troubleText(trouble) };
  if (trouble.is === 'outage') {
    return [tell('webhook-unreachable', about, { ...rest, fixes: letAnswer(failing) })];
  }
  const more = { ...about, bundleText: bundleText(webhook, trouble) };
  return [tell('webhook-untrusted', more, { ...rest, fixes: letTrust(failing) })];
}

/** The webhook that a new pod would be sent to. */
function called(view: View, subject: Subject): Webhook | undefined {
  const verdict = verdictFor(view, subject);
  return 'by' in verdict && verdict.is !== 'not-called' ? verdict.by : undefined;
}
