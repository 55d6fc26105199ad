// Linkerd's injection webhook, read from MutatingWebhookConfigurations
// (linkerd2 charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml).
import type { KubeObject } from '../../../core/object.ts';
import type { MeshWords } from '../../kube/refusal.ts';
import { readMutatingWebhooks, type MutatingWebhook } from '../../kube/webhook.ts';

export type Webhook = MutatingWebhook & {
  /** Who writes its caBundle: cert-manager because of an annotation, else the installer. */
  readonly bundleBy: 'cert-manager' | 'install';
};

const INJECTOR = /^linkerd-proxy-injector\.linkerd\.io$/;
const byCertManager = [
  'cert-manager.io/inject-ca-from',
  'cert-manager.io/inject-ca-from-secret',
] as const;

export const linkerdWords: MeshWords = {
  injector: INJECTOR,
  containers: /\blinkerd-(?:init|proxy|network-validator)\b/,
};

/** In the order they are called. */
export function readWebhooks(items: readonly KubeObject[]): readonly Webhook[] {
  return readMutatingWebhooks(items, INJECTOR, (entry, _labels, annotations) => ({
    ...entry,
    bundleBy: byCertManager.some((key) => annotations[key] !== undefined)
      ? 'cert-manager'
      : 'install',
  }));
}

/** The name that the API server asks for in the handshake (kubernetes apiserver pkg/util/webhook/client.go). */
export function serverNameOf({ backend }: MutatingWebhook): string | undefined {
  return backend.is === 'service' ? `${backend.name}.${backend.namespace}.svc` : undefined;
}
