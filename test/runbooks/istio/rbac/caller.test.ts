// Who a caller is to the proxy it calls.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerIdentity, type Connection } from '../../../../src/model/istio/caller.ts';
import { inRange } from '../../../../src/model/istio/interception.ts';
import { readPod } from '../../../../src/facts/kube/pod.ts';

const pod = (
  annotations: Readonly<Record<string, string>> = {},
  containers: readonly object[] = [{ name: 'istio-proxy', args: ['proxy', 'sidecar'] }],
) =>
  readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', annotations },
    spec: { serviceAccountName: 'web', containers: [{ name: 'app' }, ...containers] as never },
  });

const connection = (other: Partial<Connection> = {}): Connection => ({
  caller: pod(),
  trustDomain: 'cluster.local',
  autoMtls: true,
  mode: 'PERMISSIVE',
  tls: undefined,
  port: 8080,
  ip: '10.96.3.4',
  tunnel: false,
  labelled: true,
  ...other,
});
const because = (other: Partial<Connection>) => {
  const identity = callerIdentity(connection(other));
  return identity.is === 'plaintext' ? identity.because.is : identity.is;
};
const rule = { namespace: 'shop', name: 'cart' };

describe('a caller', () => {
  test('with a sidecar shows its service account', () => {
    const principal = 'cluster.local/ns/shop/sa/web';
    expect(callerIdentity(connection())).toEqual({ is: 'mtls', principal });
    const tls = { mode: 'ISTIO_MUTUAL', rule };
    expect(callerIdentity(connection({ tls, autoMtls: false }))).toEqual({ is: 'mtls', principal });
  });

  test.each([
    ['no-sidecar', { caller: pod({}, []) }],
    ['ambient', { caller: pod({ 'ambient.istio.io/redirection': 'enabled' }, []) }],
    ['destination-rule', { tls: { mode: 'DISABLE', rule } }],
    ['destination-rule', { tls: { mode: 'SIMPLE', rule } }],
    ['server-disabled', { mode: 'DISABLE' as const }],
    ['auto-mtls-off', { autoMtls: false }],
    ['unlabelled', { labelled: false }],
    ['excluded', { caller: pod({ 'traffic.sidecar.istio.io/excludeOutboundPorts': '1,8080' }) }],
    [
      'excluded',
      { caller: pod({ 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '10.96.0.0/16' }) },
    ],
    [
      'excluded',
      { caller: pod({ 'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.0/16' }) },
    ],
    ['excluded', { caller: pod({ 'sidecar.istio.io/interceptionMode': 'NONE' }) }],
  ] satisfies readonly (readonly [string, Partial<Connection>])[])(
    'shows none: %s',
    (why, other) => {
      expect(because(other)).toBe(why);
    },
  );

  test('of ambient mode shows it through a tunnel', () => {
    const caller = pod({ 'ambient.istio.io/redirection': 'enabled' }, []);
    expect(because({ caller, tunnel: true })).toBe('mtls');
  });

  test('ports and ranges that are others leave it as it is', () => {
    const caller = pod({
      'traffic.sidecar.istio.io/excludeOutboundPorts': '9090',
      'traffic.sidecar.istio.io/excludeOutboundIPRanges': '192.168.0.0/16',
      'traffic.sidecar.istio.io/includeOutboundIPRanges': '*',
    });
    expect(because({ caller })).toBe('mtls');
  });
});

describe('a range', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));

  test('holds its own base, and everything is in the widest', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), (ip, bits) => {
        expect(inRange(`${ip}/${String(bits)}`, ip)).toBe(true);
        expect(inRange('0.0.0.0/0', ip)).toBe(true);
        expect(inRange('*', ip)).toBe(true);
      }),
    );
  });

  test('a narrower one holds no more', () => {
    fc.assert(
      fc.property(address, address, fc.integer({ min: 1, max: 32 }), (base, ip, bits) => {
        const narrow = inRange(`${base}/${String(bits)}`, ip);
        const wide = inRange(`${base}/${String(bits - 1)}`, ip);
        expect(!narrow || wide).toBe(true);
      }),
    );
  });

  test.each(['', 'x', '10.0.0.0/x', '10.0.0.0/40', '10.0.0'])('%j holds nothing', (range) => {
    expect(inRange(range, '10.0.0.1')).toBe(false);
  });
});
