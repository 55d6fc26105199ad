// Lines of access logs, as a real proxy wrote them in its two default formats, and of formats people choose.
import { describe, expect, test } from 'vitest';
import { readRefusal } from '../../../src/facts/istio/denial-line.ts';
import { readDenials } from '../../../src/facts/istio/denial-log.ts';

const fields = {
  authority: 'cart:8080',
  bytes_received: 0,
  bytes_sent: 19,
  connection_termination_details: null,
  downstream_local_address: '10.244.48.3:8080',
  downstream_remote_address: '10.244.48.2:48908',
  duration: 0,
  method: 'GET',
  path: '/',
  protocol: 'HTTP/1.1',
  requested_server_name: 'outbound_.8080_._.cart.shop.svc.cluster.local',
  response_code: 403,
  response_code_details: 'rbac_access_denied_matched_policy[ns[shop]-policy[no-web]-rule[0]]',
  response_flags: '-',
  route_name: 'default',
  start_time: '2026-11-21T10:57:28.981Z',
  upstream_cluster: 'inbound|8080||',
  upstream_host: null,
};
const json = (other: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ ...fields, ...other });

const inText = (code: string, details: string, cluster = 'inbound|8080||', sni = '-') =>
  `[2026-11-21T11:30:23.326Z] "GET /orders?id=7 HTTP/1.1" ${code} - ${details} - "-" 0 19 0 - "-" "curl/7.88.1" "e497deda-6422-4a93-a4f2-029b2a021366" "cart:8080" "-" ${cluster} - 10.244.48.3:8080 10.244.48.2:48908 ${sni} default`;

describe('JSON', () => {
  test('who, what, where, and the rule', () => {
    expect(readRefusal(json())).toEqual({
      at: Date.parse('2026-11-21T10:57:28.981Z'),
      by: { is: 'rbac', details: fields.response_code_details },
      status: 403,
      ip: '10.244.48.2',
      peer: '10.244.48.2',
      forwardedFor: undefined,
      port: 8080,
      principal: undefined,
      transport: 'mtls',
      method: 'GET',
      path: '/',
      host: 'cart:8080',
    });
  });

  test('no server name: plaintext; another one, or a format without the field, does not say', () => {
    const transport = (line: string) => readRefusal(line)?.transport;
    expect(transport(json({ requested_server_name: null }))).toBe('plaintext');
    expect(transport(json({ requested_server_name: 'shop.example.com' }))).toBeUndefined();
    const { requested_server_name: _, ...rest } = fields;
    expect(transport(JSON.stringify(rest))).toBeUndefined();
  });

  test('an address without a port is forwarded, and not the peer', () => {
    const forwarded = { downstream_remote_address: '10.0.0.9:0', x_forwarded_for: '10.0.0.9' };
    expect(readRefusal(json(forwarded))).toMatchObject({
      ip: '10.0.0.9',
      peer: undefined,
      forwardedFor: '10.0.0.9',
    });
    const direct = { ...forwarded, downstream_direct_remote_address: '10.244.48.9:40000' };
    expect(readRefusal(json(direct))).toMatchObject({ ip: '10.0.0.9', peer: '10.244.48.9' });
  });

  test('a fault of the proxy itself, and what it was injected into', () => {
    const cluster = 'outbound|8080||cart.shop.svc.cluster.local';
    const fault = { response_code_details: 'fault_filter_abort', upstream_cluster: cluster };
    expect(readRefusal(json(fault))?.by).toEqual({ is: 'fault', cluster });
    expect(readRefusal(json({ ...fault, response_code: 503 }))).toBeUndefined();
  });

  test('the identity of the peer, not of the called side', () => {
    const both = {
      downstream_local_uri_san: 'spiffe://cluster.local/ns/shop/sa/cart',
      downstream_peer_uri_san: 'spiffe://cluster.local/ns/shop/sa/web',
    };
    expect(readRefusal(json(both))?.principal).toBe('cluster.local/ns/shop/sa/web');
    const xfcc = 'By=spiffe://c/ns/shop/sa/cart;Hash=1;URI=spiffe://c/ns/edge/sa/gateway';
    expect(readRefusal(json({ xfcc }))?.principal).toBe('c/ns/edge/sa/gateway');
  });

  test.each([
    ['ext_authz_denied', { is: 'ext-authz', why: 'denied' }],
    ['ext_authz_error', { is: 'ext-authz', why: 'error' }],
    [
      'jwt_authn_access_denied{Jwt_issuer_is_not_configured}',
      { is: 'jwt', reason: 'Jwt issuer is not configured' },
    ],
    ['filter_chain_not_found', { is: 'no-chain' }],
    ['via_upstream', { is: 'application' }],
    [
      'rbac_access_denied_matched_policy[none]',
      { is: 'rbac', details: 'rbac_access_denied_matched_policy[none]' },
    ],
  ])('%s', (response_code_details, by) => {
    expect(readRefusal(json({ response_code_details }))?.by).toEqual(by);
  });

  test('a TCP connection that was closed', () => {
    const line = json({
      method: null,
      path: null,
      authority: null,
      response_code: 0,
      response_code_details: null,
      connection_termination_details: 'rbac_access_denied_matched_policy[none]',
    });
    expect(readRefusal(line)).toMatchObject({ by: { is: 'rbac' }, port: 8080, status: undefined });
  });

  test('what the application itself asked of others is not its own refusal', () => {
    const out = { upstream_cluster: 'outbound|8080||cart.shop.svc.cluster.local' };
    expect(readRefusal(json({ ...out, response_code_details: 'via_upstream' }))).toBeUndefined();
    expect(readRefusal(json({ response_code: 200, response_code_details: 'via_upstream' }))).toBe(
      undefined,
    );
  });

  test('a format of its own: other names, the principal of the peer', () => {
    const line = JSON.stringify({
      time: '2026-11-21T10:57:28.981Z',
      status: 403,
      why: fields.response_code_details,
      downstream_peer: 'spiffe://cluster.local/ns/shop/sa/web',
      uri: '/orders',
    });
    expect(readRefusal(line)).toMatchObject({
      principal: 'cluster.local/ns/shop/sa/web',
      path: '/orders',
      status: 403,
      by: { is: 'rbac' },
    });
  });
});

describe('TEXT', () => {
  test('who, what, where, and the rule', () => {
    expect(readRefusal(inText('403', fields.response_code_details))).toEqual({
      at: Date.parse('2026-11-21T11:30:23.326Z'),
      by: { is: 'rbac', details: fields.response_code_details },
      status: 403,
      ip: '10.244.48.2',
      peer: '10.244.48.2',
      forwardedFor: undefined,
      port: 8080,
      principal: undefined,
      transport: 'plaintext',
      method: 'GET',
      path: '/orders?id=7',
      host: 'cart:8080',
    });
  });

  test('the application, and somebody else', () => {
    expect(readRefusal(inText('403', 'via_upstream'))?.by).toEqual({ is: 'application' });
    const other = inText('403', 'via_upstream', 'outbound|80||x.y.svc.cluster.local');
    expect(readRefusal(other)).toBeUndefined();
  });

  test('a line of another format still names the rule', () => {
    const line = `GET / 403 ${fields.response_code_details}`;
    expect(readRefusal(line)).toMatchObject({ by: { is: 'rbac' }, ip: undefined, port: undefined });
  });
});

describe('many lines', () => {
  const at = (second: number, other = {}) =>
    json({ start_time: `2026-11-21T10:57:${String(second).padStart(2, '0')}.000Z`, ...other });

  test('alike in all but time: one, counted, the latest first', () => {
    const lines = [at(10), at(12), at(11, { path: '/a' }), at(14)];
    expect(
      readDenials(lines, 0).map(({ path, times, at: last, first }) => [path, times, last, first]),
    ).toEqual([
      ['/', 3, Date.parse('2026-11-21T10:57:14Z'), Date.parse('2026-11-21T10:57:10Z')],
      ['/a', 1, Date.parse('2026-11-21T10:57:11Z'), Date.parse('2026-11-21T10:57:11Z')],
    ]);
  });

  test('older than asked for: left out', () => {
    expect(readDenials([at(10), at(20)], Date.parse('2026-11-21T10:57:15Z'))).toHaveLength(1);
  });

  test.each(['', '{}', 'null', '{"response_code":', 'info xdsproxy connected', '[2026'])(
    '%j tells of no refusal',
    (line) => {
      expect(readRefusal(line)).toBeUndefined();
    },
  );
});
