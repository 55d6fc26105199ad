// Istio's injection webhooks, read from MutatingWebhookConfigurations
// (istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml, revision-tags-mwc.yaml).
import type { KubeObject } from '../../../core/object.ts';
import type { LabelSelector } from '../../kube/labels.ts';
import { labelsAt, list, number, record, text, texts, time } from '../../kube/read.ts';

/** Where the API server sends the pod: a Service of the cluster, or an address outside. */
export type Backend =
  | {
      readonly is: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
    }
  | { readonly is: 'url'; readonly url: string };

export type Webhook = {
  /** The MutatingWebhookConfiguration, and the entry in it. */
  readonly configuration: string;
  readonly entry: string;
  /** Whose istiod answers it: label `istio.io/rev`; `default` without a revision. */
  readonly revision: string;
  /** Has the label `istio.io/rev`, without which no istiod keeps its caBundle right (pkg/webhooks/webhookpatch.go). */
  readonly kept: boolean;
  /** The revision tag it stands for. */
  readonly tag: string | undefined;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  /** CEL expressions by name: what they say of a pod is not known here. */
  readonly conditions: readonly string[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly backend: Backend;
  /** PEM; empty when there is none. */
  readonly caBundle: string;
  readonly timeoutSeconds: number;
  readonly created: number | undefined;
};

/** istiod patches the entries whose names end so (istio pilot/pkg/bootstrap/sidecarinjector.go webhookName). */
const INJECTOR = /sidecar-injector\.istio\.io$/;

/**
 * In the order they are called: by the configuration's name, then as written
 * (kubernetes apiserver pkg/admission/configuration/mutating_webhook_manager.go).
 */
export function readWebhooks(items: readonly KubeObject[]): readonly Webhook[] {
  return items
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap((item) =>
      list(item, 'webhooks')
        .filter((entry) => INJECTOR.test(text(entry, 'name') ?? '') && isForNewPods(entry))
        .map((entry) => readEntry(item, entry)),
    );
}

function readEntry(item: KubeObject, entry: unknown): Webhook {
  const { name, labels = {}, creationTimestamp } = item.metadata;
  return {
    configuration: name,
    entry: text(entry, 'name') ?? '',
    revision: labels['istio.io/rev'] ?? 'default',
    kept: labels['istio.io/rev'] !== undefined,
    tag: labels['istio.io/tag'],
    namespaceSelector: readSelector(entry, 'namespaceSelector'),
    objectSelector: readSelector(entry, 'objectSelector'),
    conditions: list(entry, 'matchConditions').map((c) => text(c, 'name') ?? ''),
    // admissionregistration/v1 defaults to Fail.
    failurePolicy: text(entry, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    backend: readBackend(entry),
    caBundle: decode(text(entry, 'clientConfig', 'caBundle') ?? ''),
    timeoutSeconds: number(entry, 'timeoutSeconds') ?? 10,
    created: time(creationTimestamp),
  };
}

/** Whether a rule covers CREATE of pods (kubernetes apiserver webhook/predicates/rules). */
function isForNewPods(entry: unknown): boolean {
  const has = (rule: unknown, field: string, wanted: string) => {
    const values = texts(rule, field);
    return values.includes('*') || values.includes(wanted);
  };
  return list(entry, 'rules').some(
    (rule) =>
      has(rule, 'operations', 'CREATE') &&
      has(rule, 'apiGroups', '') &&
      has(rule, 'apiVersions', 'v1') &&
      (has(rule, 'resources', 'pods') || texts(rule, 'resources').includes('*/*')) &&
      text(rule, 'scope') !== 'Cluster',
  );
}

export function readSelector(value: unknown, ...path: readonly string[]): LabelSelector {
  const selector = record(value, ...path);
  return {
    matchLabels: labelsAt(selector, 'matchLabels'),
    matchExpressions: list(selector, 'matchExpressions').map((e) => ({
      key: text(e, 'key') ?? '',
      operator: text(e, 'operator') ?? '',
      values: texts(e, 'values'),
    })),
  };
}

function readBackend(entry: unknown): Backend {
  const url = text(entry, 'clientConfig', 'url');
  if (url !== undefined) return { is: 'url', url };
  const service = record(entry, 'clientConfig', 'service');
  return {
    is: 'service',
    namespace: text(service, 'namespace') ?? '',
    name: text(service, 'name') ?? '',
    port: number(service, 'port') ?? 443,
  };
}

function decode(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

/** `istio-sidecar-injector-canary`: where the istiod of a revision reads how to inject (bootstrap getInjectorConfigMapName). */
export function injectorConfigName(revision: string): string {
  return revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`;
}

/** What a namespace or pod label `istio.io/rev` may say to be answered by this webhook. */
export function answersTo(webhook: Webhook): string {
  return webhook.tag ?? webhook.revision;
}

/** `istioctl tag set default` makes the old default never match (istioctl/pkg/tag/util.go, util.NeverMatch). */
export function isDeactivated({ namespaceSelector, objectSelector }: Webhook): boolean {
  const never = 'istio.io/deactivated';
  return (
    namespaceSelector.matchLabels?.[never] === 'never-match' &&
    objectSelector.matchLabels?.[never] === 'never-match'
  );
}
