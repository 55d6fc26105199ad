// Istio's injection webhooks, read from MutatingWebhookConfigurations
// (istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml, revision-tags-mwc.yaml).
import type { KubeObject } from '../../../core/object.ts';
import type { MeshWords } from '../../kube/refusal.ts';
import { readMutatingWebhooks, type MutatingWebhook } from '../../kube/webhook.ts';

export type Webhook = MutatingWebhook & {
  /** Whose istiod answers it: label `istio.io/rev`; `default` without a revision. */
  readonly revision: string;
  /** Has the label `istio.io/rev`; without it no istiod updates its caBundle (pkg/webhooks/webhookpatch.go). */
  readonly kept: boolean;
  /** The revision tag it stands for. */
  readonly tag: string | undefined;
};

/** istiod patches the entries whose names end like this (istio pilot/pkg/bootstrap/sidecarinjector.go webhookName). */
const INJECTOR = /sidecar-injector\.istio\.io$/;

export const istioWords: MeshWords = {
  injector: INJECTOR,
  containers: /\bistio-(?:init|proxy|validation)\b/,
};

/** In the order they are called. */
export function readWebhooks(items: readonly KubeObject[]): readonly Webhook[] {
  return readMutatingWebhooks(items, INJECTOR, (entry, labels) => ({
    ...entry,
    revision: labels['istio.io/rev'] ?? 'default',
    kept: labels['istio.io/rev'] !== undefined,
    tag: labels['istio.io/tag'],
  }));
}

/** `istio-sidecar-injector-canary`: where the istiod of a revision reads how to inject (bootstrap getInjectorConfigMapName). */
export function injectorConfigName(revision: string): string {
  return revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`;
}

/** The value of label `istio.io/rev`, on a namespace or pod, that this webhook serves. */
export function answersTo(webhook: Webhook): string {
  return webhook.tag ?? webhook.revision;
}

/** `istioctl tag set default` changes the old default so that it never matches (istioctl/pkg/tag/util.go, util.NeverMatch). */
export function isDeactivated({ namespaceSelector, objectSelector }: Webhook): boolean {
  const never = 'istio.io/deactivated';
  return (
    namespaceSelector.matchLabels?.[never] === 'never-match' &&
    objectSelector.matchLabels?.[never] === 'never-match'
  );
}
