// Rejections as a ztunnel writes them (ztunnel src/proxy/metrics.rs, src/rbac.rs), in text and in JSON.
import { expect, test } from 'vitest';
import { readRejection } from '../../../src/facts/istio/ztunnel-log.ts';

const pod = { namespace: 'shop', name: 'cart-1' };
const text = (error: string, direction = 'inbound', workload = 'cart-1') =>
  `2026-11-21T11:59:48.120345Z\terror\taccess\tconnection complete\tsrc.addr=10.244.1.5:40022 src.workload="web-1" src.namespace="shop" src.identity="spiffe://cluster.local/ns/shop/sa/web" dst.addr=10.244.1.7:15008 dst.hbone_addr=10.244.1.7:8080 dst.service="cart.shop.svc.cluster.local" dst.workload="${workload}" dst.namespace="shop" direction="${direction}" bytes_sent=0 duration="0ms" error="${error}"`;
const denied = 'connection closed due to policy rejection: explicitly denied by: shop/no-web';

test('who was refused where, and by which policy', () => {
  expect(readRejection(text(denied), pod)).toMatchObject({
    at: Date.parse('2026-11-21T11:59:48.120345Z'),
    by: { is: 'rbac', policy: { namespace: 'shop', name: 'no-web' } },
    ip: '10.244.1.5',
    port: 8080,
    principal: 'cluster.local/ns/shop/sa/web',
  });
});

test('none allowed it; and STRICT, which is a policy to a ztunnel', () => {
  const none = 'connection closed due to policy rejection: allow policies exist, but none allowed';
  expect(readRejection(text(none), pod)?.by).toEqual({
    is: 'rbac',
    details: 'rbac_access_denied_matched_policy[none]',
  });
  const strict =
    'connection closed due to policy rejection: explicitly denied by: istio-system/istio_converted_static_strict';
  expect(readRejection(text(strict), pod)?.by).toEqual({ is: 'no-chain' });
});

test('in JSON', () => {
  const line = JSON.stringify({
    time: '2026-11-21T11:59:48.120345Z',
    'src.addr': '10.244.1.5:40022',
    'dst.addr': '10.244.1.7:8080',
    'dst.workload': 'cart-1',
    'dst.namespace': 'shop',
    direction: 'inbound',
    error: denied,
  });
  expect(readRejection(line, pod)).toMatchObject({
    ip: '10.244.1.5',
    port: 8080,
    transport: 'plaintext',
  });
});

test('another pod, the way out, or no rejection: nothing', () => {
  expect(readRejection(text(denied, 'inbound', 'web-1'), pod)).toBeUndefined();
  expect(readRejection(text(denied, 'outbound'), pod)).toBeUndefined();
  expect(readRejection(text('connection timed out'), pod)).toBeUndefined();
  expect(readRejection('', pod)).toBeUndefined();
});
