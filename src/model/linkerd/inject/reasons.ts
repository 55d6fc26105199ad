// Why a pod would get no proxy: one reason after another, each with the change that removes it. Nothing is guessed: after
// each reason both gates are evaluated again with that change made.
import type { Labels } from '../../kube/labels.ts';
import type { Changes } from '../../kube/workload-fixes.ts';
import type { Miss } from '../../kube/webhook-called.ts';
import { injectAnnotation } from '../mesh-pod.ts';
import type { Rule } from './decide.ts';
import { verdictOf, type NamespaceOf, type Template, type World } from './verdict.ts';

export type Setting = {
  readonly on: 'namespace' | 'template';
  readonly labels: Changes;
  readonly annotations: Changes;
};
export type Mend =
  | Setting
  /** No label or annotation helps: a person must decide. */
  | { readonly on: 'nothing' };

export type Reason = { readonly mend: Mend } & (
  | { readonly is: 'no-webhook' }
  /** `alone`: the change that injects only this one workload. */
  | { readonly is: 'not-asked'; readonly alone: Mend }
  | { readonly is: 'namespace-off'; readonly alone: Mend }
  | { readonly is: 'label'; readonly on: 'namespace' | 'pod'; readonly label: string }
  | {
      readonly is: 'annotation-on-workload';
      readonly sort: 'annotation' | 'label';
      readonly value: string;
    }
  | { readonly is: 'value'; readonly on: 'namespace' | 'pod'; readonly value: string }
  | { readonly is: 'opted-out' }
  | { readonly is: 'webhooks-off'; readonly value: string }
  | { readonly is: 'system-namespace' }
  | { readonly is: 'mesh-part'; readonly label: string }
  | { readonly is: 'excluded'; readonly configuration: string; readonly miss: Miss }
  | { readonly is: 'host-network' }
  | { readonly is: 'istio-sidecar'; readonly container: string }
  /** Half a proxy: a container or an init container that was left in the template, by a person or an older version. */
  | { readonly is: 'half-injected'; readonly container: string }
  | { readonly is: 'no-token' }
);

/** A future pod, and the labels and annotations of the workload that would create it. */
export type Wish = {
  readonly pod: Template;
  readonly workload: { readonly labels: Labels; readonly annotations: Labels };
};

const mostReasons = 4;

export function reasonsOf(world: World, namespace: NamespaceOf, wish: Wish): readonly Reason[] {
  const reasons: Reason[] = [];
  let [here, pod] = [namespace, wish.pod];
  while (reasons.length < mostReasons) {
    const reason = reasonOf(world, here, { ...wish, pod });
    if (!reason) break;
    reasons.push(reason);
    if (reason.mend.on === 'nothing') break;
    if (reason.mend.on === 'namespace') here = mended(here, reason.mend);
    else pod = mended(pod, reason.mend);
  }
  return reasons;
}

export function mended<T extends { readonly labels: Labels; readonly annotations: Labels }>(
  before: T,
  mend: Mend,
): T {
  if (mend.on === 'nothing') return before;
  return {
    ...before,
    labels: changed(before.labels, mend.labels),
    annotations: changed(before.annotations, mend.annotations),
  };
}

function changed(labels: Labels, changes: Changes): Labels {
  const all = Object.entries<string | null>({ ...labels, ...changes });
  return Object.fromEntries(all.filter((e): e is [string, string] => e[1] !== null));
}

const nothing: Mend = { on: 'nothing' };
const enabled: Changes = { [injectAnnotation]: 'enabled' };
const askHere: Setting = { on: 'namespace', labels: {}, annotations: enabled };
const askAlone: Setting = { on: 'template', labels: {}, annotations: enabled };

function reasonOf(world: World, namespace: NamespaceOf, wish: Wish): Reason | undefined {
  const verdict = verdictOf(world, namespace, wish.pod);
  switch (verdict.is) {
    case 'injected':
    case 'unknown':
      return undefined;
    case 'no-webhook':
      return { is: 'no-webhook', mend: nothing };
    case 'not-called':
      return callReason(verdict.misses, verdict.by.configuration);
    case 'skipped':
      return skipReason(pick(verdict.rules), namespace, wish);
  }
}

/** A rule that no annotation can change comes first: it ends the search. */
function pick(rules: readonly [Rule, ...Rule[]]): Rule {
  return rules.find(({ is }) => final.has(is)) ?? rules[0];
}

const final: ReadonlySet<Rule['is']> = new Set(['host-network', 'has-sidecar', 'no-token']);
/** A label of the namespace, which the webhook's own selector reads. */
export const offKey = 'config.linkerd.io/admission-webhooks';
const nameKey = 'kubernetes.io/metadata.name';
const partKeys = ['linkerd.io/control-plane-component', 'linkerd.io/cni-resource'];

/** Misses of the live webhook's selectors; the chart's own selectors have their own reasons. */
function callReason(misses: readonly Miss[], configuration: string): Reason | undefined {
  const [miss] = misses;
  const named = misses.find(({ on, key }) => on === 'namespace' && key === nameKey);
  if (named) return { is: 'system-namespace', mend: nothing };
  const part = misses.find(({ on, key }) => on === 'pod' && partKeys.includes(key));
  if (part) {
    const mend: Mend = { on: 'template', labels: { [part.key]: null }, annotations: {} };
    return { is: 'mesh-part', label: part.key, mend };
  }
  if (!miss) return undefined;
  if (miss.on === 'namespace' && miss.key === offKey && miss.operator === 'NotIn') {
    const mend: Mend = { on: 'namespace', labels: { [offKey]: null }, annotations: {} };
    return { is: 'webhooks-off', value: miss.has ?? '', mend };
  }
  return { is: 'excluded', configuration, miss, mend: nothing };
}

function skipReason(rule: Rule, namespace: NamespaceOf, wish: Wish): Reason {
  switch (rule.is) {
    case 'host-network':
    case 'no-token':
      return { is: rule.is, mend: nothing };
    case 'has-sidecar':
      return rule.of === 'Istio'
        ? { is: 'istio-sidecar', container: rule.container, mend: nothing }
        : { is: 'half-injected', container: rule.container, mend: nothing };
    case 'opted-out': {
      const annotations = { [injectAnnotation]: null };
      return { is: 'opted-out', mend: { on: 'template', labels: {}, annotations } };
    }
    case 'bad-value':
      return {
        is: 'value',
        on: rule.on,
        value: rule.value,
        mend: rule.on === 'namespace' ? askHere : askAlone,
      };
    case 'not-asked':
      return notAsked(rule.said, namespace, wish);
  }
}

/** Someone may have asked in a place that the injector does not read. */
function notAsked(
  said: string | undefined,
  namespace: NamespaceOf,
  { pod, workload }: Wish,
): Reason {
  const onPod = pod.labels[injectAnnotation];
  if (onPod !== undefined) {
    const mend: Mend = { ...askAlone, labels: { [injectAnnotation]: null } };
    return { is: 'label', on: 'pod', label: onPod, mend };
  }
  const misplaced = onWorkload(workload);
  if (misplaced) {
    const { value } = misplaced;
    const annotations = { [injectAnnotation]: value === 'ingress' ? value : 'enabled' };
    const mend: Mend = { on: 'template', labels: {}, annotations };
    return { is: 'annotation-on-workload', ...misplaced, mend };
  }
  if (said !== undefined) return { is: 'namespace-off', alone: askAlone, mend: askHere };
  const onNamespace = namespace.labels[injectAnnotation];
  if (onNamespace !== undefined) {
    const mend: Mend = { ...askHere, labels: { [injectAnnotation]: null } };
    return { is: 'label', on: 'namespace', label: onNamespace, mend };
  }
  return { is: 'not-asked', alone: askAlone, mend: askHere };
}

/** On the Deployment itself, where only people look. */
function onWorkload({ labels, annotations }: Wish['workload']) {
  const found = [
    { sort: 'annotation', value: annotations[injectAnnotation] },
    { sort: 'label', value: labels[injectAnnotation] },
  ] as const;
  for (const { sort, value } of found) {
    if (value !== undefined && value !== 'disabled') return { sort, value };
  }
  return undefined;
}
