// What a sidecar is not given at all, because of an older rival or of `exportTo`.
import { describe, expect, it } from 'vitest';
import { found, judge, rule, vs } from './scene.ts';

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
      'VirtualService shop/old has no effect on host cart.shop: VirtualService shop/new also routes it and takes precedence, because it is exported to shop by name.',
    ]);
  });

  it('says who wins', () => {
    const [problem] = judge(older + newer(`hosts: [cart], ${http}`)).problems;
    expect(problem).toMatchObject({
      says: 'VirtualService shop/new has no effect on host cart.shop: the older VirtualService shop/old also routes it.',
      consequence:
        'Requests to cart.shop follow VirtualService shop/old and ignore VirtualService shop/new.',
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
      'VirtualService billing/cart is for cart.shop, but is exported only to namespace billing, not to shop.',
    );
    expect(problem?.fixes[0]?.patch?.body).toBe(
      '[{"op":"add","path":"/spec/exportTo/-","value":"shop"}]',
    );
    expect(problem?.fixes[0]?.undo?.body).toBe(
      '[{"op":"test","path":"/spec/exportTo/1","value":"shop"},{"op":"remove","path":"/spec/exportTo/1"}]',
    );
  });
});
