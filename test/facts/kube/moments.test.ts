// What objects, pods and events tell of times.
import { describe, expect, test } from 'vitest';
import { certificateMoments } from '../../../src/model/certificates/moments.ts';
import { changes, eventMoments, podMoments, podsMade } from '../../../src/model/kube/moments.ts';
import { readPod } from '../../../src/facts/kube/pod.ts';
import type { Happening } from '../../../src/core/moment.ts';
import type { KubeObject, Manager } from '../../../src/core/object.ts';
import type { Certificate } from '../../../src/model/certificates/x509.ts';

const short = (all: readonly Happening[]) =>
  all.map(({ at, what }) => `${at.slice(11, 19)} ${what}`);

function filter(managedFields: readonly Manager[], generation = 1): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: {
      name: 'add-header',
      namespace: 'shop',
      generation,
      creationTimestamp: '2026-03-04T09:00:00Z',
      managedFields,
    },
  };
}

describe('changes', () => {
  test('who created it, and who wrote it since', () => {
    const object = filter(
      [
        { manager: 'argocd', operation: 'Apply', time: '2026-03-04T09:02:00Z' },
        { manager: 'kubectl', operation: 'Update', time: '2026-03-04T09:00:00Z' },
      ],
      3,
    );
    expect(short(changes(object))).toEqual([
      '09:00:00 kubectl created EnvoyFilter shop/add-header',
      '09:02:00 argocd last changed EnvoyFilter shop/add-header (generation 3)',
    ]);
  });

  test('a status, or what a controller notes, is nobody changing it', () => {
    const object = filter([
      { manager: 'istiod', subresource: 'status', time: '2026-03-04T10:00:00Z' },
      { manager: 'kube-controller-manager', time: '2026-03-04T11:00:00Z' },
    ]);
    expect(short(changes(object))).toEqual(['09:00:00 EnvoyFilter shop/add-header was created']);
  });

  test('who created it may not be told any more', () => {
    const object = filter([{ manager: 'argocd', time: '2026-03-04T12:00:00Z' }], 2);
    expect(short(changes(object))).toEqual([
      '09:00:00 EnvoyFilter shop/add-header was created',
      '12:00:00 argocd last changed EnvoyFilter shop/add-header (generation 2)',
    ]);
  });
});

const pod = (name: string, created: string, statuses: readonly object[] = []) =>
  readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', creationTimestamp: created },
    spec: { containers: [{ name: 'istio-proxy' }], initContainers: [{ name: 'istio-init' }] },
    status: {
      containerStatuses: statuses as never,
      initContainerStatuses: [
        {
          name: 'istio-init',
          state: { terminated: { exitCode: 0, finishedAt: '2026-03-04T09:00:02Z' } },
        },
      ],
    },
  });

const killed = {
  name: 'istio-proxy',
  restartCount: 2,
  state: { running: { startedAt: '2026-03-04T09:30:01Z' } },
  lastState: {
    terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-03-04T09:30:00Z' },
  },
};

describe('pods', () => {
  test('when it came, and when a container ended and began again; an init container has to end', () => {
    expect(short(podMoments(pod('web-a', '2026-03-04T09:00:00Z', [killed])))).toEqual([
      '09:00:00 pod shop/web-a was created',
      '09:30:00 container istio-proxy of shop/web-a ended: OOMKilled (exit code 137)',
      '09:30:01 container istio-proxy of shop/web-a started again (2 restarts)',
    ]);
  });

  test('pods of one rollout are one moment', () => {
    const made = [
      pod('web-a', '2026-03-04T09:00:00Z'),
      pod('web-b', '2026-03-04T09:00:00Z', [killed]),
      pod('web-c', '2026-03-04T10:00:00Z'),
    ];
    expect(short(podsMade('Deployment web', made))).toEqual([
      '09:00:00 pods were created: 2 of Deployment web',
      '10:00:00 pod shop/web-c was created',
      '09:30:00 container istio-proxy of shop/web-b ended: OOMKilled (exit code 137)',
      '09:30:01 container istio-proxy of shop/web-b started again (2 restarts)',
    ]);
  });
});

test('events have the time of their last; what every pod goes through is left out', () => {
  const event = { object: 'web-a', kind: 'Pod', count: 1, last: '2026-03-04T09:00:00Z' };
  const told = eventMoments([
    { ...event, reason: 'BackOff', message: 'Back-off restarting\n', count: 4 },
    { ...event, reason: 'Pulled', message: 'Container image already present' },
    { ...event, reason: 'Killing', message: 'x', last: undefined },
  ]);
  expect(short(told)).toEqual(['09:00:00 Pod web-a: BackOff (the last of 4): Back-off restarting']);
});

describe('certificates', () => {
  const now = Date.parse('2026-03-04T09:00:00Z');
  const days = (n: number) => now + n * 24 * 3600_000;
  const told = (from: number, until: number) =>
    certificateMoments(
      [{ subject: 'CN=x', names: [], from, until } as unknown as Certificate],
      now,
      'the root',
    ).map(({ what }) => what.replace('the root (CN=x) ', ''));

  test.each([
    ['in the middle of its life', days(-100), days(265), []],
    ['just made', days(-1), days(364), ['became valid']],
    ['not yet valid', days(1), days(365), ['becomes valid']],
    ['soon over', days(-350), days(15), ['expires']],
    ['over for long', days(-800), days(-400), ['expired']],
    ['of ten years, made last year', days(-365), days(3285), []],
    ['of a day, half way', days(-0.5), days(0.5), []],
  ])('%s', (_, from, until, expected) => {
    expect(told(from, until)).toEqual(expected);
  });
});
