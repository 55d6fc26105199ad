// What concerns a pod, who changed it, and the false alarms of other tools by name.
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../src/model/istio/effect/evaluate.ts';
import type { KubeObject } from '../../../../src/core/object.ts';
import { found, judge, objects, rule, sceneOf, vs } from './scene.ts';

const to = (host: string) => `http: [{ route: [{ destination: { host: ${host} } }] }]`;

describe('what concerns a pod', () => {
  const theirs = vs(`hosts: [pay], ${to('nope')}`, 'pay', 'billing');
  it('is what its own namespace says', () => {
    const result = judge(vs(`hosts: [cart], ${to('cart')}`) + rule('host: cart') + theirs);
    expect(result.concerns).toBe(2);
    expect(result.concerned.map(({ kind }) => kind)).toEqual(['DestinationRule', 'VirtualService']);
  });

  it('is not what others say to others', () => {
    expect(found(theirs)).toEqual([]);
  });

  it('is what they say about hosts it calls', () => {
    expect(found(theirs, { calls: ['pay.billing.svc.cluster.local'] })).toEqual([
      'host-missing VirtualService billing/pay',
    ]);
  });

  it('is what they say about its own Service', () => {
    const route = vs(`hosts: [web.shop.svc.cluster.local], ${to('nope')}`, 'web', 'mesh-config');
    expect(found(route)).toEqual(['host-missing VirtualService mesh-config/web']);
  });

  it('names what nobody could look up only if it matters', () => {
    const result = judge(
      vs(`hosts: [gone.far.svc.cluster.local], ${to('x.far.svc.cluster.local')}`, 'x', 'other'),
      {
        servicesKnownIn: ['shop'],
      },
    );
    expect(result.unchecked).toEqual([]);
  });
});

describe('who changed it', () => {
  const with_ = (metadata: object): KubeObject[] =>
    objects(vs(`hosts: [cart], ${to('nope')}`)).map((object) => ({
      ...object,
      metadata: { ...object.metadata, ...metadata },
    }));
  const base = objects(`kind: Service
metadata: { name: cart, namespace: shop }
spec: { ports: [{ name: http, port: 8080 }] }
`);
  const first = (metadata: object) => evaluate(sceneOf([...base, ...with_(metadata)])).problems[0];

  it('is the last manager, statuses aside', () => {
    const problem = first({
      generation: 7,
      managedFields: [
        { manager: 'kubectl-client-side-apply', time: '2026-01-02T00:00:00Z' },
        { manager: 'kubectl-edit', time: '2026-01-03T00:00:00Z' },
        { manager: 'pilot-discovery', time: '2026-01-04T00:00:00Z', subresource: 'status' },
      ],
    });
    expect(problem?.changed).toEqual({
      by: 'kubectl-edit',
      at: '2026-01-03T00:00:00Z',
      generation: 7,
    });
    expect(problem?.owner).toBeUndefined();
  });

  it.each([
    [
      {
        annotations: {
          'argocd.argoproj.io/tracking-id': 'shop:networking.istio.io/VirtualService:shop/cart',
        },
      },
      'Argo CD app shop',
    ],
    [{ labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD app shop'],
    [
      {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'apps',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux',
        },
      },
      'Flux Kustomization flux/apps',
    ],
    [
      {
        labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'shop' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
      },
      'Helm release shop',
    ],
    [{ ownerReferences: [{ kind: 'Rollout', name: 'cart', controller: true }] }, 'Rollout cart'],
  ])('%o is owned', (metadata, owner) => {
    expect(first(metadata)?.owner).toBe(owner);
  });
});

describe('false alarms of other tools', () => {
  it('istio#39629, #22698, #26222: IST0101 for hosts of ServiceEntries with exportTo', () => {
    const entry = `kind: ServiceEntry
metadata: { name: api, namespace: egress }
spec: { hosts: [api.example.com], exportTo: ['shop'], ports: [{ number: 80, protocol: HTTP }] }
---
`;
    expect(found(entry + vs(`hosts: [api.example.com], ${to('api.example.com')}`))).toEqual([]);
  });

  it('istio#42561: IST0109, a VirtualService in conflict with itself', () => {
    expect(found(vs(`hosts: [cart, cart.shop.svc.cluster.local], ${to('cart')}`))).toEqual([]);
  });

  it('the same VirtualService listed twice, once in each API version', () => {
    const twice = vs(`hosts: [cart], ${to('cart')}`);
    expect(found(twice + twice)).toEqual([]);
  });

  it('istio#48326: every host of a cluster domain that is not cluster.local', () => {
    const route = vs(`hosts: [cart.shop.svc.corp.local], ${to('cart.shop.svc.corp.local')}`);
    expect(found(route, { clusterDomain: 'corp.local' })).toEqual([]);
    expect(found(route)).toEqual([]);
  });

  it('istio#34653: IST0132 for gateway hosts with a namespace', () => {
    const gateway = `kind: Gateway
metadata: { name: inner, namespace: shop }
spec: { servers: [{ hosts: ['./cart.shop.svc.cluster.local'] }] }
---
`;
    const route = vs(`hosts: [cart.shop.svc.cluster.local], gateways: [inner], ${to('cart')}`);
    expect(found(gateway + route)).toEqual([]);
  });

  it('short names that belong to the namespace of the VirtualService', () => {
    const route = vs(`hosts: [pay], ${to('pay')}`, 'pay', 'billing');
    expect(found(route, { calls: ['pay.billing.svc.cluster.local'] })).toEqual([]);
  });

  it('a canary with subsets, a mirror, retries and a catch-all last', () => {
    const rules = rule('host: cart, subsets: [{ name: v1 }, { name: v2 }]');
    const canary = vs(`hosts: [cart], http: [
      { match: [{ headers: { x-canary: { exact: '1' } } }], route: [{ destination: { host: cart, subset: v2 } }] },
      { mirror: { host: web }, retries: { attempts: 3 }, route: [
        { destination: { host: cart, subset: v1 }, weight: 90 },
        { destination: { host: cart, subset: v2 }, weight: 10 } ] } ]`);
    expect(found(rules + canary)).toEqual([]);
  });

  it('fields of a shape nobody expects', () => {
    const odd = vs('hosts: cart, gateways: 7, http: { route: x }, tcp: [1, null], exportTo: {}');
    const odder = vs(
      'hosts: [3, cart], http: [{ match: 1, route: [{ destination: cart }, 5] }]',
      'b',
    );
    expect(() => judge(odd + odder + rule('host: 3, subsets: [1]'))).not.toThrow();
  });
});
