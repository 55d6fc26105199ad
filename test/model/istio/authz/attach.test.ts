import { describe, expect, test } from 'vitest';
import { attach } from '../../../../src/model/istio/authz/attach.ts';
import type { Attachment, Point, Scene } from '../../../../src/model/istio/authz/types.ts';
import { defaultSwitches } from '../../../../src/model/istio/authz/types.ts';
import { labels, policy, scene } from './kit.ts';

const gatewayLabels = { 'gateway.networking.k8s.io/gateway-name': 'edge', app: 'edge' };
const sidecar: Point = { is: 'sidecar', namespace: 'shop', labels };
const gateway: Point = { is: 'gateway', namespace: 'shop', labels: gatewayLabels };
const waypoint: Point = {
  is: 'waypoint',
  namespace: 'shop',
  labels: gatewayLabels,
  service: { namespace: 'cart', name: 'cart', from: 'Service' },
};
const ztunnel: Point = { is: 'ztunnel', namespace: 'shop', labels };

const selector = { matchLabels: { app: 'dest' } };
const group = 'gateway.networking.k8s.io';
const toGateway = { targetRefs: [{ group, kind: 'Gateway', name: 'edge' }] };
const toClass = { targetRefs: [{ group, kind: 'GatewayClass', name: 'istio-waypoint' }] };
const toService = { targetRefs: [{ group: '', kind: 'Service', name: 'cart' }] };
const legacyTarget = { targetRef: { group: 'core', kind: 'Service', name: 'cart' } };
const root = { namespace: 'istio-system' };

function because(
  point: Point,
  spec: object,
  meta: object = {},
  rest: Partial<Scene> = {},
): Attachment | undefined {
  return attach(scene([policy('p', { ...spec }, meta)], { point, ...rest }))[0]?.because;
}

describe('attaches', () => {
  test.each([
    ['to all of its namespace', sidecar, {}, {}, 'namespace'],
    ['to all of the mesh, from the root', sidecar, {}, root, 'root'],
    ['by its selector', sidecar, { selector }, {}, 'selector'],
    ['by a selector in the root', sidecar, { selector }, root, 'selector'],
    ['by an empty selector', sidecar, { selector: {} }, {}, 'namespace'],
    ['to a gateway by name', gateway, toGateway, {}, 'target'],
    [
      'to a gateway by selector',
      gateway,
      { selector: { matchLabels: { app: 'edge' } } },
      {},
      'selector',
    ],
    ['to a waypoint by name', waypoint, toGateway, {}, 'target'],
    ['to a waypoint by service', waypoint, toService, { namespace: 'cart' }, 'target'],
    ['by the older targetRef', waypoint, legacyTarget, { namespace: 'cart' }, 'target'],
    ['to every waypoint, from the root', waypoint, toClass, root, 'target'],
    ['to ztunnel by its selector', ztunnel, { selector }, {}, 'selector'],
  ] as const)('%s', (_, point, spec, meta, by) => {
    expect(because(point, spec, meta)).toEqual({ attaches: true, by });
  });
});

describe('does not attach', () => {
  const other = { selector: { matchLabels: { app: 'dest', version: 'v2' } } };
  test.each([
    ['of another namespace', sidecar, {}, { namespace: 'bank' }, { is: 'other-namespace' }],
    ['by labels', sidecar, other, {}, { is: 'selector', differs: { version: 'v2' } }],
    ['by a target at a sidecar', sidecar, toGateway, {}, { is: 'target-at-sidecar' }],
    ['by a target at ztunnel', ztunnel, toGateway, {}, { is: 'target-at-ztunnel' }],
    ['without a target at a waypoint', waypoint, {}, {}, { is: 'no-target-at-waypoint' }],
    ['by a service at a gateway', gateway, toService, {}, { is: 'other-target' }],
    ['by a service of another namespace', waypoint, toService, {}, { is: 'other-target' }],
    ['to the class, from elsewhere', waypoint, toClass, {}, { is: 'other-target' }],
    ['to a gateway of another namespace', gateway, toGateway, root, { is: 'other-target' }],
    ['AUDIT at ztunnel', ztunnel, { action: 'AUDIT' }, {}, { is: 'action-at-ztunnel' }],
    ['of an action nobody knows', sidecar, { action: 'LOG' }, {}, { is: 'unknown-action' }],
    [
      'a dry run at ztunnel',
      ztunnel,
      {},
      { annotations: { 'istio.io/dry-run': 'true' } },
      { is: 'dry-run-at-ztunnel' },
    ],
  ] as const)('%s', (_, point, spec, meta, why) => {
    expect(because(point, spec, meta)).toEqual({ attaches: false, why });
  });

  test('by selector to a gateway of the Gateway API when istiod is told not to', () => {
    const switches = { ...defaultSwitches, selectorOnGatewayApi: false };
    const why = { is: 'selector-at-gateway-off' };
    expect(because(gateway, {}, {}, { switches })).toEqual({ attaches: false, why });
  });
});
