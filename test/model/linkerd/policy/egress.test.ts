// The cases of linkerd2 policy-controller/k8s/index/src/outbound/index/egress_network.rs, and which kind of route counts.
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../src/core/object.ts';
import {
  candidates,
  verdictBy,
  type EgressObjects,
} from '../../../../src/model/linkerd/policy/egress.ts';

const sender = { namespace: 'shop', shared: 'linkerd-egress', clusterNetworks: ['10.0.0.0/8'] };
const none = { grpc: [], http: [], tls: [], tcp: [] };

type Net = { readonly cidr: string; readonly except?: readonly string[] };

function network(
  name: string,
  namespace: string,
  networks: readonly Net[],
  created = '',
): KubeObject {
  return {
    ...{ apiVersion: 'policy.linkerd.io/v1alpha1', kind: 'EgressNetwork' },
    metadata: { name, namespace, creationTimestamp: created },
    spec: { trafficPolicy: 'Deny', ...(networks.length === 0 ? {} : { networks }) },
  };
}

function route(kind: string, hostnames: readonly string[], status = 'True'): KubeObject {
  const parent = { group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'all' };
  const conditions = [{ type: 'Accepted', status }];
  return {
    ...{ apiVersion: 'gateway.networking.k8s.io/v1', kind },
    metadata: { name: 'to-host', namespace: 'shop' },
    spec: { hostnames, parentRefs: [parent] },
    status: { parents: [{ parentRef: parent, conditions }] },
  };
}

function chosen(networks: readonly KubeObject[], host: string): readonly (string | undefined)[] {
  const objects: EgressObjects = { networks, routes: none };
  return candidates(objects, sender, host).map((one) => one?.metadata.name);
}

const shared = 'linkerd-egress';

test.each([
  [
    [
      network('a', shared, [{ cidr: '192.168.0.0/16' }]),
      network('b', shared, [{ cidr: '192.168.0.0/24' }]),
    ],
    'b',
  ],
  [
    [
      network('a', 'shop', [{ cidr: '192.168.0.0/16' }]),
      network('b', shared, [{ cidr: '192.168.0.0/24' }]),
    ],
    'a',
  ],
  [[network('a', 'other', [{ cidr: '192.168.0.0/16' }])], undefined],
  [[network('a', shared, [], '2026-02-01'), network('b', shared, [], '2026-01-01')], 'b'],
  [[network('b', shared, []), network('a', shared, [])], 'a'],
  [
    [
      network('a', shared, [{ cidr: '192.168.0.0/16', except: ['192.168.0.4'] }]),
      network('b', shared, []),
    ],
    'b',
  ],
  [[network('a', 'shop', [{ cidr: '172.16.0.0/12' }]), network('b', shared, [])], undefined],
])('of %# the network that fits 192.168.0.4 best is %s', (networks, name) => {
  expect(chosen(networks, '192.168.0.4')).toEqual([name]);
});

test('without networks all but those of the cluster fit', () => {
  expect(chosen([network('all', 'shop', [])], '10.1.2.3')).toEqual([undefined]);
  expect(chosen([network('all', 'shop', [])], '203.0.113.7')).toEqual(['all']);
});

test('a name may be in any narrow network', () => {
  const all = [network('all', 'shop', []), network('bank', 'shop', [{ cidr: '203.0.113.0/24' }])];
  expect(chosen(all, 'api.example.org')).toEqual(['all', 'bank']);
});

const http = route('HTTPRoute', ['api.example.org']);
const tls = route('TLSRoute', ['api.example.org']);

test.each([
  [none, 'unknown', 'denied'],
  [{ ...none, tls: [tls] }, 'unknown', 'allowed'],
  [{ ...none, http: [http] }, 'unknown', 'hangs'],
  [{ ...none, http: [http] }, 'http', 'allowed'],
  // Next to a route for HTTP one for TLS has no effect.
  [{ ...none, http: [http], tls: [tls] }, 'not-http', 'denied'],
  [{ ...none, tls: [route('TLSRoute', ['other.example.org'])] }, 'unknown', 'denied'],
  [{ ...none, tls: [route('TLSRoute', ['*.example.org'])] }, 'unknown', 'allowed'],
  [{ ...none, tls: [route('TLSRoute', ['api.example.org'], 'False')] }, 'unknown', 'denied'],
] as const)('routes %#, spoken %s: %s', (routes, spoken, is) => {
  const by = network('all', 'shop', []);
  const outside = { host: 'api.example.org', port: 443 };
  expect(verdictBy(by, { networks: [by], routes }, outside, spoken).is).toBe(is);
});
