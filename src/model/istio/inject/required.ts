// The second gate: what istiod does with a pod when its webhook is called (istio pkg/kube/inject/inject.go
// injectRequired, in the same order).
import type { Json, JsonObject } from '../../../core/object.ts';
import { selects, type LabelSelector, type Labels } from '../../kube/labels.ts';
import { list, parseJson, record, text, texts } from '../../kube/read.ts';
import { parseYaml } from '../../yaml.ts';
import type { NamespaceOf, Template } from '../../kube/webhook-called.ts';
import { readSelector } from '../../kube/webhook.ts';

/** The part of `data.config` of ConfigMap istio-sidecar-injector that decides whether to inject. */
export type InjectorConfig = {
  /** `enabled`, `disabled`; istiod injects nothing at any other. */
  readonly policy: string;
  readonly never: readonly LabelSelector[];
  readonly always: readonly LabelSelector[];
  /** Names that annotation inject.istio.io/templates may use: templates and their aliases. */
  readonly templates: readonly string[];
};

/** The tag of the proxy image that new pods get, from `data.values` (istio pkg/kube/inject/inject.go ProxyImage). */
export function proxyTagOf(values: string): string | undefined {
  return text(parseJson(values), 'global', 'tag');
}

export type Rule =
  | { readonly is: 'host-network' }
  | { readonly is: 'system-namespace' }
  /** Label (or, without it, annotation) sidecar.istio.io/inject. */
  | { readonly is: 'asked'; readonly by: 'label' | 'annotation'; readonly value: string }
  | { readonly is: 'never-selector' | 'always-selector'; readonly selector: LabelSelector }
  | { readonly is: 'policy'; readonly policy: string };
export type Required =
  | { readonly is: 'inject'; readonly rule: Rule }
  | { readonly is: 'skip'; readonly rule: Rule }
  /** istiod refuses the pod: the pod asks for a template that does not exist. */
  | { readonly is: 'refuse'; readonly template: string };

export const injectKey = 'sidecar.istio.io/inject';
const templatesKey = 'inject.istio.io/templates';

/** istio pkg/kube/inject/initializer.go IgnoredNamespaces. */
export const systemNamespaces: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
];

export function requires(config: InjectorConfig, namespace: NamespaceOf, pod: Template): Required {
  const decided = decide(config, namespace, pod);
  if (decided.is !== 'inject') return decided;
  const unknown = wantedTemplates(pod.annotations).find((t) => !config.templates.includes(t));
  return unknown === undefined ? decided : { is: 'refuse', template: unknown };
}

function decide(
  config: InjectorConfig,
  namespace: NamespaceOf,
  pod: Template,
): Exclude<Required, { is: 'refuse' }> {
  if (pod.hostNetwork) return { is: 'skip', rule: { is: 'host-network' } };
  if (systemNamespaces.includes(namespace.name))
    return { is: 'skip', rule: { is: 'system-namespace' } };
  const policy = { is: 'policy', policy: config.policy } as const;
  // Any other value is an error in istiod's log and injects nothing, whatever the pod says.
  if (config.policy !== 'enabled' && config.policy !== 'disabled')
    return { is: 'skip', rule: policy };
  const asked = askedFor(pod);
  if (asked) return { is: asked.value === 'true' ? 'inject' : 'skip', rule: asked };
  const never = config.never.find((selector) => selectsSome(selector, pod.labels));
  if (never) return { is: 'skip', rule: { is: 'never-selector', selector: never } };
  const always = config.always.find((selector) => selectsSome(selector, pod.labels));
  if (always) return { is: 'inject', rule: { is: 'always-selector', selector: always } };
  return { is: config.policy === 'enabled' ? 'inject' : 'skip', rule: policy };
}

/** The label wins even when it is empty; a value that is neither true nor false is ignored. */
function askedFor({ labels, annotations }: Template): Extract<Rule, { is: 'asked' }> | undefined {
  const by = labels[injectKey] === undefined ? 'annotation' : 'label';
  const value = labels[injectKey] ?? annotations[injectKey];
  return value === 'true' || value === 'false' ? { is: 'asked', by, value } : undefined;
}

function wantedTemplates(annotations: Labels): readonly string[] {
  return annotations[templatesKey]?.split(',').map((name) => name.trim()) ?? [];
}

/** Here an empty selector matches nothing, and neither does an invalid one. */
function selectsSome(selector: LabelSelector, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const some = Object.keys(matchLabels).length + matchExpressions.length > 0;
  return some && isValid(selector) && selects(selector, labels);
}

const VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;
const KEY =
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

/** kubernetes apimachinery pkg/labels/selector.go NewRequirement. */
function isValid({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => KEY.test(key) && VALUE.test(value)) &&
    matchExpressions.every(
      ({ key, operator, values = [] }) =>
        KEY.test(key) && values.every((v) => VALUE.test(v)) && fits(operator, values.length),
    )
  );
}

function fits(operator: string, values: number): boolean {
  if (operator === 'In' || operator === 'NotIn') return values > 0;
  return (operator === 'Exists' || operator === 'DoesNotExist') && values === 0;
}

/** `undefined` when istiod could not read it either: istiod then keeps its last config. */
export function readInjectorConfig(yaml: string): InjectorConfig | undefined {
  const config = parseYaml(yaml);
  if (!isMap(config) || !selectorsAreTexts(config)) return undefined;
  return {
    policy: text(config, 'policy') ?? '',
    never: list(config, 'neverInjectSelector').map((s) => readSelector(s)),
    always: list(config, 'alwaysInjectSelector').map((s) => readSelector(s)),
    templates: [...new Set([...names(config, 'templates'), ...names(config, 'aliases')])],
  };
}

function names(config: JsonObject, key: string): readonly string[] {
  return Object.keys(record(config, key));
}

/** `values: [true]` is a bool in YAML, so Go's decoder rejects the whole config. */
function selectorsAreTexts(config: JsonObject): boolean {
  const all = [...list(config, 'neverInjectSelector'), ...list(config, 'alwaysInjectSelector')];
  return all.every(
    (selector) =>
      Object.values(record(selector, 'matchLabels')).every((v) => typeof v === 'string') &&
      list(selector, 'matchExpressions').every(
        (e) => list(e, 'values').length === texts(e, 'values').length,
      ),
  );
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
