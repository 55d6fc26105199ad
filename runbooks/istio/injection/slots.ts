// The values that the sentences and fixes of `injection` are filled with.
import { count, listed } from '../../../src/authoring.ts';
import {
  mendNamespace,
  namesOf,
  type Mend,
  type Reason,
} from '../../../src/model/istio/inject/reasons.ts';
import type { Trust } from '../../../src/model/istio/inject/trust.ts';
import { verdictOf } from '../../../src/model/istio/inject/verdict.ts';
import {
  injectorConfigName,
  isDeactivated,
  type Webhook,
} from '../../../src/model/istio/inject/webhook.ts';
import {
  changeArgs,
  templatePatch,
  wayBack,
  type Changes,
} from '../../../src/model/kube/maker-fixes.ts';
import { againTarget, type Subject } from '../../../src/model/kube/subject.ts';
import type { Miss, NamespaceOf } from '../../../src/model/kube/webhook-called.ts';
import type { View } from './view.ts';

export function makerSlots(subject: Subject) {
  const { kind, name, namespace } = subject.maker;
  const paused = subject.paused ? 'paused' : 'not paused';
  return { again: againTarget(subject), kind, name, namespace, paused };
}

/** `istio-injection=enabled istio.io/rev-`, and the way back. */
export function labelSlots(view: View, subject: Subject, mend: Mend) {
  if (mend.on !== 'namespace') return { set: '', unset: '', gains: '' };
  return {
    set: changeArgs(mend.labels),
    unset: changeArgs(wayBack(mend.labels, view.namespace.labels)),
    gains: gainsText(view, subject, mend.labels),
  };
}

/** How far the label would reach, by asking both gates again for everything in the namespace. */
function gainsText(view: View, subject: Subject, labels: Changes): string {
  const all = view.everything.length > 0 ? view.everything : [subject];
  const gains = all.filter(
    (one) =>
      !isInjected(view, view.namespace, one) &&
      isInjected(view, mendNamespace(view.namespace, labels), one),
  );
  const of = count(all.length, 'workload');
  return `${gains.length} of ${of} in ${view.namespace.name} would get a sidecar at the next restart`;
}

function isInjected({ world }: View, namespace: NamespaceOf, { template }: Subject): boolean {
  return verdictOf(world.webhooks, world.configs, namespace, template).is === 'injected';
}

/** Merge patches of the pod template, and the way back. */
export function patchSlots({ maker, template }: Subject, mend: Mend) {
  if (mend.on !== 'template') return { patch: '', unpatch: '' };
  return {
    patch: templatePatch(maker.kind, mend.labels, mend.annotations),
    unpatch: templatePatch(
      maker.kind,
      wayBack(mend.labels, template.labels),
      wayBack(mend.annotations, template.annotations),
    ),
  };
}

/** `canary and prod`, or a word for none. */
export function knownText({ world }: View): string {
  return listed(namesOf(world.webhooks)) || 'nothing';
}

/** A revision that answers: `istioctl tag set` takes no tag. */
export function answerOf({ world }: View): string {
  return world.webhooks.find((webhook) => !isDeactivated(webhook))?.revision ?? '';
}

export function configSlots(view: View, revision: string) {
  const webhook = view.world.webhooks.find((w) => w.revision === revision);
  return { configMap: injectorConfigName(revision), root: rootOf(view, webhook) };
}

function rootOf(view: View, webhook: Webhook | undefined): string {
  return webhook?.backend.is === 'service' ? webhook.backend.namespace : view.root;
}

/** Where a webhook leads; a URL has no Service to look at. */
export function backendSlots(view: View, webhook: Webhook | undefined) {
  const revision = webhook?.revision ?? 'default';
  return {
    service: webhook?.backend.is === 'service' ? webhook.backend.name : '',
    root: rootOf(view, webhook),
    deployment: revision === 'default' ? 'istiod' : `istiod-${revision}`,
    configuration: webhook?.configuration ?? '',
    scaled: webhook && view.scaledToZero(webhook) ? 'to 0' : 'no',
  };
}

export function missText({ on, key, operator, values, has }: Miss): string {
  const is = has === undefined ? `has no label ${key}` : `has ${key}=${has}`;
  const wants =
    operator === 'Exists' || operator === 'DoesNotExist'
      ? operator === 'Exists'
        ? 'needs one'
        : 'takes only those without'
      : `takes only those ${operator === 'In' ? 'with' : 'without'} ${listed(values)}`;
  return `the ${on} ${is}, and it ${wants}`;
}

export function trustText(trust: Trust): string {
  switch (trust.is) {
    case 'fine':
      return "Its caBundle is the mesh's root, so what istiod shows is signed by another.";
    case 'empty':
      return 'Its caBundle is empty, so the API server trusts public certificates alone.';
    case 'unreadable':
      return 'Its caBundle holds no certificate that can be read.';
    case 'expired':
      return `Its caBundle expired at ${new Date(trust.until).toISOString()}.`;
    case 'foreign':
      return `Its caBundle is of another root (${trust.subject || 'no subject'}) than the one in ConfigMap istio-ca-root-cert.`;
  }
}

/** The reason in a few words, where several workloads are told of in one line. */
export function shortReason(reason: Reason | undefined): string {
  if (!reason) return 'not known';
  switch (reason.is) {
    case 'label-false':
      return 'pod label false';
    case 'annotation-false':
      return 'annotation false';
    case 'host-network':
      return 'hostNetwork';
    case 'revision-missing':
      return `no revision ${reason.revision}`;
    case 'template-missing':
      return `no template ${reason.template}`;
    default:
      return reason.is.replaceAll('-', ' ');
  }
}

/** `Deployment web and Job report`; the first few. */
export function namesText(subjects: readonly Subject[]): string {
  const named = subjects.map(({ maker }) => `${maker.kind} ${maker.name}`);
  const shown = named.slice(0, 4);
  return named.length > shown.length
    ? `${shown.join(', ')} and ${named.length - shown.length} more`
    : listed(shown);
}
