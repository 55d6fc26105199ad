// Where the metrics of a pod stop: the three-way rule, on pods and answers of every shape.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPod, type Pod } from '../../../../src/facts/kube/pod.ts';
import { coverageOf } from '../../../../runbooks/linkerd/linkerd-metrics/coverage.ts';
import type { ProxySeries } from '../../../../src/facts/linkerd/metrics/series.ts';
import type { ScrapeTargets, Target } from '../../../../src/facts/linkerd/metrics/targets.ts';

function podOf(own: { proxy?: 'native' | 'classic' | 'none'; ip?: string; host?: boolean }): Pod {
  const { proxy = 'native', ip = '10.0.0.7', host = false } = own;
  const state = { name: 'linkerd-proxy', ready: true, restartCount: 0, state: { running: {} } };
  const container = { name: 'linkerd-proxy', image: 'p', ports: [] };
  const native = proxy === 'native';
  return readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'emojivoto' },
    spec: {
      hostNetwork: host,
      initContainers: native ? [{ ...container, restartPolicy: 'Always' }] : [],
      containers: [{ name: 'web', image: 'w' }, ...(proxy === 'classic' ? [container] : [])],
    },
    status: {
      phase: 'Running',
      ...(ip === '' ? {} : { podIP: ip }),
      initContainerStatuses: native ? [state] : [],
      containerStatuses: native ? [] : [state],
    },
  });
}

const target = (own: Partial<Target> = {}): Target => ({
  pod: { namespace: 'emojivoto', name: 'web-1' },
  address: '10.0.0.7:4191',
  labels: { instance: '10.0.0.7:4191', namespace: 'emojivoto', pod: 'web-1' },
  pool: 'linkerd-proxy',
  health: 'up',
  lastError: '',
  lastScrape: undefined,
  interval: '10s',
  ...own,
});
const scraped = (...targets: Target[]): ScrapeTargets => ({ pools: [], targets, cut: false });
const series = (...labels: Record<string, string>[]): ProxySeries => ({
  requests: labels.map((one) => ({ labels: { instance: '10.0.0.7:4191', ...one }, value: 1 })),
  responses: [],
  cut: false,
});
const named = { namespace: 'emojivoto', pod: 'web-1' };

describe('where the metrics of a pod stop', () => {
  test.each<[string, string, Pod, ScrapeTargets | undefined, ProxySeries | undefined]>([
    ['no proxy', 'bare', podOf({ proxy: 'none' }), undefined, undefined],
    ['the network of the node', 'never', podOf({ proxy: 'none', host: true }), scraped(), series()],
    ['a native sidecar is a proxy', 'present', podOf({}), scraped(target()), series(named)],
    ['a classic one too', 'present', podOf({ proxy: 'classic' }), scraped(target()), series(named)],
    ['no address yet', 'starting', podOf({ ip: '' }), scraped(), series()],
    ['Prometheus was not heard', 'unknown', podOf({}), undefined, undefined],
    ['not among its targets', 'undiscovered', podOf({}), scraped(), undefined],
    [
      'not among those that were read',
      'unknown',
      podOf({}),
      { ...scraped(), cut: true },
      undefined,
    ],
    ['not read yet', 'pending', podOf({}), scraped(target({ health: 'unknown' })), undefined],
    ['down', 'down', podOf({}), scraped(target({ health: 'down', lastError: 'x' })), undefined],
    ['read, without a series', 'quiet', podOf({}), scraped(target()), series()],
    ['read, and its series not heard', 'unknown', podOf({}), scraped(target()), undefined],
    ['a series without names', 'unlabelled', podOf({}), scraped(target()), series({})],
    [
      'found by its address where discovery gives no names',
      'quiet',
      podOf({}),
      scraped(target({ pod: undefined })),
      series(),
    ],
  ])('%s', (_, is, pod, targets, got) => {
    expect(coverageOf(pod, targets, got).is).toBe(is);
  });

  test('a target without names is told before the first request', () => {
    const coverage = coverageOf(
      podOf({}),
      scraped(target({ labels: { instance: 'x' } })),
      series(),
    );
    expect(coverage).toMatchObject({ is: 'unlabelled', missing: ['namespace', 'pod'] });
  });

  test('more answers never make a sure coverage of another kind', () => {
    const health = fc.constantFrom<Target['health']>('up', 'down', 'unknown');
    fc.assert(
      fc.property(health, fc.boolean(), fc.string(), (one, cut, lastError) => {
        const some = { ...scraped(target({ health: one, lastError })), cut };
        const before = coverageOf(podOf({}), some, undefined).is;
        const after = coverageOf(podOf({}), some, series(named)).is;
        expect(before === 'unknown' || before === after).toBe(true);
      }),
    );
  });
});
