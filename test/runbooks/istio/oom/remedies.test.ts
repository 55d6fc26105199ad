// Where the fix goes, what it patches, and the Sidecar it proposes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOf, raiseProxy } from '../../../../runbooks/istio/oom/fixes.ts';
import { affordsClusterPage, nearLimit } from '../../../../runbooks/istio/oom/memory.ts';
import { proposeScope } from '../../../../runbooks/istio/oom/propose-scope.ts';
import type { Command } from '../../../../src/core/command.ts';
import { istioDefaults, size } from '../../../../src/model/istio/memory-size.ts';
import type { Container } from '../../../../src/model/kube/container.ts';
import { readPod } from '../../../../src/facts/kube/pod.ts';

const mi = 2 ** 20;
const sized = size({
  now: istioDefaults,
  defaults: istioDefaults,
  usage: 300 * mi,
  peak: undefined,
  killedAtLimit: true,
});

type Odd = {
  owner?: string;
  args?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

function place({ owner, args = ['proxy', 'sidecar'], labels = {}, annotations = {} }: Odd) {
  const pod = readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1',
      namespace: 'shop',
      labels,
      annotations,
      ownerReferences: owner === undefined ? [] : [{ kind: owner, name: 'web', controller: true }],
    },
    spec: { containers: [{ name: 'istio-proxy', args }] },
    status: {},
  });
  const template = { 'sidecar.istio.io/proxyCPU': '50m', other: 'x' };
  const resources = { template, selector: {}, owner: undefined, defaults: undefined };
  const { run, undo } = raiseProxy(pod, resources, sized);
  const body = ({ argv }: Command) => argv.at(-1) ?? '';
  return {
    way: placeOf(pod),
    patch: body(run),
    undo: 'run' in undo ? body(undo.run) : '',
  };
}

const overrides = {
  'proxy.istio.io/overrides':
    '{"containers":[{"name":"istio-proxy","resources":{"limits":{"memory":"128Mi"}}}]}',
};

describe('the place of the fix', () => {
  test.each([
    ['a sidecar of a StatefulSet', { owner: 'StatefulSet' }, 'annotations'],
    ['a pod of its own', {}, 'bare'],
    ['a Job: its template cannot change', { owner: 'Job' }, 'elsewhere'],
    ['a controller nobody here knows', { owner: 'Rollout' }, 'elsewhere'],
    ['a gateway', { owner: 'DaemonSet', args: ['proxy', 'router'] }, 'container'],
    ['resources written in the pod', { owner: 'DaemonSet', annotations: overrides }, 'container'],
    [
      'a Gateway that istiod deploys',
      { owner: 'ReplicaSet', labels: { 'gateway.networking.k8s.io/gateway-name': 'in' } },
      'gateway',
    ],
    ['a waypoint', { owner: 'ReplicaSet', args: ['proxy', 'waypoint'] }, 'gateway'],
  ] as const)('%s', (_, odd, way) => {
    expect(place(odd as Odd).way).toBe(way);
  });

  test('the undo puts back what the template had, and takes away what it had not', () => {
    const { patch, undo } = place({ owner: 'StatefulSet' });
    const annotationsIn = (text: string): unknown =>
      (JSON.parse(text) as { spec: { template: { metadata: { annotations: unknown } } } }).spec
        .template.metadata.annotations;
    expect(annotationsIn(patch)).toEqual({
      'sidecar.istio.io/proxyCPU': '100m',
      'sidecar.istio.io/proxyCPULimit': '2',
      'sidecar.istio.io/proxyMemory': '320Mi',
      'sidecar.istio.io/proxyMemoryLimit': '2Gi',
    });
    expect(annotationsIn(undo)).toEqual({
      'sidecar.istio.io/proxyCPU': '50m',
      'sidecar.istio.io/proxyCPULimit': null,
      'sidecar.istio.io/proxyMemory': null,
      'sidecar.istio.io/proxyMemoryLimit': null,
    });
  });

  test('overrides without resources leave the annotations in charge', () => {
    const annotations = {
      'proxy.istio.io/overrides': '{"containers":[{"name":"istio-proxy","resources":{}}]}',
    };
    expect(place({ owner: 'StatefulSet', annotations }).way).toBe('annotations');
  });
});

describe('the proposed Sidecar', () => {
  const wanted = (hosts: readonly string[]) => ({
    namespace: 'shop',
    workload: 'web',
    selector: { app: 'web' },
    called: {
      known: 100,
      called: hosts.map((host) => ({ host, requests: 1 })),
      passthrough: 0,
    },
    root: 'istio-system',
  });
  const hostsOf = (hosts: readonly string[]) =>
    (proposeScope(wanted(hosts))?.spec as { egress: { hosts: string[] }[] } | undefined)?.egress[0]
      ?.hosts;

  test('has exactly what was called, and the control plane', () => {
    expect(hostsOf(['cart.shop.svc.cluster.local', 'api.example.com'])).toEqual([
      '*/api.example.com',
      'shop/cart.shop.svc.cluster.local',
      'istio-system/*',
    ]);
  });

  test('nothing called: none is proposed', () => {
    expect(hostsOf([])).toBeUndefined();
  });

  test('every called host is in it', () => {
    const host = fc
      .tuple(fc.constantFrom('a', 'b', 'c-1'), fc.constantFrom('x', 'y-2'))
      .map(([name, ns]) => `${name}.${ns}.svc.cluster.local`);
    fc.assert(
      fc.property(fc.array(host, { minLength: 1 }), (hosts) => {
        const got = hostsOf(hosts) ?? [];
        expect(hosts.every((one) => got.some((entry) => entry.endsWith(`/${one}`)))).toBe(true);
        expect(new Set(got).size).toBe(got.length);
      }),
    );
  });
});

describe('how near', () => {
  const withLimit = (memory: string) =>
    ({ resources: { limits: { memory }, requests: {} } }) as unknown as Container;

  test('four fifths', () => {
    expect(nearLimit(withLimit('100Mi'), 80 * mi)).toBe(true);
    expect(nearLimit(withLimit('100Mi'), 79 * mi)).toBe(false);
    expect(nearLimit(withLimit('100Mi'), undefined)).toBe(false);
  });

  test('a large page is not asked of a proxy that could not hold it', () => {
    const envoy = {
      ...{ uptimeS: 1, concurrency: 2, listeners: 1, connections: 0, buffered: 0 },
      ...{ clusters: 1500, allocated: 1, heap: 150 * mi },
    };
    expect(affordsClusterPage(withLimit('256Mi'), 249 * mi, envoy)).toBe(false);
    expect(affordsClusterPage(withLimit('384Mi'), 249 * mi, envoy)).toBe(true);
    expect(affordsClusterPage(withLimit('384Mi'), 249 * mi, undefined)).toBe(false);
  });
});
