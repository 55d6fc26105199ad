// What a sidecar is not given at all: older rivals, `exportTo`, Sidecars, gateways.
import { describe, expect, it } from 'vitest';
import { found, judge, rule, sidecar, vs } from './scene.ts';

const http = 'http: [{ route: [{ destination: { host: cart } }] }]';

describe('two VirtualServices for one host', () => {
  const older = vs(`hosts: [cart], ${http}`, 'old');
  const newer = (spec: string) => vs(spec, 'new', 'shop', '02');
  const lost = ['older-wins VirtualService shop/new'];
  it.each([
    ['the same host', `hosts: [cart], ${http}`, lost],
    ['the same, written out', `hosts: [cart.shop.svc.cluster.local], ${http}`, lost],
    ['another host', `hosts: [web], ${http}`, []],
    ['for gateways, which merge', `hosts: [cart], gateways: [public], ${http}`, []],
    [
      'for other pods',
      'hosts: [cart], http: [{ match: [{ sourceLabels: { app: x } }], route: [{ destination: { host: cart } }] }]',
      [],
    ],
    [
      'for another port',
      'hosts: [cart], http: [{ match: [{ port: 9 }], route: [{ destination: { host: cart } }] }]',
      [],
    ],
    ['a wildcard, which is less specific', `hosts: ['*.shop.svc.cluster.local'], ${http}`, []],
    ['a delegate', http, []],
    ['exported to others', `hosts: [cart], exportTo: [billing], ${http}`, []],
    [
      'tcp routes for a port that is HTTP',
      'hosts: [cart], tcp: [{ route: [{ destination: { host: cart } }] }]',
      [],
    ],
  ])('%s', (_, spec, expected) => {
    const gateway = `kind: Gateway
metadata: { name: public, namespace: shop }
spec: { servers: [{ hosts: ['*'] }] }
---
`;
    const result = found(older + newer(spec) + gateway);
    expect(result.filter((one) => one.startsWith('older-wins'))).toEqual(expected);
  });

  it('made in the same second: by name', () => {
    expect(found(vs(`hosts: [cart], ${http}`, 'b') + vs(`hosts: [cart], ${http}`, 'a'))).toEqual([
      'older-wins VirtualService shop/b',
    ]);
  });

  it('one that the namespace keeps to itself goes before an older public one', () => {
    const result = judge(older + newer(`hosts: [cart], exportTo: ['.'], ${http}`));
    expect(result.problems.map(({ says }) => says)).toEqual([
      'VirtualService shop/old has routes for host cart.shop, which VirtualService shop/new, which is exported to shop by name, also has, and goes before it; a sidecar uses one only.',
    ]);
  });

  it('says who wins', () => {
    const [problem] = judge(older + newer(`hosts: [cart], ${http}`)).problems;
    expect(problem).toMatchObject({
      says: 'VirtualService shop/new has routes for host cart.shop, which the older VirtualService shop/old also has; a sidecar uses one only.',
      consequence:
        'Requests to cart.shop follow VirtualService shop/old, and VirtualService shop/new does nothing for them.',
    });
  });
});

describe('exportTo', () => {
  const other = (spec: string, namespace = 'billing') =>
    vs(
      `${spec}, http: [{ route: [{ destination: { host: cart.shop.svc.cluster.local } }] }]`,
      'cart',
      namespace,
    );
  const host = 'hosts: [cart.shop.svc.cluster.local]';
  it.each([
    [
      'its own namespace alone',
      other(`${host}, exportTo: ['.']`),
      ['not-exported? VirtualService billing/cart'],
    ],
    ['everybody', other(host), []],
    ['this namespace', other(`${host}, exportTo: ['.', shop]`), []],
    ['its own, about its own Service', other("hosts: [pay], exportTo: ['.']"), []],
    [
      'its own, while this pod has its own',
      other(`${host}, exportTo: ['.']`) + vs(`hosts: [cart], ${http}`),
      [],
    ],
    ['a delegate', vs(`exportTo: ['.'], ${http}`, 'cart', 'billing'), []],
    ['for gateways', other(`${host}, exportTo: ['.'], gateways: [public]`), []],
    [
      'a rule here, for others',
      rule('host: cart, exportTo: [billing]'),
      ['not-exported? DestinationRule shop/cart'],
    ],
    ['a rule here', rule("host: cart, exportTo: ['.']"), []],
    [
      'a rule for its own clients',
      rule("host: cart.shop.svc.cluster.local, exportTo: ['.']", 'cart', 'billing'),
      [],
    ],
  ])('to %s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });

  it('by the default of the mesh is nobody’s mistake', () => {
    expect(found(other(host), { defaultExportTo: { virtualService: ['.'] } })).toEqual([]);
  });

  it('is mended by adding the namespace', () => {
    const [problem] = judge(other(`${host}, exportTo: ['.']`)).problems;
    expect(problem?.says).toBe(
      'VirtualService billing/cart is about cart.shop and is exported to namespace billing only, not to shop.',
    );
    expect(problem?.fixes[0]?.patch?.body).toBe(
      '[{"op":"add","path":"/spec/exportTo/-","value":"shop"}]',
    );
    expect(problem?.fixes[0]?.undo?.body).toBe(
      '[{"op":"test","path":"/spec/exportTo/1","value":"shop"},{"op":"remove","path":"/spec/exportTo/1"}]',
    );
  });
});

describe('a Sidecar', () => {
  const pay = (where = 'shop') =>
    vs(
      'hosts: [pay.billing.svc.cluster.local], http: [{ timeout: 1s, route: [{ destination: { host: pay.billing.svc.cluster.local } }] }]',
      'pay',
      where,
    );
  const hides = sidecar("egress: [{ hosts: ['./*', 'istio-system/*'] }]");
  const hidden = ['outside-sidecar-scope VirtualService shop/pay'];
  it.each([
    ['none', '', []],
    ['that hides the host', hides, hidden],
    [
      'that names the host',
      sidecar("egress: [{ hosts: ['./*', billing/pay.billing.svc.cluster.local] }]"),
      [],
    ],
    ['that names the namespace', sidecar("egress: [{ hosts: ['./*', 'billing/*'] }]"), []],
    ['that names every namespace', sidecar("egress: [{ hosts: ['*/*'] }]"), []],
    [
      'that names the host short, which istiod does not know',
      sidecar('egress: [{ hosts: [billing/pay] }]'),
      hidden,
    ],
    ['without egress', sidecar('ingress: [{ port: { number: 80 } }]'), []],
    [
      'for other pods',
      sidecar("workloadSelector: { labels: { app: x } }, egress: [{ hosts: ['./*'] }]"),
      [],
    ],
    ['of another namespace', sidecar("egress: [{ hosts: ['./*'] }]", 'default', 'billing'), []],
    [
      'of the root namespace',
      sidecar("egress: [{ hosts: ['./*'] }]", 'default', 'istio-system'),
      hidden,
    ],
    [
      'of the root, with a selector',
      sidecar(
        "workloadSelector: { labels: { app: web } }, egress: [{ hosts: ['./*'] }]",
        'default',
        'istio-system',
      ),
      [],
    ],
    [
      'for this pod, before one for all',
      hides +
        sidecar(
          "workloadSelector: { labels: { app: web } }, egress: [{ hosts: ['*/*'] }]",
          'web',
          'shop',
          '09',
        ),
      [],
    ],
    [
      'of the namespace, before the root’s',
      sidecar("egress: [{ hosts: ['*/*'] }]") +
        sidecar("egress: [{ hosts: ['./*'] }]", 'default', 'istio-system'),
      [],
    ],
    [
      'that excludes it, which old releases ignore',
      sidecar("egress: [{ hosts: ['*/*', '~billing/*'] }]"),
      [],
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(pay() + yaml)).toEqual(expected);
  });

  it('may hide what another namespace says', () => {
    expect(found(pay('billing') + hides)).toEqual([]);
    expect(found(hides)).toEqual([]);
  });

  it('hides what a DestinationRule is about', () => {
    const tls = rule('host: pay.billing.svc.cluster.local, trafficPolicy: {}', 'pay');
    expect(found(tls)).toEqual([]);
    expect(found(tls + hides)).toEqual(['outside-sidecar-scope DestinationRule shop/pay']);
    const [problem] = judge(tls + hides).problems;
    expect(problem?.fixes[0]?.target).toEqual({
      kind: 'Sidecar',
      namespace: 'shop',
      name: 'default',
    });
    expect(problem?.fixes[0]?.patch?.body).toContain('billing/pay.billing.svc.cluster.local');
  });

  it('imports what routes in effect lead to', () => {
    const route = vs(
      'hosts: [cart], http: [{ route: [{ destination: { host: pay.billing.svc.cluster.local } }] }]',
    );
    const tls = rule('host: pay.billing.svc.cluster.local, trafficPolicy: {}', 'pay');
    expect(found(route + tls + hides)).toEqual([]);
  });

  it('of two, the older is used', () => {
    const second = sidecar("egress: [{ hosts: ['*/*'] }]", 'second', 'shop', '02');
    expect(found(hides + second)).toEqual(['older-wins Sidecar shop/second']);
    expect(
      found(
        hides + sidecar("egress: [{ hosts: ['./*', 'istio-system/*'] }]", 'same', 'shop', '02'),
      ),
    ).toEqual([]);
  });
});

describe('gateways', () => {
  const gateway = (host: string) => `kind: Gateway
metadata: { name: public, namespace: shop }
spec: { servers: [{ hosts: ['${host}'] }] }
---
`;
  const only = vs(`hosts: [cart.shop.svc.cluster.local], gateways: [public], ${http}`);
  const bound = ['gateway-only? VirtualService shop/cart'];
  it.each([
    ['a gateway of another host', gateway('shop.example.com') + only, bound],
    ['a gateway of every host', gateway('*') + only, bound],
    ['a gateway that names the host', gateway('cart.shop.svc.cluster.local') + only, []],
    [
      'a gateway that names the host with a namespace',
      gateway('*/cart.shop.svc.cluster.local') + only,
      [],
    ],
    ['no such gateway', only, ['gateway-missing VirtualService shop/cart']],
    ['no such gateway, and the mesh', vs(`hosts: [cart], gateways: [public, mesh], ${http}`), []],
    [
      'a gateway, and another for the mesh',
      gateway('*') + only + vs(`hosts: [cart], ${http}`, 'mesh'),
      [],
    ],
    [
      'a host of the gateway',
      gateway('*') + vs(`hosts: [shop.example.com], gateways: [public], ${http}`),
      [],
    ],
    [
      'a host of the gateway beside one of the mesh',
      gateway('*') + vs(`hosts: [shop.example.com, cart], gateways: [public], ${http}`),
      [],
    ],
    [
      'no such gateway, for a host nobody calls',
      vs(`hosts: [back-office.example.com], gateways: [back-office], ${http}`),
      [],
    ],
    [
      'another namespace’s',
      gateway('*') + vs(`hosts: [pay], gateways: [shop/public], ${http}`, 'pay', 'billing'),
      [],
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });

  it('nobody listed may be there', () => {
    const far = vs(`hosts: [cart], gateways: [istio-system/public], ${http}`);
    expect(found(far, { configKnownIn: ['shop'] })).toEqual([]);
  });
});
