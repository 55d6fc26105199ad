// The other ways a change has no effect: protocols, order of routes, delegates, hosts of nobody, rival rules.
import { describe, expect, it } from 'vitest';
import { found, judge, rule, vs } from './scene.ts';

const http = 'http: [{ route: [{ destination: { host: cart } }] }]';
const service = (name: string, port: string) => `kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ports: [{ ${port} }] }
---
`;

describe('the protocol of the port', () => {
  const db = (port: string, routes = 'http') =>
    service('db', port) +
    vs(`hosts: [db], ${routes}: [{ route: [{ destination: { host: db } }] }]`, 'db');
  const wrong = ['wrong-protocol VirtualService shop/db'];
  it.each([
    ['http', db('name: http, port: 1'), []],
    ['http with a suffix', db('name: http-web, port: 1'), []],
    ['grpc', db('name: grpc, port: 1'), []],
    ['grpc-web', db('name: grpc-web-x, port: 1'), []],
    ['no name: sniffed', db('port: 1'), []],
    ['another name: sniffed', db('name: web, port: 1'), []],
    ['appProtocol over name', db('name: tcp, appProtocol: http, port: 1'), []],
    ['h2c', db('name: tcp, appProtocol: kubernetes.io/h2c, port: 1'), []],
    ['tcp', db('name: tcp-db, port: 1'), wrong],
    ['appProtocol tcp', db('name: http, appProtocol: tcp, port: 1'), wrong],
    ['https', db('name: https, port: 443'), wrong],
    ['no name, on a port that is never sniffed', db('port: 3306'), wrong],
    ['udp', db('name: http, protocol: UDP, port: 1'), wrong],
    ['tcp routes on tcp', db('name: tcp, port: 1', 'tcp'), []],
    ['tcp routes on http', db('name: http, port: 1', 'tcp'), wrong],
    ['tcp routes on a sniffed port', db('port: 1', 'tcp'), []],
    ['no ports', service('db', '') + vs(`hosts: [db], ${http}`, 'db'), []],
  ])('%s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });

  it('is mended in the Service', () => {
    const [problem] = judge(db('name: tcp-db, port: 5432')).problems;
    expect(problem?.says).toBe(
      'VirtualService shop/db has HTTP routes for db.shop, but istiod treats port 5432 as TCP.',
    );
    expect(problem?.fixes[0]).toMatchObject({
      target: { kind: 'Service', namespace: 'shop', name: 'db' },
      patch: { body: '[{"op":"add","path":"/spec/ports/0/appProtocol","value":"http"}]' },
    });
  });
});

describe('a route behind one that takes everything', () => {
  const routes = (...matches: string[]) =>
    vs(
      `hosts: [cart], http: [${matches.map((m) => `{ ${m} route: [{ destination: { host: cart } }] }`).join(', ')}]`,
    );
  const dead = ['unreachable-route VirtualService shop/cart'];
  it.each([
    ['the last', ['match: [{ uri: { prefix: /a } }],', ''], []],
    ['the first', ['', 'match: [{ uri: { prefix: /a } }],'], dead],
    ['with prefix /', ['match: [{ uri: { prefix: / } }],', ''], dead],
    ['with regex .*', ["match: [{ uri: { regex: '.*' } }],", ''], dead],
    ['with an empty match', ['match: [{}],', ''], dead],
    ['with a header', ['match: [{ headers: { a: { exact: b } } }],', ''], []],
    ['with a method', ['match: [{ method: { exact: GET } }],', ''], []],
    ['without a header', ['match: [{ withoutHeaders: { a: {} } }],', ''], []],
    ['for other pods', ['match: [{ sourceLabels: { app: x } }],', ''], []],
    ['for these pods', ['match: [{ sourceLabels: { app: web } }],', ''], dead],
    ['for a gateway', ['match: [{ gateways: [x] }],', ''], []],
    ['for another port', ['match: [{ port: 9 }],', ''], []],
    ['where the later is for others', ['', 'match: [{ sourceLabels: { app: x } }],'], []],
    ['as one of several matches', ['match: [{ uri: { exact: /a } }, {}],', ''], dead],
  ])('%s', (_, matches, expected) => {
    expect(found(routes(...matches))).toEqual(expected);
  });

  it('is named', () => {
    const [problem] = judge(routes('', 'name: canary, match: [{ uri: { prefix: /a } }],')).problems;
    expect(problem?.says).toBe(
      'VirtualService shop/cart has spec.http[1] (canary) after spec.http[0], which matches every request.',
    );
  });
});

describe('a delegate', () => {
  const root = (match = '', to = 'name: sub') =>
    vs(`hosts: [cart], http: [{ ${match} delegate: { ${to} } }]`, 'root');
  const sub = (spec: string, namespace = 'shop') => vs(spec, 'sub', namespace);
  const lost = ['delegate-missing VirtualService shop/root'];
  it.each([
    ['there', root() + sub(http), []],
    ['absent', root(), lost],
    ['with hosts', root() + sub(`hosts: [web], ${http}`), lost],
    [
      'of another namespace',
      root('', 'name: sub, namespace: billing') +
        sub(http.replace('cart', 'cart.shop.svc.cluster.local'), 'billing'),
      [],
    ],
    [
      'kept from the root',
      root('', 'name: sub, namespace: billing') + sub(`exportTo: ['.'], ${http}`, 'billing'),
      lost,
    ],
    [
      'that fits',
      root('match: [{ uri: { prefix: /a } }],') +
        sub(
          'http: [{ match: [{ uri: { prefix: /a/b } }], route: [{ destination: { host: cart } }] }]',
        ),
      [],
    ],
    [
      'that does not fit',
      root('match: [{ uri: { prefix: /a } }],') +
        sub(
          'http: [{ match: [{ uri: { prefix: /b } }], route: [{ destination: { host: cart } }] }]',
        ),
      lost,
    ],
    ['absent, for other pods', root('match: [{ sourceLabels: { app: x } }],'), []],
    [
      'with a bad route',
      root() + sub('http: [{ route: [{ destination: { host: nope } }] }]'),
      ['host-missing VirtualService shop/sub'],
    ],
    [
      'with a bad route that does not fit',
      root('match: [{ uri: { exact: /a } }],') +
        sub(
          'http: [{ match: [{ uri: { exact: /b } }], route: [{ destination: { host: nope } }] }]',
        ),
      lost,
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });

  it('of a namespace nobody listed may be there', () => {
    const far = root('', 'name: sub, namespace: billing');
    expect(found(far, { configKnownIn: ['shop'] })).toEqual([]);
  });

  it('concerns the pod with its root', () => {
    expect(judge(root() + sub(http)).concerned.map(({ name }) => name)).toEqual(['root', 'sub']);
  });
});

describe('a host that nothing defines', () => {
  const hosts = (host: string, name = 'pay') =>
    vs(`hosts: ['${host}'], http: [{ route: [{ destination: { host: cart } }] }]`, name);
  it.each([
    ['a short name in the wrong namespace', hosts('pay'), ['unknown-host VirtualService shop/pay']],
    ['half a name', hosts('pay.billing'), ['unknown-host VirtualService shop/pay']],
    ['a Service that is gone', hosts('gone'), ['unknown-host? VirtualService shop/pay']],
    ['an outside host, which works on port 80', hosts('api.example.com'), []],
    ['a wildcard', hosts('*.shop.svc.cluster.local'), []],
    ['the whole mesh', hosts('*'), []],
    [
      'half a name of a Service on port 80',
      service('eighty', 'name: http, port: 80') + hosts('eighty.shop'),
      [],
    ],
    [
      'a rule for a short name in the wrong namespace',
      rule('host: pay', 'pay'),
      ['unknown-host DestinationRule shop/pay'],
    ],
    [
      'a rule for a Service that is gone',
      rule('host: gone', 'pay'),
      ['unknown-host? DestinationRule shop/pay'],
    ],
    ['a rule for many', rule("host: '*.local'", 'all'), []],
    ['a rule of another namespace', rule('host: gone', 'pay', 'billing'), []],
    ['a VirtualService of another namespace', hosts('gone').replace('shop', 'billing'), []],
  ])('%s', (_, yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });

  it('is replaced by the one that was meant', () => {
    const [problem] = judge(hosts('pay')).problems;
    expect(problem?.fixes[0]?.patch?.body).toContain('"value":"pay.billing.svc.cluster.local"');
    expect(problem?.fixes[0]?.field).toBe('spec.hosts[0]');
  });
});

describe('two DestinationRules for one host', () => {
  const tls = (mode: string) => `host: cart, trafficPolicy: { tls: { mode: ${mode} } }`;
  const first = rule(tls('DISABLE'), 'a');
  const lost = ['older-wins DestinationRule shop/b'];
  it.each([
    ['the same policy', rule(tls('DISABLE'), 'b', 'shop', '02'), []],
    ['another policy', rule(tls('SIMPLE'), 'b', 'shop', '02'), lost],
    [
      'subsets alone, which are added',
      rule('host: cart, subsets: [{ name: v1 }]', 'b', 'shop', '02'),
      [],
    ],
    [
      'a wider host',
      rule("host: '*.local', trafficPolicy: { tls: { mode: SIMPLE } }", 'b', 'shop', '02'),
      [],
    ],
    [
      'for other workloads',
      rule(`${tls('SIMPLE')}, workloadSelector: { matchLabels: { app: x } }`, 'b', 'shop', '02'),
      [],
    ],
    [
      'in another namespace',
      rule(tls('SIMPLE'), 'b', 'billing', '02').replace(
        'host: cart',
        'host: cart.shop.svc.cluster.local',
      ),
      [],
    ],
  ])('%s', (_, yaml, expected) => {
    expect(found(first + yaml)).toEqual(expected);
  });

  it('the same subset', () => {
    const subset = (version: string, name: string, made: string) =>
      rule(
        `host: cart, subsets: [{ name: v1, labels: { version: ${version} } }]`,
        name,
        'shop',
        made,
      );
    expect(found(subset('a', 'a', '01') + subset('b', 'b', '02'))).toEqual(lost);
    expect(found(subset('a', 'a', '01') + subset('a', 'b', '02'))).toEqual([]);
  });
});

describe('a revision', () => {
  const labelled = vs(`hosts: [cart], ${http}`).replace(
    'namespace:',
    'labels: { istio.io/rev: canary }, namespace:',
  );
  it('of another istiod has no effect here', () => {
    expect(found(labelled)).toEqual([]);
    expect(found(labelled, { revision: 'canary' })).toEqual([]);
    expect(found(labelled, { revision: 'default' })).toEqual([
      'other-revision VirtualService shop/cart',
    ]);
  });
});
