// Routes to hosts that this sidecar has no cluster for, and routes that are not used.
import { describe, expect, it } from 'vitest';
import { found, judge, vs } from './scene.ts';

const to = (destination: string, hosts = 'cart') =>
  vs(`hosts: [${hosts}], http: [{ route: [{ destination: { ${destination} } }] }]`);

describe('a host', () => {
  const missing = ['host-missing VirtualService shop/cart'];
  it.each([
    ['short, in the namespace of the VirtualService', 'host: cart', []],
    ['short, of no Service', 'host: cart-v2', missing],
    ['short, of a Service of another namespace', 'host: pay', missing],
    ['complete', 'host: pay.billing.svc.cluster.local', []],
    ['complete, of no Service', 'host: payy.billing.svc.cluster.local', missing],
    ['half a name, which istiod takes as complete', 'host: pay.billing', missing],
    ['of nobody', 'host: api.example.com', missing],
    ['in upper case', 'host: CART', []],
    ['of a StatefulSet pod, which nobody can look up', 'host: a-0.a.shop.svc.cluster.local', []],
    ['of another cluster domain', 'host: cart.shop.svc.corp.example', []],
    ['of a multi-cluster service', 'host: cart.shop.svc.clusterset.local', []],
  ])('%s', (_, destination, expected) => {
    expect(found(to(destination))).toEqual(expected);
  });

  it('is looked up in the domain of the cluster', () => {
    const more = { clusterDomain: 'corp.example' };
    expect(found(to('host: cart.shop.svc.corp.example'), more)).toEqual([]);
    expect(found(to('host: cart'), more)).toEqual([]);
    expect(found(to('host: nope.shop.svc.corp.example'), more)).toEqual(missing);
  });

  it('says what, and what follows', () => {
    const [problem] = judge(to('host: cart-v2')).problems;
    expect(problem).toMatchObject({
      says: 'VirtualService shop/cart sends traffic to host cart-v2.shop.svc.cluster.local, which no Service or ServiceEntry defines.',
      consequence: "Requests to cart.shop get 503 from this pod's sidecar (NC: no such cluster).",
    });
  });

  it('is replaced by the name that was meant, and back', () => {
    const [problem] = judge(to('host: pay.billing')).problems;
    const at = '/spec/http/0/route/0/destination/host';
    const good = 'pay.billing.svc.cluster.local';
    expect(problem?.fixes).toEqual([
      {
        does: `Send the traffic to ${good}`,
        target: { kind: 'VirtualService', namespace: 'shop', name: 'cart' },
        touches: 'every client of this route',
        field: 'spec.http[0].route[0].destination.host',
        patch: {
          type: 'json',
          body: JSON.stringify([
            { op: 'test', path: at, value: 'pay.billing' },
            { op: 'replace', path: at, value: good },
          ]),
        },
        undo: {
          type: 'json',
          body: JSON.stringify([
            { op: 'test', path: at, value: good },
            { op: 'replace', path: at, value: 'pay.billing' },
          ]),
        },
      },
    ]);
  });

  it('of a namespace nobody listed is left alone, and named', () => {
    const more = { servicesKnownIn: ['shop', 'istio-system'] };
    const result = judge(to('host: nope.billing.svc.cluster.local'), more);
    expect(result.problems).toEqual([]);
    expect(result.unchecked).toEqual(['nope.billing.svc.cluster.local']);
    expect(found(to('host: api.example.com'), more)).toEqual([]);
    expect(found(to('host: cart-v2'), more)).toEqual(missing);
  });

  it('may be in another cluster of the mesh', () => {
    expect(found(to('host: cart-v2'), { otherClusters: true })).toEqual([]);
  });
});

describe('a ServiceEntry', () => {
  const entry = (spec: string, namespace = 'other') => `kind: ServiceEntry
metadata: { name: api, namespace: ${namespace} }
spec: { ports: [{ number: 443, name: https, protocol: HTTPS }], ${spec} }
---
`;
  it.each([
    ['defines a host', 'hosts: [api.example.com]', []],
    ['covers a host', "hosts: ['*.example.com']", []],
    ['of another host', 'hosts: [api.example.org]', ['host-missing VirtualService shop/cart']],
    [
      'of another namespace alone',
      "hosts: [api.example.com], exportTo: ['.']",
      ['host-not-exported VirtualService shop/cart'],
    ],
    ['exported to this namespace', 'hosts: [api.example.com], exportTo: [shop]', []],
  ])('%s', (_, spec, expected) => {
    expect(found(entry(spec) + to('host: api.example.com, port: { number: 443 }'))).toEqual(
      expected,
    );
  });
});

describe('routes that are not used', () => {
  const route = (more: string) =>
    vs(`hosts: [cart], http: [{ ${more} }, { route: [{ destination: { host: cart } }] }]`);
  const bad = 'route: [{ destination: { host: nope } }]';
  it.each([
    ['one for this pod', `match: [{ sourceLabels: { app: web } }], ${bad}`, 1],
    ['one for other pods', `match: [{ sourceLabels: { app: mobile } }], ${bad}`, 0],
    ['one for this namespace', `match: [{ sourceNamespace: shop }], ${bad}`, 1],
    ['one for another namespace', `match: [{ sourceNamespace: other }], ${bad}`, 0],
    ['one for a gateway', `match: [{ gateways: [public] }], ${bad}`, 0],
    ['one for the mesh', `match: [{ gateways: [mesh] }], ${bad}`, 1],
    ['one for a port the Service does not have', `match: [{ port: 9090 }], ${bad}`, 0],
    ['one with a match on the request', `match: [{ uri: { prefix: /v2 } }], ${bad}`, 1],
    [
      'weight 0',
      'route: [{ destination: { host: nope }, weight: 0 }, { destination: { host: cart }, weight: 100 }]',
      0,
    ],
    [
      'no weight beside one',
      'route: [{ destination: { host: nope } }, { destination: { host: cart }, weight: 100 }]',
      0,
    ],
    [
      'some weight',
      'route: [{ destination: { host: nope }, weight: 1 }, { destination: { host: cart }, weight: 99 }]',
      1,
    ],
    ['a redirect', `redirect: { uri: / }, ${bad}`, 0],
    ['a mirror', 'mirror: { host: nope }, route: [{ destination: { host: cart } }]', 1],
    [
      'a mirror of 0 percent',
      'mirror: { host: nope }, mirrorPercentage: { value: 0 }, route: [{ destination: { host: cart } }]',
      0,
    ],
    [
      'one of several mirrors',
      'mirrors: [{ destination: { host: nope } }], route: [{ destination: { host: cart } }]',
      1,
    ],
  ])('%s', (_, spec, expected) => {
    expect(found(route(spec)).filter((one) => one.startsWith('host-missing'))).toHaveLength(
      expected,
    );
  });

  it('a mirror costs no request', () => {
    const spec = 'mirror: { host: nope }, route: [{ destination: { host: cart } }]';
    expect(judge(route(spec)).problems[0]?.consequence).toBe(
      'The mirrored copies of requests to cart.shop are lost; the requests themselves are not affected.',
    );
  });

  it('those behind a route that takes everything', () => {
    const after = `http: [{ route: [{ destination: { host: cart } }] }, { ${bad} }]`;
    expect(found(vs(`hosts: [cart], ${after}`))).not.toContain(
      'host-missing VirtualService shop/cart',
    );
  });

  it('those of a VirtualService that lost its host to an older one', () => {
    const older = vs('hosts: [cart], http: [{ route: [{ destination: { host: cart } }] }]', 'old');
    const newer = vs(`hosts: [cart], http: [{ ${bad} }]`, 'new', 'shop', '02');
    expect(found(older + newer)).toEqual(['older-wins VirtualService shop/new']);
  });
});
