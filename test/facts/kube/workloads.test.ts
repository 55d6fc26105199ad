// Pods to what makes them, a namespace's last change, and the event that is about a workload.
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/core/object.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import { readNamespace } from '../../../src/facts/kube/namespace.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { group } from '../../../src/facts/kube/workloads.ts';

type Owner = { kind: string; name: string; controller: boolean };
const owner = (kind: string, name: string): Owner => ({ kind, name, controller: true });

const made = (
  kind: string,
  name: string,
  spec: object = {},
  owners: readonly Owner[] = [],
  labels = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', labels, ownerReferences: owners },
  spec: JSON.parse(JSON.stringify(spec)) as NonNullable<KubeObject['spec']>,
});
const pod = (name: string, owners: readonly Owner[] = [], labels = {}) =>
  made('Pod', name, { containers: [{ name: 'app', image: 'lab/app:1' }] }, owners, labels);

describe('group', () => {
  const web = made('Deployment', 'web', {
    replicas: 2,
    template: {
      metadata: { labels: { app: 'web' }, annotations: { a: 'b' } },
      spec: { hostNetwork: true, containers: [{ name: 'app', image: 'lab/app:1' }] },
    },
  });
  const nightly = made('CronJob', 'nightly', {
    jobTemplate: { spec: { template: { metadata: { labels: { job: 'nightly' } } } } },
  });
  const run = made('Job', 'nightly-1', {}, [owner('CronJob', 'nightly')]);
  const pods = [
    pod('web-5c4-a', [owner('ReplicaSet', 'web-5c4')], { 'pod-template-hash': '5c4' }),
    pod('nightly-1-b', [owner('Job', 'nightly-1')]),
    pod('alone'),
    pod('roll-7-c', [owner('ReplicaSet', 'roll-7')]),
  ];
  const { workloads, others } = group('shop', [web, nightly, run], pods);

  it('gives each workload its pods, a Job of a CronJob those to the CronJob', () => {
    const found = workloads.map((w) => [w.kind, w.name, w.wanted, w.pods.map((p) => p.ref.name)]);
    expect(found).toEqual([
      ['CronJob', 'nightly', 0, ['nightly-1-b']],
      ['Deployment', 'web', 2, ['web-5c4-a']],
    ]);
  });

  it('reads the template where the kind has it', () => {
    expect(workloads.map((w) => w.template)).toEqual([
      {
        labels: { job: 'nightly' },
        annotations: {},
        hostNetwork: false,
        automount: undefined,
        containers: [],
      },
      {
        labels: { app: 'web' },
        annotations: { a: 'b' },
        hostNetwork: true,
        automount: undefined,
        containers: [{ name: 'app', image: 'lab/app:1', role: 'main' }],
      },
    ]);
  });

  it('keeps the pods that nothing listed has made', () => {
    expect(others.map((p) => p.ref.name)).toEqual(['alone', 'roll-7-c']);
  });
});

describe('refusalOf', () => {
  const event = (kind: string, object: string): Event => ({
    kind,
    object,
    reason: 'FailedCreate',
    message: object,
    count: 1,
    last: undefined,
  });
  const all = [
    event('ReplicaSet', 'web-api-5c4'),
    event('ReplicaSet', 'web-5c4'),
    event('StatefulSet', 'db'),
    event('Job', 'nightly-29384'),
  ];

  it.each([
    ['Deployment', 'web', 'web-5c4'],
    ['Deployment', 'web-api', 'web-api-5c4'],
    ['StatefulSet', 'db', 'db'],
    ['CronJob', 'nightly', 'nightly-29384'],
    ['DaemonSet', 'web-5c4', undefined],
    ['Deployment', 'db', undefined],
  ])('%s %s: %s', (kind, name, message) => {
    expect(refusalOf(all, { kind, name })?.message).toBe(message);
  });
});

describe('readNamespace', () => {
  it('knows the newest change that a person made', () => {
    const metadata = {
      name: 'shop',
      managedFields: [
        { manager: 'kubectl-create', operation: 'Update', time: '2026-01-01T00:00:00Z' },
        { manager: 'kubectl-label', operation: 'Update', time: '2026-01-03T00:00:00Z' },
        {
          manager: 'kcm',
          operation: 'Update',
          time: '2026-01-04T00:00:00Z',
          subresource: 'status',
        },
      ],
    };
    const read = readNamespace({ apiVersion: 'v1', kind: 'Namespace', metadata });
    expect(read.changed).toEqual({ at: Date.parse('2026-01-03T00:00:00Z'), by: 'kubectl-label' });
  });
});
