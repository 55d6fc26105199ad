// What the mesh config, the pods and the other namespaces decide about resources that look right.
import { describe, expect, it } from 'vitest';
import type { Scene, Workload } from '../../../../src/model/istio/effect/scene.ts';
import { found, judge, objects, rule, vs } from './scene.ts';

const to = (more = '') => `route: [{ destination: { host: cart${more} } }]`;
const pod = (name: string, labels: Record<string, string>, ready = true): Workload => ({
  namespace: 'shop',
  name,
  labels: { app: 'cart', ...labels },
  ready,
  proxy: 'sidecar',
});
const entry = (name: string, port: string, more = '') => `kind: ServiceEntry
metadata: { name: ${name}, namespace: shop }
spec: { hosts: [${name}.example.com], addresses: [192.0.2.1], ports: [{ ${port} }]${more} }
---
`;

describe('a subset', () => {
  const subset = (labels: string) =>
    vs(`hosts: [cart], http: [{ ${to(', subset: v2')} }]`) +
    rule(`host: cart, subsets: [{ name: v2, labels: { ${labels} } }]`);
  const empty = ['subset-empty VirtualService shop/cart'];
  const known = (...workloads: Workload[]) => ({ workloads, workloadsKnownIn: ['shop'] });
  it.each([
    ['with a ready pod', 'version: v2', known(pod('a', { version: 'v2' })), []],
    ['with no such pod', 'version: v2', known(pod('a', { version: 'v1' })), empty],
    ['of a Service without pods', 'version: v2', known(), empty],
    ['whose pod is not ready', 'version: v2', known(pod('a', { version: 'v2' }, false)), empty],
    ['chosen by place', 'topology.kubernetes.io/zone: a', known(), []],
    ['of pods nobody listed', 'version: v2', {}, []],
  ] as const)('%s', (_, labels, more, expected) => {
    expect(found(subset(labels), more)).toEqual(expected);
  });

  it('asks for the pods of the namespace', () => {
    expect(judge(subset('version: v2')).wants.workloads).toEqual(['shop']);
  });

  it('names the pods that come nearest', () => {
    const yaml = subset('version: v2, tier: web');
    const [problem] = judge(yaml, known(pod('a', { version: 'v2' }), pod('b', {}))).problems;
    expect(problem?.says).toContain('(a: no label tier)');
  });
});

describe('a route behind a narrower or wider one', () => {
  const two = (a: string, b: string) =>
    vs(
      `hosts: [cart], http: [{ match: [${a}], ${to()} }, { match: [${b}], timeout: 1s, ${to()} }]`,
    );
  const dead = ['unreachable-route VirtualService shop/cart'];
  const uri = (how: string) => `{ uri: { ${how} } }`;
  it.each([
    ['a longer prefix', uri('prefix: /api'), uri('prefix: /api/v2'), dead],
    ['a shorter prefix', uri('prefix: /api/v2'), uri('prefix: /api'), []],
    ['a path inside', uri('prefix: /api'), uri('exact: /api/x'), dead],
    ['the same', uri('exact: /a'), uri('exact: /a'), dead],
    ['the same, any case', '{ uri: { exact: /A }, ignoreUriCase: true }', uri('exact: /a'), dead],
    ['any case behind one', uri('exact: /a'), '{ uri: { exact: /a }, ignoreUriCase: true }', []],
    ['a regex', uri('prefix: /a'), uri('regex: /a.*'), []],
    [
      'one more condition',
      uri('prefix: /a'),
      '{ uri: { prefix: /a }, method: { exact: GET } }',
      dead,
    ],
    [
      'one condition fewer',
      '{ uri: { prefix: /a }, method: { exact: GET } }',
      uri('prefix: /a'),
      [],
    ],
    ['a header that is there', '{ headers: { x: {} } }', '{ headers: { x: { exact: a } } }', dead],
    ['another header', '{ headers: { x: {} } }', '{ headers: { y: {} } }', []],
    [
      'less left out',
      '{ withoutHeaders: { x: {} } }',
      '{ withoutHeaders: { x: { exact: a } } }',
      [],
    ],
  ])('%s', (_, a, b, expected) => {
    expect(found(two(a, b))).toEqual(expected);
  });

  it('that does the same harms nobody', () => {
    const same = `{ match: [{ uri: { exact: /a } }], ${to()} }`;
    expect(found(vs(`hosts: [cart], http: [${same}, ${same}]`))).toEqual([]);
  });
});

describe('rules of other namespaces', () => {
  const workload = (proxy: Workload['proxy']): Partial<Scene> => ({
    workloads: [{ ...pod('x', {}), namespace: 'far', proxy }],
    workloadsKnownIn: ['far'],
  });
  const short = vs('hosts: [web], http: [{ route: [{ destination: { host: web } }] }]', 'w', 'far');
  const third = rule('host: web.shop.svc.cluster.local', 'w', 'far');
  it.each([
    ['a short host among config', short, workload('none'), ['short-host? VirtualService far/w']],
    ['a short host among pods of its own', short, workload('sidecar'), []],
    ['a short host, pods unknown', short, {}, []],
    ['a rule among config', third, workload('none'), ['rule-not-looked-at DestinationRule far/w']],
    ['a rule for its own clients', third, workload('sidecar'), []],
    ['a rule, pods unknown', third, {}, []],
  ])('%s', (_, yaml, more, expected) => {
    expect(found(yaml, more)).toEqual(expected);
  });
});

describe('the mesh config', () => {
  const [by] = objects('kind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }');
  const [billing] = objects('kind: Namespace\nmetadata: { name: billing }');
  if (!by || !billing) throw new Error('no objects');
  const pay = vs(
    'hosts: [cart], http: [{ route: [{ destination: { host: pay.billing.svc.cluster.local } }] }]',
  );
  it.each<[string, string, Partial<Scene>, string[]]>([
    ['reads every namespace', pay, {}, []],
    [
      'leaves one out',
      pay,
      { undiscovered: { by, wanted: { mesh: 'on' }, namespaces: [billing] } },
      ['namespace-unread VirtualService shop/cart'],
    ],
    [
      'exports Services to nobody',
      pay,
      { defaultExportTo: { service: ['.'] } },
      ['host-not-exported VirtualService shop/cart'],
    ],
  ])('%s', (_, yaml, more, expected) => {
    expect(found(yaml, more)).toEqual(expected);
  });

  it('is not read: what another namespace exports is a guess', () => {
    const far = vs(
      'hosts: [web.shop.svc.cluster.local], http: [{ route: [{ destination: { host: no.shop.svc.cluster.local } }] }]',
      'w',
      'far',
    );
    expect(found(far)).toEqual(['host-missing VirtualService far/w']);
    expect(found(far, { meshConfigUnread: true })).toEqual(['host-missing? VirtualService far/w']);
  });
});

describe('two ServiceEntries with one address', () => {
  const http = entry('a', 'number: 9000, protocol: HTTP');
  it.each([
    ['and one protocol', http + entry('b', 'number: 9000, protocol: HTTP'), []],
    ['and other ports', http + entry('b', 'number: 9001, protocol: TCP'), []],
    [
      'and TCP beside HTTP',
      http + entry('b', 'number: 9000, protocol: TCP'),
      ['listener-conflict ServiceEntry shop/a'],
    ],
    [
      'and TCP that is not seen here',
      http +
        entry('b', 'number: 9000, protocol: TCP')
          .replace('namespace: shop', 'namespace: far')
          .replace(' }\n---', ", exportTo: ['.'] }\n---"),
      [],
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });
});

it('routes of a port that bypasses the sidecar', () => {
  const yaml = vs(`hosts: [cart], http: [{ ${to()} }]`);
  const self = (ports: string) => ({
    self: {
      annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': ports },
      containers: [],
    },
  });
  expect(found(yaml, self('8080'))).toEqual(['bypasses-sidecar VirtualService shop/cart']);
  expect(found(yaml, self('9090'))).toEqual([]);
});
