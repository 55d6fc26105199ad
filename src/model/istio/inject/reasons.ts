// Why a pod would get no sidecar: one reason after another, each with the change that removes it. Nothing is guessed:
// after each reason both gates are evaluated again with that change made.
import type { Labels, LabelSelector } from '../../kube/labels.ts';
import type { Changes } from '../../kube/workload-fixes.ts';
import type { Miss, NamespaceOf, Template } from '../../kube/webhook-called.ts';
import { injectKey, type Rule } from './required.ts';
import { verdictOf, type Configs, type Verdict } from './verdict.ts';
import { answersTo, isDeactivated, type Webhook } from './webhook.ts';

export const injectionKey = 'istio-injection';
export const revKey = 'istio.io/rev';

export type Mend =
  | { readonly on: 'namespace'; readonly labels: Changes }
  | { readonly on: 'template'; readonly labels: Changes; readonly annotations: Changes }
  /** No label helps: a person must decide. */
  | { readonly on: 'nothing' };

export type Reason = { readonly mend: Mend } & (
  | { readonly is: 'no-webhooks' }
  /** `alone`: the change that injects only this one workload. */
  | { readonly is: 'namespace-unlabeled'; readonly alone: Mend }
  | { readonly is: 'namespace-off'; readonly value: string; readonly ignored: string | undefined }
  | { readonly is: 'revision-missing'; readonly on: 'namespace' | 'pod'; readonly revision: string }
  | { readonly is: 'no-default'; readonly asks: string }
  | { readonly is: 'deactivated'; readonly asks: string; readonly configuration: string }
  | { readonly is: 'label-false' }
  | { readonly is: 'label-value'; readonly value: string }
  | { readonly is: 'label-on-workload'; readonly label: string }
  | { readonly is: 'annotation-only' }
  | { readonly is: 'excluded'; readonly configuration: string; readonly miss: Miss }
  | { readonly is: 'annotation-false' }
  | { readonly is: 'host-network' }
  | { readonly is: 'system-namespace' }
  | { readonly is: 'never-selector'; readonly selector: LabelSelector; readonly revision: string }
  | { readonly is: 'policy'; readonly policy: string; readonly revision: string }
  | { readonly is: 'template-missing'; readonly template: string; readonly revision: string }
);

export type World = { readonly webhooks: readonly Webhook[]; readonly configs: Configs };
/** A future pod, and the labels of the workload that would create it. */
export type Wish = { readonly pod: Template; readonly workloadLabels: Labels };

const mostReasons = 4;

export function reasonsOf(world: World, namespace: NamespaceOf, wish: Wish): readonly Reason[] {
  const reasons: Reason[] = [];
  let [here, pod] = [namespace, wish.pod];
  while (reasons.length < mostReasons) {
    const verdict = verdictOf(world.webhooks, world.configs, here, pod);
    const reason = reasonOf(world, verdict, here, { ...wish, pod });
    if (!reason) break;
    reasons.push(reason);
    if (reason.mend.on === 'nothing') break;
    if (reason.mend.on === 'namespace') here = mendNamespace(here, reason.mend.labels);
    else pod = mendTemplate(pod, reason.mend);
  }
  return reasons;
}

export function mendNamespace(namespace: NamespaceOf, labels: Changes): NamespaceOf {
  return { ...namespace, labels: changed(namespace.labels, labels) };
}

export function mendTemplate(pod: Template, mend: Extract<Mend, { on: 'template' }>): Template {
  return {
    ...pod,
    labels: changed(pod.labels, mend.labels),
    annotations: changed(pod.annotations, mend.annotations),
  };
}

function changed(labels: Labels, changes: Changes): Labels {
  const all = Object.entries<string | null>({ ...labels, ...changes });
  return Object.fromEntries(all.filter((e): e is [string, string] => e[1] !== null));
}

function reasonOf(
  world: World,
  verdict: Verdict,
  namespace: NamespaceOf,
  wish: Wish,
): Reason | undefined {
  switch (verdict.is) {
    case 'injected':
    case 'unknown':
      return undefined;
    case 'refused':
      return {
        is: 'template-missing',
        template: verdict.template,
        revision: verdict.by.revision,
        mend: nothing,
      };
    case 'skipped':
      return skipReason(verdict.rule, verdict.by);
    case 'not-called':
      return callReason(world, verdict.nearest, namespace, wish);
  }
}

const nothing: Mend = { on: 'nothing' };
const noAnnotation: Mend = { on: 'template', labels: {}, annotations: { [injectKey]: null } };
const noLabel: Mend = { on: 'template', labels: { [injectKey]: null }, annotations: {} };
const yesLabel: Mend = { on: 'template', labels: { [injectKey]: 'true' }, annotations: {} };

function skipReason(rule: Rule, { revision }: Webhook): Reason | undefined {
  switch (rule.is) {
    case 'host-network':
    case 'system-namespace':
      return { is: rule.is, mend: nothing };
    case 'asked':
      return rule.by === 'label'
        ? { is: 'label-false', mend: noLabel }
        : { is: 'annotation-false', mend: noAnnotation };
    case 'never-selector':
      return { is: 'never-selector', selector: rule.selector, revision, mend: yesLabel };
    case 'always-selector':
      return undefined;
    case 'policy': {
      // With `disabled` a pod can still ask itself; with any other value none can.
      const mend = rule.policy === 'disabled' ? yesLabel : nothing;
      return { is: 'policy', policy: rule.policy, revision, mend };
    }
  }
}

type Nearest = Extract<Verdict, { is: 'not-called' }>['nearest'];

function callReason(
  world: World,
  nearest: Nearest,
  namespace: NamespaceOf,
  wish: Wish,
): Reason | undefined {
  if (world.webhooks.length === 0) return { is: 'no-webhooks', mend: nothing };
  if (wish.pod.labels[injectKey] === 'false') return { is: 'label-false', mend: noLabel };
  const excluded = excludedBy(nearest);
  if (excluded) return excluded;
  const injection = namespace.labels[injectionKey];
  const rev = namespace.labels[revKey];
  if (injection === 'enabled')
    return noDefault(world, namespace, wish.pod, 'istio-injection=enabled');
  if (injection !== undefined) {
    const mend = labelMend(world, namespace, wish.pod);
    return { is: 'namespace-off', value: injection, ignored: rev, mend };
  }
  if (rev !== undefined) {
    const mend = labelMend(world, namespace, wish.pod);
    return { is: 'revision-missing', on: 'namespace', revision: rev, mend };
  }
  return unlabeledReason(world, namespace, wish);
}

/** A namespace without either label: the labels of the pod decide. */
function unlabeledReason(world: World, namespace: NamespaceOf, wish: Wish): Reason {
  const { labels, annotations } = wish.pod;
  const rev = labels[revKey];
  if (rev !== undefined) {
    const other = namesOf(world.webhooks)[0];
    const mend: Mend =
      other === undefined
        ? nothing
        : { on: 'template', labels: { [revKey]: other }, annotations: {} };
    return { is: 'revision-missing', on: 'pod', revision: rev, mend };
  }
  if (labels[injectKey] === 'true') {
    return noDefault(world, namespace, wish.pod, `${injectKey}=true`);
  }
  const asksFor = podMend(world, namespace, wish.pod);
  if (labels[injectKey] !== undefined && labels[injectKey] !== '') {
    return { is: 'label-value', value: labels[injectKey], mend: asksFor };
  }
  if (annotations[injectKey] === 'true') return { is: 'annotation-only', mend: asksFor };
  const misplaced = [injectKey, revKey].find((key) =>
    wantsInjection(key, wish.workloadLabels[key]),
  );
  if (misplaced !== undefined) {
    const label = `${misplaced}=${wish.workloadLabels[misplaced] ?? ''}`;
    return { is: 'label-on-workload', label, mend: asksFor };
  }
  const mend = labelMend(world, namespace, wish.pod);
  return { is: 'namespace-unlabeled', alone: asksFor, mend };
}

function wantsInjection(key: string, value: string | undefined): boolean {
  return key === injectKey ? value === 'true' : value !== undefined;
}

function noDefault(world: World, namespace: NamespaceOf, pod: Template, asks: string): Reason {
  const old = world.webhooks.find(isDeactivated);
  const mend = labelMend(world, namespace, pod);
  return old
    ? { is: 'deactivated', asks, configuration: old.configuration, mend }
    : { is: 'no-default', asks, mend };
}

const standard = new Set([injectionKey, revKey, injectKey, 'istio.io/deactivated']);

/** A webhook that is not called only because of a custom selector. */
function excludedBy(nearest: Nearest): Reason | undefined {
  for (const { webhook, misses } of nearest) {
    const [miss] = misses;
    if (miss && misses.every(({ key }) => !standard.has(key))) {
      return { is: 'excluded', configuration: webhook.configuration, miss, mend: nothing };
    }
  }
  return undefined;
}

/** The revisions and tags that a webhook serves, tags first: users are meant to use those. */
export function namesOf(webhooks: readonly Webhook[]): readonly string[] {
  const alive = webhooks.filter((webhook) => !isDeactivated(webhook));
  const tags = alive.filter((w) => w.tag !== undefined);
  return [...new Set([...tags, ...alive].map(answersTo))];
}

/** The first label of the namespace with which a webhook would be called for this pod. */
function labelMend(world: World, namespace: NamespaceOf, pod: Template): Mend {
  const wishes: readonly Changes[] = [
    { [injectionKey]: 'enabled', [revKey]: null },
    ...namesOf(world.webhooks).map((name) => ({ [injectionKey]: null, [revKey]: name })),
  ];
  const good = wishes.find((labels) => isCalled(world, mendNamespace(namespace, labels), pod));
  return good ? { on: 'namespace', labels: onlyNeeded(namespace, good) } : nothing;
}

function onlyNeeded({ labels }: NamespaceOf, changes: Changes): Changes {
  const needed = Object.entries(changes).filter(([key, value]) => (labels[key] ?? null) !== value);
  return Object.fromEntries(needed);
}

/** The pod label that asks for injection: true where there is a default revision, else a revision. */
function podMend(world: World, namespace: NamespaceOf, pod: Template): Mend {
  const wishes: readonly Changes[] = [
    { [injectKey]: 'true' },
    ...namesOf(world.webhooks).map((name) => ({ [injectKey]: null, [revKey]: name })),
  ];
  const mends = wishes.map((labels) => ({ on: 'template', labels, annotations: {} }) as const);
  return mends.find((mend) => isCalled(world, namespace, mendTemplate(pod, mend))) ?? nothing;
}

function isCalled(world: World, namespace: NamespaceOf, pod: Template): boolean {
  return verdictOf(world.webhooks, world.configs, namespace, pod).is !== 'not-called';
}
