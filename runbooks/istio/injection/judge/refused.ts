// Pods that are not there: refused by a webhook nobody answers, by istiod, by a policy.
import { cite, count, kubectl, type Found, type Rest } from '../../../../src/authoring.ts';
import { istioWords, type Webhook } from '../../../../src/model/istio/inject/webhook.ts';
import { readRefusal, type Refusal } from '../../../../src/model/kube/refusal.ts';
import { isShort, type Subject } from '../../../../src/model/kube/subject.ts';
import { lookAt, readManifest } from '../fixes.ts';
import { allowSidecar } from '../fixes/webhook.ts';
import { tell } from '../says.ts';
import { eventOf, verdictFor, type View } from '../view.ts';
import { closingTrouble, troubleOf, troubleText, unreachable } from './unreachable.ts';
import { untrusted } from './untrusted.ts';

/** Of a whole namespace: the first workload whose refusal can be told stands for all. */
export function refusedIn(view: View): readonly Found[] {
  const short = view.everything.filter(isShort);
  const reach = `${count(short.length, 'workload')} of ${view.everything.length} in ${view.namespace.name} get no pods`;
  for (const subject of short) {
    const found = refused(view, subject, reach);
    if (found.length > 0) return found;
  }
  return [];
}

export function refused(view: View, subject: Subject, reach?: string): readonly Found[] {
  const { refusals, backends } = view;
  const { from, sure } = view.grounds;
  const answering = [...(backends?.services ?? []), backends?.plane, backends?.root];
  const rest = { from: cite(...from, refusals, ...answering), sure, reach };
  const message = eventOf(view, subject)?.message ?? subject.failure;
  return message === undefined
    ? unanswered(view, subject, rest)
    : [refusal(view, subject, readRefusal(message, istioWords), rest)];
}

function refusal(view: View, subject: Subject, read: Refusal, rest: Rest): Found {
  const { why } = read;
  const about = { subject: subject.text, why };
  if (read.is === 'unreachable' && read.injector) {
    const by = called(view, subject) ?? entryNamed(view, read.webhook);
    if (read.trust) return untrusted(view, { subject, by, why, rest });
    const trouble = by && troubleOf(view, by);
    const full = trouble?.is === 'outage' ? `${why}: ${trouble.why}` : why;
    return unreachable(view, { subject, by, why: full, rest });
  }
  if (read.is === 'denied' && read.injector) {
    const fixes = [readManifest(subject, 'Read the annotations of the pod template')];
    return tell('injection-failed', about, { ...rest, fixes });
  }
  return read.is === 'pod-security'
    ? podSecurity(subject, read, rest)
    : tell('refused', { ...about, who: whoText(read) }, { ...rest, fixes: seeLimits(subject) });
}

type PodSecurity = Extract<Refusal, { is: 'pod-security' }>;

function podSecurity(subject: Subject, { level, sidecar, why }: PodSecurity, rest: Rest): Found {
  const see = lookAt(
    subject,
    'See which level the namespace enforces',
    kubectl`get namespace ${subject.maker.namespace} --show-labels`,
  );
  const [enforced = ''] = level.split(':');
  const fixes = sidecar && enforced !== '' ? [allowSidecar(subject, enforced), see] : [see];
  const who = sidecar
    ? 'It is the injected containers that break the rule: istio-init needs NET_ADMIN and NET_RAW, which the istio-cni plugin makes unnecessary.'
    : 'The pods break the rule without a sidecar too.';
  return tell('pod-security', { subject: subject.text, level, why, who }, { ...rest, fixes });
}

function seeLimits(subject: Subject) {
  const { namespace } = subject.maker;
  return [
    lookAt(
      subject,
      'See what limits pods there',
      kubectl`get limitrange,resourcequota -n ${namespace}`,
    ),
    lookAt(
      subject,
      'See every refusal of the last hour',
      kubectl`get events -n ${namespace} --field-selector reason=FailedCreate`,
    ),
  ];
}

function whoText(read: Exclude<Refusal, PodSecurity>): string {
  if (read.is === 'unreachable' || read.is === 'denied')
    return `This is not injection: it is the webhook ${read.webhook}.`;
  return read.sidecar
    ? 'It is the injected containers that break the rule.'
    : 'If it speaks of containers, the sidecar is one of them: its own requests and limits count.';
}

/** No event, yet nothing can answer the webhook that is called: it fails closed. */
function unanswered(view: View, subject: Subject, rest: Rest): readonly Found[] {
  const by = called(view, subject);
  const trouble = by && closingTrouble(view, by);
  if (!trouble) return [];
  const tellOf = trouble.is === 'outage' ? unreachable : untrusted;
  return [tellOf(view, { subject, by, why: troubleText(trouble), rest })];
}

/** The webhook that a new pod would be sent to. */
function called(view: View, subject: Subject): Webhook | undefined {
  const verdict = verdictFor(view, subject);
  return 'by' in verdict ? verdict.by : undefined;
}

function entryNamed({ world }: View, name: string): Webhook | undefined {
  return world.webhooks.find(({ entry }) => entry === name);
}
