import { describe, expect, test } from 'vitest';
import { readProxyLog } from '../../../src/facts/istio/proxy-log.ts';
import { failingNow, peersOf, readAddress, validityIn } from '../../../src/model/istio/peers.ts';
import { containersOf } from '../../../src/model/kube/container.ts';

const proxy = (env: Readonly<Record<string, string>>) => {
  const named = Object.entries(env).map(([name, value]) => ({ name, value }));
  return containersOf({ containers: [{ name: 'istio-proxy', env: named }] }, {})[0];
};
const discovery = (address: string) => ({
  PROXY_CONFIG: JSON.stringify({ discoveryAddress: address }),
});

describe('whom a proxy calls', () => {
  test.each([
    [{}, true],
    [{ CA_ADDR: 'istiod.istio-system.svc:15012' }, true],
    [{ CA_ADDR: 'istio-csr.cert-manager.svc:443' }, false],
    [{ ...discovery('istiod.x.svc:15012'), CA_ADDR: 'istiod.x.svc:15012' }, true],
    [{ ...discovery('istiod.x.svc:15012'), CA_ADDR: 'istio-csr.x.svc:443' }, false],
  ])('%j: istiod is the CA: %s', (env, same) => {
    expect(peersOf(proxy(env), undefined).same).toBe(same);
  });

  test('what the environment does not say, the log does', () => {
    const log = readProxyLog([
      '2026-11-21T08:00:00Z\tinfo\tCA Endpoint istio-csr.cm.svc:443, provider Citadel',
      '2026-11-21T08:00:01Z\tinfo\txdsproxy\tInitializing with upstream address "istiod.x.svc:15012" and cluster "c"',
    ]);
    expect(peersOf(proxy({}), log)).toMatchObject({
      istiod: { text: 'istiod.x.svc:15012' },
      ca: { service: { name: 'istio-csr', namespace: 'cm' }, port: 443 },
      same: false,
    });
  });

  test('a name that is not of this cluster has no Service', () => {
    expect(readAddress('xds.mesh.example.org:443')?.service).toBeUndefined();
    expect(readAddress('istiod')).toBeUndefined();
  });
});

test('a failure of long ago is not one of now', () => {
  const at = Date.parse('2026-11-21T08:00:00Z');
  const failing = { at, text: '', reason: '', because: 'unreachable', since: undefined } as const;
  expect(failingNow({ failing }, at + 60_000)).toBe(failing);
  expect(failingNow({ failing }, at + 600_000)).toBeUndefined();
});

test.each([
  ['current time 2026-11-21T08:00:00Z is after 2026-11-21T07:00:00Z', 'expired'],
  ['current time 2026-11-21T08:00:00Z is before 2026-11-21T09:00:00Z', 'early'],
])('%s: %s', (said, is) => {
  expect(validityIn(said)?.is).toBe(is);
});
