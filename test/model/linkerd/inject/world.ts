// Linkerd's webhook as its chart renders it, and any annotations a namespace or a pod may carry.
import fc from 'fast-check';
import type { KubeObject } from '../../../../src/core/object.ts';
import type { NamespaceOf, Template, World } from '../../../../src/model/linkerd/inject/verdict.ts';
import { readWebhooks } from '../../../../src/model/linkerd/inject/webhook.ts';

export const INJECT = 'linkerd.io/inject';
const OFF = 'config.linkerd.io/admission-webhooks';

/** linkerd2 charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml with the selectors of its values.yaml. */
export function configuration(change: object = {}, annotations = {}): KubeObject {
  const service = { name: 'linkerd-proxy-injector', namespace: 'linkerd', path: '/' };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'linkerd-proxy-injector-webhook-config', annotations },
    webhooks: [
      {
        name: 'linkerd-proxy-injector.linkerd.io',
        clientConfig: { service, caBundle: '' },
        rules: [
          {
            operations: ['CREATE'],
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['pods', 'services'],
            scope: 'Namespaced',
          },
        ],
        failurePolicy: 'Ignore',
        timeoutSeconds: 10,
        namespaceSelector: {
          matchExpressions: [
            { key: OFF, operator: 'NotIn', values: ['disabled'] },
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'NotIn',
              values: ['kube-system', 'cert-manager'],
            },
          ],
        },
        objectSelector: {
          matchExpressions: [
            { key: 'linkerd.io/control-plane-component', operator: 'DoesNotExist' },
            { key: 'linkerd.io/cni-resource', operator: 'DoesNotExist' },
          ],
        },
        ...change,
      },
    ],
  };
}

export const world: World = {
  webhooks: readWebhooks([configuration()]),
  settings: { tokenProjection: true },
};

export const plain: Template = {
  labels: {},
  annotations: {},
  hostNetwork: false,
  automount: undefined,
  containers: [{ name: 'app', image: 'example.com/app:1', role: 'main' }],
};

export const named = (annotations: Readonly<Record<string, string>>): NamespaceOf => ({
  name: 'shop',
  labels: {},
  annotations,
});

const maybe = (key: string, ...values: readonly string[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((v) => (v === undefined ? {} : { [key]: v }));

const answers = ['enabled', 'disabled', 'ingress', 'true', 'Enabled', ''];
const merged = (all: readonly object[]) => Object.assign({}, ...all) as Record<string, string>;

export const anyNamespace: fc.Arbitrary<NamespaceOf> = fc
  .tuple(
    fc.constantFrom('shop', 'shop', 'shop', 'kube-system'),
    fc.tuple(maybe(INJECT, 'enabled'), maybe(OFF, 'disabled', 'enabled')),
    maybe(INJECT, ...answers),
  )
  .map(([name, labels, annotations]) => ({ name, labels: merged(labels), annotations }));

const containers = [
  { name: 'istio-proxy', image: 'example.com/x:1', role: 'sidecar' },
  { name: 'linkerd-init', image: 'example.com/x:1', role: 'init' },
  { name: 'tool', image: 'cr.l5d.io/linkerd/proxy:edge-26.8.3', role: 'main' },
] as const;

export const anyTemplate: fc.Arbitrary<Template> = fc
  .tuple(
    fc.tuple(
      maybe(INJECT, 'enabled'),
      maybe('linkerd.io/control-plane-component', 'web'),
      maybe('app', 'web'),
    ),
    maybe(INJECT, ...answers),
    fc.integer({ min: 0, max: 9 }),
    fc.option(fc.boolean(), { nil: undefined }),
    fc.subarray([...containers], { maxLength: 1 }),
  )
  .map(([labels, annotations, dice, automount, more]) => ({
    labels: merged(labels),
    annotations,
    hostNetwork: dice === 0,
    automount,
    containers: [...plain.containers, ...(dice > 6 ? more : [])],
  }));
