// Webhooks as Istio's charts write them, and any labels a namespace or a pod may carry.
import fc from 'fast-check';
import type { KubeObject } from '../../../../src/core/object.ts';
import type { NamespaceOf, Template } from '../../../../src/model/kube/webhook-called.ts';
import type { InjectorConfig } from '../../../../src/model/istio/inject/required.ts';
import { readWebhooks } from '../../../../src/model/istio/inject/webhook.ts';

type Requirement = { key: string; operator: string; values?: string[] };
const INJECTION = 'istio-injection';
const REV = 'istio.io/rev';
const INJECT = 'sidecar.istio.io/inject';
const none = (key: string): Requirement => ({ key, operator: 'DoesNotExist' });
const isIn = (key: string, ...values: string[]): Requirement => ({ key, operator: 'In', values });
const notFalse: Requirement = { key: INJECT, operator: 'NotIn', values: ['false'] };

/** mutatingwebhook.yaml and revision-tags-mwc.yaml of istio-discovery, rendered. */
export function configuration(
  name: string,
  { revision, tag }: { revision: string; tag?: string },
  change: object = {},
): KubeObject {
  const answers = tag ?? revision;
  const entry = (prefix: string, namespace: Requirement[], pod: Requirement[]) => ({
    name: `${prefix}.sidecar-injector.istio.io`,
    clientConfig: {
      service: { name: 'istiod', namespace: 'istio-system', path: '/inject', port: 443 },
    },
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    failurePolicy: 'Fail',
    namespaceSelector: { matchExpressions: namespace },
    objectSelector: { matchExpressions: pod },
    ...change,
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name,
      labels: { [REV]: revision, ...(tag === undefined ? {} : { 'istio.io/tag': tag }) },
    },
    webhooks: [
      entry('rev.namespace', [isIn(REV, answers), none(INJECTION)], [notFalse]),
      entry('rev.object', [none(REV), none(INJECTION)], [notFalse, isIn(REV, answers)]),
      ...(answers === 'default'
        ? [
            entry('namespace', [isIn(INJECTION, 'enabled')], [notFalse]),
            entry('object', [none(INJECTION), none(REV)], [isIn(INJECT, 'true'), none(REV)]),
          ]
        : []),
    ],
  };
}

export const defaultWebhooks = readWebhooks([
  configuration('istio-sidecar-injector', { revision: 'default' }),
  configuration('istio-sidecar-injector-canary', { revision: 'canary' }),
  configuration('istio-revision-tag-prod', { revision: 'canary', tag: 'prod' }),
]);

export const config: InjectorConfig = {
  policy: 'enabled',
  never: [],
  always: [],
  templates: ['sidecar', 'gateway'],
};

export const named = (labels: Readonly<Record<string, string>>): NamespaceOf => ({
  name: 'shop',
  labels,
});

const maybe = (key: string, ...values: string[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((v) => (v === undefined ? {} : { [key]: v }));

const revisions = ['default', 'canary', 'prod', 'gone', ''];
const answers = ['true', 'false', 'True', 'yes', ''];

export const anyNamespace: fc.Arbitrary<NamespaceOf> = fc
  .tuple(
    maybe(INJECTION, 'enabled', 'disabled', 'true', ''),
    maybe(REV, ...revisions),
    maybe('istio.io/dataplane-mode', 'ambient'),
  )
  .map((all) => named(Object.assign({}, ...all) as Record<string, string>));

export const anyTemplate: fc.Arbitrary<Template> = fc
  .tuple(
    fc.tuple(maybe(INJECT, ...answers), maybe(REV, ...revisions), maybe('job', 'x', 'y')),
    fc.tuple(
      maybe(INJECT, ...answers),
      maybe('inject.istio.io/templates', 'gateway', 'sidecar', 'sidecar,nope'),
    ),
    fc.oneof(
      { weight: 5, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  )
  .map(([labels, annotations, hostNetwork]) => ({
    labels: Object.assign({}, ...labels),
    annotations: Object.assign({}, ...annotations),
    hostNetwork,
  }));
