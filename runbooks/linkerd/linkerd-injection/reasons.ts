// From a reason of the evaluator to the finding that states it.
import type { Subject } from '../../../src/model/kube/subject.ts';
import { reasonsOf, type Reason } from '../../../src/model/linkerd/inject/reasons.ts';
import { templateOf } from '../../../src/model/linkerd/inject/subject.ts';
import * as slots from './slots.ts';
import type { InjectionSay, View } from './view.ts';

export function reasonsFor({ world, namespace }: View, subject: Subject): readonly Reason[] {
  const { workloadLabels: labels, workloadAnnotations: annotations } = subject;
  const wish = { pod: templateOf(subject), workload: { labels, annotations } };
  return reasonsOf(world, namespace, wish);
}

export function sayReasons(say: InjectionSay, view: View, subject: Subject): void {
  for (const reason of reasonsFor(view, subject)) sayReason(say, view, subject, reason);
}

function sayReason(say: InjectionSay, view: View, subject: Subject, reason: Reason): void {
  const at = { ...slots.makerSlots(subject), subject: subject.text };
  const setting = { ...at, ...slots.settingSlots(view, subject, reason.mend) };
  const patching = { ...at, ...slots.patchSlots(subject, reason.mend) };
  const [webhook] = view.world.webhooks;
  const configuration = webhook?.configuration ?? '';
  const { from } = view;
  switch (reason.is) {
    case 'no-webhook':
      return sayNoWebhook(say, view, at);
    case 'not-asked':
      return say('not-annotated', { ...setting, ...alone(subject, reason) }, ...from);
    case 'namespace-off':
      return say('namespace-off', { ...setting, ...alone(subject, reason) }, ...from);
    case 'label':
    case 'value': {
      const owner = reason.on === 'namespace' ? `Namespace ${view.namespace.name}` : subject.text;
      const value = reason.is === 'label' ? reason.label : reason.value;
      const id = reason.is === 'label' ? 'label-not-annotation' : 'wrong-value';
      return say(id, { ...setting, ...patching, owner, value }, ...from);
    }
    case 'annotation-on-workload':
      return say('annotation-on-workload', { ...patching, value: reason.value }, ...from);
    case 'opted-out':
      return say('opted-out', patching, ...from);
    case 'mesh-part':
      return say('linkerd-label', { ...patching, label: reason.label }, ...from);
    case 'webhooks-off':
      return say('webhooks-off', { ...setting, value: reason.value }, ...from);
    case 'system-namespace':
      return say('system-namespace', { ...at, configuration }, ...from);
    case 'excluded': {
      const miss = slots.missText(reason.miss);
      return say('excluded', { ...at, configuration: reason.configuration, miss }, ...from);
    }
    case 'host-network':
    case 'no-token':
      return say(reason.is, at, ...from);
    case 'half-injected':
      return say('half-injected', { ...at, container: reason.container }, ...from);
    case 'istio-sidecar': {
      const { container } = reason;
      const asks = istioText(view, subject);
      return say('istio-sidecar', { ...at, ...keepIstioOff(subject), container, asks }, ...from);
    }
  }
}

type At = ReturnType<typeof slots.makerSlots> & { readonly subject: string };

/** Whether Linkerd is there at all is told by its control plane; nothing is sure while that is not known. */
function sayNoWebhook(say: InjectionSay, { plane, from }: View, at: At): void {
  const installed =
    plane?.kind === 'known'
      ? `its control plane is in ${plane.value.namespace}, and its webhook is gone`
      : 'its control plane is not here either';
  const seen = plane && plane.kind !== 'unknown' ? [plane] : [];
  say('no-webhook', { ...at, installed }, ...from, ...seen);
}

/** No workload is named where a whole namespace is asked about and has none. */
function alone(
  subject: Subject,
  reason: Extract<Reason, { is: 'not-asked' | 'namespace-off' }>,
): { readonly patch: string; readonly unpatch: string } {
  return subject.pods.length === 0 && subject.wanted === 0
    ? { patch: '', unpatch: '' }
    : slots.patchSlots(subject, reason.alone);
}

const istioLabels = ['istio-injection', 'istio.io/rev'] as const;

function istioText({ namespace }: View, { template }: Subject): string {
  const asking = istioLabels.find((key) => namespace.labels[key] !== undefined);
  if (asking !== undefined) {
    return `namespace ${namespace.name} has the label ${asking}=${namespace.labels[asking] ?? ''}`;
  }
  return template.labels['sidecar.istio.io/inject'] === 'true'
    ? 'its pods have the label sidecar.istio.io/inject=true'
    : 'it stands in the pods themselves';
}

/** Istio looks at this label of the pod before all others. */
function keepIstioOff(subject: Subject) {
  return slots.templateSlots(subject, { 'sidecar.istio.io/inject': 'false' }, {});
}
