// Which webhooks the API server calls for a new pod, the first gate of every mesh's injection
// (kubernetes apiserver pkg/admission/plugin/webhook/generic/webhook.go ShouldCallHook). Both selectors must match.
import { selects, type LabelSelector, type Labels } from './labels.ts';
import type { MutatingWebhook } from './webhook.ts';

/** What a pod is made from, as far as injection reads it. */
export type Template = {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly hostNetwork: boolean;
};
export type NamespaceOf = { readonly name: string; readonly labels: Labels };

/** One requirement of a selector that does not hold, and the value that fails it. */
export type Miss = {
  readonly on: 'namespace' | 'pod';
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  readonly has: string | undefined;
};
export type Called =
  | { readonly is: 'called' }
  | { readonly is: 'not-called'; readonly misses: readonly Miss[] }
  /** Its conditions are CEL expressions over the whole request, which are not evaluated here. */
  | { readonly is: 'depends'; readonly on: readonly string[] };

export function calls(
  webhook: MutatingWebhook,
  namespace: NamespaceOf,
  pod: { readonly labels: Labels },
): Called {
  const misses = [
    ...missesOf('namespace', webhook.namespaceSelector, labelsOf(namespace)),
    ...missesOf('pod', webhook.objectSelector, pod.labels),
  ];
  if (misses.length > 0) return { is: 'not-called', misses };
  return webhook.conditions.length > 0
    ? { is: 'depends', on: webhook.conditions }
    : { is: 'called' };
}

/** The API server itself gives every namespace its name as a label (kubernetes pkg/registry/core/namespace/strategy.go). */
function labelsOf({ name, labels }: NamespaceOf): Labels {
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

function missesOf(on: Miss['on'], selector: LabelSelector, labels: Labels): readonly Miss[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  return [...equal, ...(selector.matchExpressions ?? [])]
    .filter((requirement) => !selects({ matchExpressions: [requirement] }, labels))
    .map(({ key, operator, values = [] }) => ({ on, key, operator, values, has: labels[key] }));
}
