import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../src/core/object.ts';
import { peerMode } from '../../../../src/model/istio/authz/peer-mode.ts';
import { object, scene } from './kit.ts';

type Where = 'mesh' | 'namespace' | 'workload';

function peer(name: string, where: Where, mode: string, more: object = {}, at = 1): KubeObject {
  const selector = where === 'workload' ? { selector: { matchLabels: { app: 'dest' } } } : {};
  return object(
    'PeerAuthentication',
    name,
    { ...selector, mtls: { mode }, ...more },
    {
      namespace: where === 'mesh' ? 'istio-system' : 'shop',
      creationTimestamp: `2026-01-01T00:00:0${String(at)}Z`,
    },
  );
}

const mode = (peerAuthentications: readonly KubeObject[], port = 8080) =>
  peerMode(scene([], { peerAuthentications }), port);

test('PERMISSIVE without a policy', () => {
  expect(mode([])).toEqual({ mode: 'PERMISSIVE', by: { level: 'default' }, losers: [] });
});

test('the nearest level that says something wins', () => {
  const [mesh, namespace] = [peer('m', 'mesh', 'STRICT'), peer('n', 'namespace', 'DISABLE')];
  const workload = peer('w', 'workload', 'UNSET');
  expect(mode([mesh])).toMatchObject({ mode: 'STRICT', by: { level: 'mesh' } });
  expect(mode([workload, namespace, mesh])).toEqual({
    mode: 'DISABLE',
    by: { level: 'namespace', policy: { namespace: 'shop', name: 'n' } },
    losers: [
      { policy: { namespace: 'istio-system', name: 'm' }, why: { is: 'overridden' } },
      { policy: { namespace: 'shop', name: 'w' }, why: { is: 'unset' } },
    ],
  });
});

describe('a port', () => {
  const portLevelMtls = { 8080: { mode: 'PERMISSIVE' }, 9090: { mode: 'UNSET' } };
  const all = [peer('n', 'namespace', 'STRICT'), peer('w', 'workload', 'UNSET', { portLevelMtls })];

  test('may say otherwise for itself', () => {
    expect(mode(all)).toMatchObject({ mode: 'PERMISSIVE', by: { level: 'port' } });
    expect(mode(all, 9090)).toMatchObject({ mode: 'STRICT', by: { level: 'namespace' } });
  });

  test('but not without a selector', () => {
    const found = mode([peer('n', 'namespace', 'STRICT', { portLevelMtls })]);
    expect(found).toMatchObject({
      mode: 'STRICT',
      losers: [{ why: { is: 'port-without-selector' } }],
    });
  });
});

test('the older of one level wins, and of one second the first by name', () => {
  const older = [peer('z', 'namespace', 'STRICT', {}, 1), peer('a', 'namespace', 'DISABLE', {}, 2)];
  expect(mode(older)).toMatchObject({
    mode: 'STRICT',
    losers: [{ policy: { name: 'a' }, why: { is: 'newer', than: { name: 'z' } } }],
  });
  const same = [peer('z', 'workload', 'STRICT'), peer('a', 'workload', 'DISABLE')];
  expect(mode(same).mode).toBe('DISABLE');
});

test('a selector in the root, or one that does not fit, is of no account', () => {
  const selector = { matchLabels: { app: 'dest' } };
  const other = { selector: { matchLabels: { app: 'other' } } };
  const found = mode([
    peer('m', 'mesh', 'STRICT', { selector }),
    peer('o', 'namespace', 'STRICT', other),
  ]);
  expect(found.mode).toBe('PERMISSIVE');
  expect(found.losers.map(({ why }) => why)).toEqual([
    { is: 'selector-in-root' },
    { is: 'selector', differs: { app: 'other' } },
  ]);
});
