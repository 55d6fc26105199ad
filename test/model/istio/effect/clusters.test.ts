// Routes to ports and subsets that this sidecar has no cluster for, and routes of TCP.
import { describe, expect, it } from 'vitest';
import { found, judge, rule, vs } from './scene.ts';

const to = (destination: string, hosts = 'cart') =>
  vs(`hosts: [${hosts}], http: [{ route: [{ destination: { ${destination} } }] }]`);

describe('tcp and tls', () => {
  const db = `kind: Service
metadata: { name: db, namespace: shop }
spec: { ports: [{ name: tcp-db, port: 5432 }] }
---
`;
  it('routes are checked too', () => {
    const tcp = (host: string) =>
      vs(`hosts: [db], tcp: [{ route: [{ destination: { host: ${host} } }] }]`, 'db');
    expect(found(db + tcp('db'))).toEqual([]);
    expect(found(db + tcp('nope'))).toEqual(['host-missing VirtualService shop/db']);
    expect(judge(db + tcp('nope')).problems[0]?.consequence).toBe(
      "Connections to db.shop are closed by this pod's sidecar (NC: no such cluster).",
    );
  });
});

describe('a port', () => {
  const two = `kind: Service
metadata: { name: two, namespace: shop }
spec: { ports: [{ name: http, port: 80 }, { name: http-admin, port: 81 }] }
---
kind: Service
metadata: { name: one, namespace: shop }
spec: { ports: [{ name: http, port: 9000 }] }
---
`;
  const missing = ['port-missing VirtualService shop/cart'];
  it.each([
    ['it has', 'host: pay.billing.svc.cluster.local, port: { number: 8080 }', []],
    ['it does not have', 'host: pay.billing.svc.cluster.local, port: { number: 9090 }', missing],
    ['one of several', 'host: two, port: { number: 81 }', []],
    ['none, of several without the one called', 'host: two', missing],
    ['none, of one with the port called', 'host: web', []],
    ['none, of one with another port', 'host: one', missing],
  ])('%s', (_, destination, expected) => {
    expect(found(two + to(destination))).toEqual(expected);
  });
});

describe('an ExternalName Service', () => {
  it('is a host, whatever it names', () => {
    const alias = `kind: Service
metadata: { name: ext, namespace: shop }
spec: { type: ExternalName, externalName: db.example.com, ports: [{ port: 80 }] }
---
`;
    expect(found(alias + to('host: ext, port: { number: 443 }, subset: v1'))).toEqual([]);
  });
});

describe('a subset', () => {
  const v2 = to('host: cart, subset: v2');
  const missing = ['subset-missing VirtualService shop/cart'];
  const define = (subset: string, more = '', ...where: string[]) =>
    rule(
      `host: cart.shop.svc.cluster.local, subsets: [{ name: ${subset}, labels: {} }] ${more}`,
      ...where,
    );
  it.each([
    ['defined', define('v2'), []],
    ['with no DestinationRule', '', missing],
    ['not defined', define('v1'), missing],
    ['defined by a second rule of the same host', define('v1') + define('v2', '', 'more'), []],
    ['defined in the root namespace', define('v2', '', 'cart', 'istio-system'), []],
    ['defined where nobody looks', define('v2', '', 'cart', 'other'), missing],
    [
      'hidden from the client',
      define('v2', ", exportTo: ['billing']"),
      ['subset-not-exported DestinationRule shop/cart'],
    ],
    [
      'defined for other workloads',
      define('v2', ', workloadSelector: { matchLabels: { app: x } }'),
      missing,
    ],
    [
      'defined for this workload',
      define('v2', ', workloadSelector: { matchLabels: { app: web } }'),
      [],
    ],
    [
      'defined for a wider host',
      rule("host: '*.shop.svc.cluster.local', subsets: [{ name: v2 }]"),
      [],
    ],
    [
      'defined for a wider host, where one for this host does not',
      rule("host: '*.shop.svc.cluster.local', subsets: [{ name: v2 }]", 'wide') + define('v1'),
      missing,
    ],
    ['defined for a short host', rule('host: cart, subsets: [{ name: v2 }]'), []],
  ])('%s', (_, rules, expected) => {
    expect(found(v2 + rules).filter((one) => one.startsWith('subset'))).toEqual(expected);
  });

  it('of another namespace: its own rules, unless the client has some', () => {
    const pay = to('host: pay.billing.svc.cluster.local, subset: v2');
    const theirs = (more = '') =>
      rule(`host: pay, subsets: [{ name: v2 }] ${more}`, 'pay', 'billing');
    const ours = rule("host: '*.billing.svc.cluster.local', trafficPolicy: {}", 'pay');
    expect(found(pay + theirs())).toEqual([]);
    const hidden = ['subset-not-exported DestinationRule billing/pay'];
    expect(found(pay + theirs(", exportTo: ['.']"))).toEqual(hidden);
    expect(found(pay + theirs() + ours)).toEqual(missing);
    const [problem] = judge(pay + theirs() + ours).problems;
    expect(problem?.says).toBe(
      'VirtualService shop/cart sends traffic to subset v2 of pay.billing, which DestinationRule shop/pay does not define (DestinationRule billing/pay does, but it does not apply to this pod).',
    );
  });

  it('is left alone where rules were not listed', () => {
    const pay = to('host: pay.billing.svc.cluster.local, subset: v2');
    const result = judge(pay, { configKnownIn: ['shop'] });
    expect(result.problems).toEqual([]);
    expect(result.unchecked).toEqual(['subset v2 of pay.billing.svc.cluster.local']);
  });
});
