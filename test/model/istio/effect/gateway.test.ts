// What a gateway pod serves, and why it does not.
import { describe, expect, it } from 'vitest';
import { judge, found as foundIn, rule, vs } from './scene.ts';
import type { NoPods, Scene } from '../../../../src/model/istio/effect/scene.ts';

const pod = { namespace: 'edge', name: 'gw-1', labels: { istio: 'ingress', app: 'gw' } };
const asGateway = (withoutPods: readonly NoPods[] = []): Partial<Scene> => ({
  pod,
  router: { scope: 'mesh', withoutPods },
});
const found = (yaml: string, withoutPods: readonly NoPods[] = []) =>
  foundIn(yaml, asGateway(withoutPods));

function gateway(
  servers: string,
  name = 'front',
  made = '01',
  selector = 'istio: ingress',
): string {
  return `kind: Gateway
metadata: { name: ${name}, namespace: edge, creationTimestamp: '2026-01-${made}T00:00:00Z' }
spec: { selector: { ${selector} }, servers: [${servers}] }
---
`;
}
const http = (host = 'a.example.com', port = 80) =>
  `{ port: { number: ${port}, name: http, protocol: HTTP }, hosts: ['${host}'] }`;
const https = (host: string) =>
  `{ port: { number: 443, name: https, protocol: HTTPS }, hosts: ['${host}'], tls: { mode: SIMPLE, credentialName: c } }`;
const front = gateway(http());
const bound = (more: string, gateways = 'edge/front') =>
  vs(`hosts: [a.example.com], gateways: ['${gateways}'], ${more}`);
const toCart = 'http: [{ route: [{ destination: { host: cart } }] }]';
const second = `kind: Service
metadata: { name: two, namespace: shop }
spec: { ports: [{ name: http, port: 8080 }, { name: http-admin, port: 9090 }] }
---
`;

describe('destinations of a gateway', () => {
  it.each([
    ['a Service with one port, without naming it', front + bound(toCart), []],
    [
      'a Service with several ports, none of which is the Gateway’s',
      front + second + bound('http: [{ route: [{ destination: { host: two } }] }]'),
      ['port-missing VirtualService shop/cart'],
    ],
    [
      'a route that is only for another Gateway',
      front +
        bound(
          'http: [{ match: [{ gateways: [edge/back] }], route: [{ destination: { host: gone } }] }]',
        ),
      [],
    ],
    [
      'a route only for this Gateway, by its bare name in its own namespace',
      front +
        vs(
          'hosts: [a.example.com], gateways: [front], http: [{ match: [{ gateways: [front] }], route: [{ destination: { host: gone.shop.svc.cluster.local } }] }]',
          'own',
          'edge',
        ),
      ['host-missing VirtualService edge/own'],
    ],
    [
      'a TCP route at an HTTP server',
      front + bound('tcp: [{ route: [{ destination: { host: gone } }] }]'),
      [],
    ],
    [
      'a route behind one that takes all',
      front +
        bound(
          `http: [{ route: [{ destination: { host: cart } }] }, { name: late, route: [{ destination: { host: cart } }] }]`,
        ),
      ['unreachable-route VirtualService shop/cart'],
    ],
    ['a VirtualService for the mesh', front + vs(`hosts: [gone], ${toCart}`), []],
    [
      'a DestinationRule that is not exported to it',
      front +
        bound('http: [{ route: [{ destination: { host: cart, subset: v1 } }] }]') +
        rule("host: cart, exportTo: ['.'], subsets: [{ name: v1 }]"),
      ['subset-not-exported DestinationRule shop/cart'],
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });
});

describe('a Gateway that a VirtualService does not reach', () => {
  it.each([
    ['of another namespace', bound(toCart, 'front'), ['gateway-missing VirtualService shop/cart']],
    [
      'of nearly this name',
      bound(toCart, 'edge/frnt'),
      ['gateway-missing? VirtualService shop/cart'],
    ],
    [
      'of nearly this name, but another host',
      vs(`hosts: [b.example.com], gateways: [edge/frnt], ${toCart}`),
      [],
    ],
    [
      'without its host',
      vs(`hosts: [b.example.com], gateways: [edge/front], ${toCart}`),
      ['gateway-lacks-host VirtualService shop/cart'],
    ],
    [
      'that another pod may serve',
      vs(`hosts: [b.example.com], gateways: [edge/front, shop/own], ${toCart}`),
      [],
    ],
    [
      'not exported',
      bound(`exportTo: ['.'], ${toCart}`),
      ['not-exported VirtualService shop/cart'],
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(front + yaml)).toEqual(expected);
  });

  it('takes a host only from one namespace', () => {
    const { problems } = judge(gateway(http('bank/a.example.com')) + bound(toCart), asGateway());
    expect(problems.map(({ says }) => says)).toEqual([
      'VirtualService shop/cart is for a.example.com, but Gateway edge/front takes a.example.com only from VirtualServices of namespace bank.',
    ]);
  });
});

it('tells a Gateway whose selector fits no pod, and the label that is nearly right', () => {
  const yaml = gateway(http(), 'front', '01', 'istio: ingres');
  const [problem] = judge(yaml, asGateway([{ gateway: 'edge/front', lookedIn: 'all' }])).problems;
  expect(problem).toMatchObject({ rule: 'gateway-selects-nothing', sure: true });
  expect(problem?.fixes[0]?.patch?.body).toContain('"value":"ingress"');
  expect(found(yaml, [{ gateway: 'edge/front', lookedIn: ['edge'] }])).toEqual([
    'gateway-selects-nothing? Gateway edge/front',
  ]);
});

it('tells the newer of two servers with TLS for one host and port', () => {
  const older = gateway(https('a.example.com'));
  const newer = (host: string) => gateway(https(host), 'second', '02');
  expect(found(older + newer('a.example.com'))).toEqual(['gateway-host-taken Gateway edge/second']);
  expect(found(older + newer('b.example.com'))).toEqual([]);
});

it('holds a gateway to its namespace where istiod does', () => {
  const elsewhere = front.replace('namespace: edge', 'namespace: shop');
  const yaml = elsewhere + bound(toCart, 'front');
  expect(found(yaml)).toEqual([]);
  const held = { pod, router: { scope: 'namespace', withoutPods: [] } } as const;
  expect(foundIn(yaml, held)).toEqual(['gateway-out-of-scope Gateway shop/front']);
});
