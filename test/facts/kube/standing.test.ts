// What is visibly not well in a namespace, and what a person looks at first.
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/core/object.ts';
import { placeText } from '../../../src/core/input.ts';
import { ailingIn } from '../../../src/facts/kube/standing.ts';
import { group } from '../../../src/facts/kube/workloads.ts';
import { worstOf } from '../../../src/facts/kube/worst.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const created = '2026-11-21T11:00:00Z';

const deployment = (name: string, replicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: { replicas, template: {} },
});

type Made = {
  readonly ready?: boolean;
  readonly restarted?: string;
  readonly born?: string;
  readonly proxy?: true;
  readonly phase?: string;
};

function pod(name: string, of: string | undefined, how: Made = {}): KubeObject {
  const { ready = true, restarted, born = created, proxy, phase = 'Running' } = how;
  const names = ['app', ...(proxy ? ['istio-proxy'] : [])];
  const last = restarted
    ? { lastState: { terminated: { exitCode: 1, finishedAt: restarted } } }
    : {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace: 'shop', creationTimestamp: born },
      ...(of === undefined
        ? {}
        : {
            labels: { 'pod-template-hash': '5c4' },
            ownerReferences: [{ kind: 'ReplicaSet', name: `${of}-5c4`, controller: true }],
          }),
    },
    spec: { containers: names.map((one) => ({ name: one, image: `lab/${one}:1` })) },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: names.map((one) => ({
        name: one,
        ready,
        restartCount: restarted ? 3 : 0,
        state: ready ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } },
        ...last,
      })),
    },
  };
}

const inShop = (items: readonly KubeObject[], pods: readonly KubeObject[]) => ({
  ...group('shop', items, pods),
  unread: [],
});
const says = (items: readonly KubeObject[], pods: readonly KubeObject[]) =>
  ailingIn(inShop(items, pods), now).map((one) => one.says);
const looked = (items: readonly KubeObject[], pods: readonly KubeObject[]) => {
  const worst = worstOf(inShop(items, pods), now);
  return worst && { places: worst.places.map(placeText), note: worst.note };
};

describe('what is not well', () => {
  test('a container that waits, and a workload without its pods', () => {
    const pods = [pod('web-5c4-a', 'web', { ready: false }), pod('web-5c4-b', 'web')];
    expect(says([deployment('web', 2), deployment('idle', 3)], pods)).toEqual([
      'Deployment shop/idle has 0 of 3 pods',
      expect.stringMatching(/^shop\/web-5c4-a: app.*CrashLoopBackOff/),
    ]);
  });

  test('not a pod that a rollout has just made, nor one that did its work', () => {
    const fresh = pod('web-5c4-b', 'web', { ready: false, born: '2026-11-21T11:59:40Z' });
    const done = pod('job', undefined, { ready: false, phase: 'Succeeded' });
    expect(says([deployment('web', 1)], [pod('web-5c4-a', 'web'), fresh, done])).toEqual([]);
    expect(says([deployment('web', 2)], [pod('web-5c4-a', 'web'), fresh])).toHaveLength(1);
  });
});

describe('what is looked at first', () => {
  test('what is not well, one of each workload, then what has just restarted', () => {
    const pods = [
      pod('web-5c4-a', 'web'),
      pod('cart-5c4-a', 'cart', { restarted: '2026-11-21T11:30:00Z' }),
      pod('pay-5c4-a', 'pay', { ready: false }),
      pod('pay-5c4-b', 'pay', { ready: false }),
      pod('old-5c4-a', 'old', { restarted: '2026-11-20T11:30:00Z' }),
    ];
    const all = ['web', 'cart', 'old'].map((name) => deployment(name, 1));
    expect(looked([...all, deployment('pay', 2), deployment('idle', 1)], pods)).toEqual({
      places: ['deployment/idle.shop', 'shop/pay-5c4-a', 'shop/cart-5c4-a'],
      note: '5 pods in shop; looked at 3, the least well first',
    });
  });

  test('what is not well beyond three is named', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const pods = names.map((one) => pod(`${one}-5c4-x`, one, { ready: false }));
    const worst = looked(
      names.map((one) => deployment(one, 1)),
      pods,
    );
    expect(worst?.note).toBe(
      '5 pods in shop; looked at 3, the least well first; not well either: d-5c4-x and e-5c4-x',
    );
  });

  test('where all is well a pod of each workload, those of a mesh before others', () => {
    const pods = [
      pod('a-5c4-x', 'a'),
      pod('b-5c4-x', 'b', { proxy: true }),
      pod('b-5c4-y', 'b', { proxy: true }),
    ];
    expect(
      looked(
        ['a', 'b'].map((one) => deployment(one, 1)),
        pods,
      ),
    ).toEqual({
      places: ['shop/b-5c4-x', 'shop/a-5c4-x'],
      note: '3 pods in shop; looked at 2, one of each workload',
    });
    expect(looked([], [])).toBeUndefined();
  });
});
