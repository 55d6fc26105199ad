// Mutating webhooks that the API server calls for new pods, as their configurations hold them.
import type { Happening } from '../../core/moment.ts';
import type { KubeObject } from '../../core/object.ts';
import type { LabelSelector } from './labels.ts';
import { changes } from './moments.ts';
import { labelsAt, list, number, record, text, texts, time } from './read.ts';

/** Where the API server sends the pod: a Service of the cluster, or an address outside. */
export type Backend =
  | {
      readonly is: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
    }
  | { readonly is: 'url'; readonly url: string };

export type MutatingWebhook = {
  /** The MutatingWebhookConfiguration, and the entry in it. */
  readonly configuration: string;
  readonly entry: string;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  /** CEL expressions by name; they are not evaluated here. */
  readonly conditions: readonly string[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly backend: Backend;
  /** PEM; empty when there is none. */
  readonly caBundle: string;
  readonly timeoutSeconds: number;
  readonly created: number | undefined;
};

/** An entry of a configuration, and what a mesh adds to it. */
type Reading<T> = (
  entry: MutatingWebhook,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
) => T;

/**
 * Entries for new pods whose name fits, in the order they are called: by the configuration's name, then as written
 * (kubernetes apiserver pkg/admission/configuration/mutating_webhook_manager.go).
 */
export function readMutatingWebhooks<T>(
  items: readonly KubeObject[],
  named: RegExp,
  read: Reading<T>,
): readonly T[] {
  return items
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap((item) =>
      list(item, 'webhooks')
        .filter((entry) => named.test(text(entry, 'name') ?? '') && isForNewPods(entry))
        .map((entry) => {
          const { labels = {}, annotations = {} } = item.metadata;
          return read(readEntry(item, entry), labels, annotations);
        }),
    );
}

function readEntry(item: KubeObject, entry: unknown): MutatingWebhook {
  const { name, creationTimestamp } = item.metadata;
  return {
    configuration: name,
    entry: text(entry, 'name') ?? '',
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

/** Who wrote the configurations that hold these entries. */
export function webhookMoments(
  items: readonly KubeObject[],
  entries: readonly MutatingWebhook[],
): readonly Happening[] {
  const names = new Set(entries.map(({ configuration }) => configuration));
  return items.filter(({ metadata }) => names.has(metadata.name)).flatMap(changes);
}
