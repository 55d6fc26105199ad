// What a sidecar is not given at all, because of a Sidecar or of the gateways a route is bound to.
import { describe, expect, it } from 'vitest';
import { found, judge, rule, sidecar, vs } from './scene.ts';

const http = 'http: [{ route: [{ destination: { host: cart } }] }]';

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

  it('hides what the pod is known to call', () => {
    const calls = ['pay.billing.svc.cluster.local'];
    expect(found(hides, { calls })).toEqual(['outside-sidecar-scope Sidecar shop/default']);
    expect(found('', { calls })).toEqual([]);
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
      bound,
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
