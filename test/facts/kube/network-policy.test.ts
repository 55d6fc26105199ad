// NetworkPolicies as kubernetes.io defines them: who is blamed, and who never is.
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/core/object.ts';
import { blockingPolicies, type PolicyArgs } from '../../../src/facts/kube/network-policy.ts';

const labels = {
  shop: { 'kubernetes.io/metadata.name': 'shop' },
  'istio-system': { 'kubernetes.io/metadata.name': 'istio-system' },
};
const args: PolicyArgs = {
  from: { namespace: 'shop', labels: { app: 'web' }, ip: '10.244.1.7' },
  to: [{ namespace: 'istio-system', labels: { app: 'istiod' }, ip: '10.244.0.9' }],
  toNamespace: 'istio-system',
  port: 15_012,
};

function policy(spec: object, namespace = 'shop', name = 'p'): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name },
    spec: { podSelector: {}, ...spec },
  };
}
const egress = (...rules: readonly object[]) => policy({ policyTypes: ['Egress'], egress: rules });
const istiods = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } },
};
const tcp = (port: number, endPort?: number) => ({
  ports: [{ protocol: 'TCP', port, ...(endPort === undefined ? {} : { endPort }) }],
});

test.each([
  ['no policy', [], ''],
  ['egress to nowhere', [egress()], 'egress'],
  ['egress to everywhere', [egress({})], ''],
  ['egress to istiod', [egress({ to: [istiods], ...tcp(15_012) })], ''],
  ['egress to istiod on another port', [egress({ to: [istiods], ...tcp(443) })], 'egress'],
  ['a range of ports', [egress({ to: [istiods], ...tcp(15_000, 15_100) })], ''],
  ['UDP alone', [egress({ ports: [{ protocol: 'UDP', port: 15_012 }] })], 'egress'],
  ['a named port cannot be told', [egress({ ports: [{ port: 'grpc-xds' }] })], ''],
  ['pods of the own namespace', [egress({ to: [{ podSelector: {} }] })], 'egress'],
  ['a block that holds it', [egress({ to: [{ ipBlock: { cidr: '10.244.0.0/24' } }] })], ''],
  ['a block without it', [egress({ to: [{ ipBlock: { cidr: '10.96.0.0/16' } }] })], 'egress'],
  [
    'a block with an exception',
    [egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.244.0.0/16'] } }] })],
    'egress',
  ],
  ['one that allows is enough', [egress(), egress({ to: [istiods] })], ''],
  [
    'one that selects other pods',
    [policy({ podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Egress'] })],
    '',
  ],
  ['ingress of the pod does not matter', [policy({ policyTypes: ['Ingress'] })], ''],
  ['ingress of istiod', [policy({ policyTypes: ['Ingress'] }, 'istio-system')], 'ingress'],
  [
    'ingress of istiod from every namespace',
    [policy({ ingress: [{ from: [{ namespaceSelector: {} }] }] }, 'istio-system')],
    '',
  ],
  [
    'without policyTypes: egress only when there are rules',
    [policy({ egress: [{ to: [{ podSelector: {} }] }] })],
    'egress',
  ],
] as const)('%s', (_, policies, way) => {
  const blamed = blockingPolicies(policies, args, labels);
  expect([...new Set(blamed.map((b) => b.way))].join()).toBe(way);
});

test('labels of a namespace that may not be read blame nobody', () => {
  const policies = [egress({ to: [istiods] })];
  expect(blockingPolicies(policies, args, { shop: labels.shop })).toEqual([]);
  const other = { ...labels, 'istio-system': { 'kubernetes.io/metadata.name': 'other' } };
  expect(blockingPolicies(policies, args, other)).toHaveLength(1);
});

test('one istiod that can be reached is enough', () => {
  const to = [...args.to, { namespace: 'istio-system', labels: { app: 'istiod' }, ip: '10.9.0.1' }];
  const policies = [egress({ to: [{ ipBlock: { cidr: '10.9.0.0/16' } }] })];
  expect(blockingPolicies(policies, { ...args, to }, labels)).toEqual([]);
  expect(blockingPolicies(policies, args, labels)).toHaveLength(1);
});
