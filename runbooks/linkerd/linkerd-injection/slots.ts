// The values that the sentences and fixes of `linkerd-injection` are filled with.
import { count, listed } from '../../../src/authoring.ts';
import {
  changeArgs,
  templatePatch,
  wayBack,
  type Changes,
} from '../../../src/model/kube/maker-fixes.ts';
import { againTarget, type Subject } from '../../../src/model/kube/subject.ts';
import type { Miss } from '../../../src/model/kube/webhook-called.ts';
import { mended, type Mend, type Reason } from '../../../src/model/linkerd/inject/reasons.ts';
import { templateOf } from '../../../src/model/linkerd/inject/subject.ts';
import { bundleFor, type Trust } from '../../../src/model/linkerd/inject/trust.ts';
import { verdictOf } from '../../../src/model/linkerd/inject/verdict.ts';
import type { Webhook } from '../../../src/model/linkerd/inject/webhook.ts';
import type { Trouble, View } from './view.ts';

export function makerSlots(subject: Subject) {
  const { kind, name, namespace } = subject.maker;
  const paused = subject.paused ? 'paused' : 'not paused';
  return { again: againTarget(subject), kind, name, namespace, paused };
}

/** Arguments of `kubectl annotate` and `kubectl label` for the namespace, and the way back. */
export function settingSlots(view: View, subject: Subject, mend: Mend) {
  if (mend.on !== 'namespace') {
    return { annotate: '', unannotate: '', label: '', unlabel: '', gains: '' };
  }
  const { annotations, labels } = view.namespace;
  return {
    annotate: changeArgs(mend.annotations),
    unannotate: changeArgs(wayBack(mend.annotations, annotations)),
    label: changeArgs(mend.labels),
    unlabel: changeArgs(wayBack(mend.labels, labels)),
    gains: gainsText(view, subject, mend),
  };
}

/** How far the change would reach, by asking both gates again for everything in the namespace. */
function gainsText(view: View, subject: Subject, mend: Mend): string {
  const all = view.everything.length > 0 ? view.everything : [subject];
  const after = mended(view.namespace, mend);
  const isIn = (one: Subject, namespace: View['namespace']) =>
    verdictOf(view.world, namespace, templateOf(one)).is === 'injected';
  const gains = all.filter((one) => !isIn(one, view.namespace) && isIn(one, after));
  const of = count(all.length, 'workload');
  return `${gains.length} of ${of} in ${view.namespace.name} would get a proxy at the next restart`;
}

/** Merge patches of the pod template, and the way back. */
export function patchSlots(subject: Subject, mend: Mend) {
  return mend.on === 'template'
    ? templateSlots(subject, mend.labels, mend.annotations)
    : { patch: '', unpatch: '' };
}

export function templateSlots({ maker, template }: Subject, labels: Changes, annotations: Changes) {
  const back = [wayBack(labels, template.labels), wayBack(annotations, template.annotations)];
  const [oldLabels = {}, oldAnnotations = {}] = back;
  return {
    patch: templatePatch(maker.kind, labels, annotations),
    unpatch: templatePatch(maker.kind, oldLabels, oldAnnotations),
  };
}

/** Where the webhook leads and what is wrong there; a URL has no Service to look at. */
export function answerSlots(view: View, webhook: Webhook | undefined, trouble?: Trouble) {
  const to = webhook?.backend;
  const plane = view.plane?.kind === 'known' ? view.plane.value.namespace : 'linkerd';
  return {
    configuration: webhook?.configuration ?? '',
    service: to?.is === 'service' ? to.name : '',
    root: to?.is === 'service' ? to.namespace : plane,
    deployment: to?.is === 'service' ? to.name : 'linkerd-proxy-injector',
    trouble: trouble?.is === 'outage' && trouble.scaled ? 'scaled to 0' : (trouble?.is ?? ''),
  };
}

/** What the API server should trust: base64 of what is served, where that is any good. */
export function trustSlots(view: View, webhook: Webhook | undefined) {
  const pem = bundleFor(view.served, view.now);
  return {
    bundle: pem === undefined ? '' : btoa(pem),
    bundleNow: webhook ? btoa(webhook.caBundle) : '',
    bundleBy: webhook?.bundleBy ?? '',
  };
}

/** As a clause. */
export function troubleText(trouble: Trouble): string {
  switch (trouble.is) {
    case 'outage':
      return trouble.why;
    case 'untrusted':
      return trustText(trouble.trust);
    case 'blocked':
      return `NetworkPolicy ${listed(trouble.policies)} lets no API server reach port 8443, unless the network plugin exempts it`;
  }
}

export function trustText(trust: Trust): string {
  switch (trust.is) {
    case 'fine':
      return 'its caBundle is what the injector serves now';
    case 'empty':
      return 'its caBundle is empty, so the API server trusts public certificates alone';
    case 'unreadable':
      return 'its caBundle holds no certificate that can be read';
    case 'expired':
      return `its caBundle expired at ${iso(trust.until)}`;
    case 'served-expired':
      return `the certificate that the injector serves expired at ${iso(trust.until)}`;
    case 'served-too-new':
      return `the certificate that the injector serves is not valid before ${iso(trust.from)}`;
    case 'foreign':
      return `its caBundle did not sign the certificate that the injector serves (${trust.subject || 'no subject'})`;
    case 'wrong-name':
      return `the injector serves a certificate for ${listed(trust.names) || 'no name'}, not for ${trust.wanted}`;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Who keeps the bundle, where the bundle is what is wrong. */
export function bundleText(webhook: Webhook | undefined, trouble: Trouble | undefined): string {
  if (trouble?.is !== 'untrusted' || !webhook) return '';
  return webhook.bundleBy === 'cert-manager'
    ? 'cert-manager writes this caBundle, by an annotation on the webhook.'
    : 'Helm and the CLI write a caBundle that is the serving certificate itself, good for 365 days.';
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

/** The reason in a few words, where several workloads are told of in one line. */
export function shortReason(reason: Reason | undefined): string {
  if (!reason) return 'not known';
  switch (reason.is) {
    case 'not-asked':
      return 'not annotated';
    case 'namespace-off':
      return 'the namespace says disabled';
    case 'label':
      return 'a label in place of an annotation';
    case 'annotation-on-workload':
      return 'annotated on the workload, not on its template';
    case 'value':
      return `value ${reason.value}`;
    case 'host-network':
      return 'hostNetwork';
    case 'istio-sidecar':
      return "Istio's sidecar";
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
