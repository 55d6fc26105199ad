// What an Envoy has, and what istiod logs of certificates.
import { describe, expect, it } from 'vitest';
import { readRoutes } from '../../../src/facts/istio/effective.ts';
import { readSecretLine } from '../../../src/facts/istio/secret-log.ts';
import { readProxyStatus } from '../../../src/facts/istio/proxy-status.ts';

const config = (path: string) =>
  `{"metadata":{"filter_metadata":{"istio":{"config":"/apis/networking.istio.io/${path}"}}}}`;
const body = (...paths: string[]) => `{"configs":[${paths.map(config).join(',')}]}`;

describe('the VirtualServices of routes', () => {
  it('are named once each, whatever the version of the API', () => {
    const read = readRoutes(
      body(
        'v1/namespaces/shop/virtual-service/cart',
        'v1alpha3/namespaces/shop/virtual-service/cart',
        'v1/namespaces/edge/virtual-service/a',
        'v1/namespaces/shop/destination-rule/cart',
      ),
    );
    expect(read).toEqual({ virtualServices: ['edge/a', 'shop/cart'], cut: false });
  });
  it('are known to be more where the answer is cut', () => {
    const whole = body(
      'v1/namespaces/shop/virtual-service/cart',
      'v1/namespaces/x/virtual-service/y',
    );
    expect(readRoutes(whole.slice(0, -30))).toEqual({ virtualServices: ['shop/cart'], cut: true });
  });
  it('are unknown where Envoy has no such part', () => {
    expect(readRoutes('dynamic_route_configs not found in config dump')).toBeUndefined();
  });
});

describe('a line of istiod about a certificate', () => {
  const pod = { namespace: 'edge', name: 'gw-1' };
  const line = (text: string) => `2026-11-21T07:58:30.120441Z\twarn\tads\t${text}`;
  it.each([
    [
      'failed to fetch key and certificate for kubernetes://c: secret edge/c not found',
      'missing',
      ['kubernetes://c'],
    ],
    [
      "failed to fetch key and certificate for kubernetes://c: found secret, but didn't have expected keys (cert and key) or (tls.crt and tls.key); found: a",
      'unusable',
      ['kubernetes://c'],
    ],
    [
      'failed to fetch ca certificate for kubernetes://c-cacert: secret edge/c not found',
      'missing',
      ['kubernetes://c-cacert'],
    ],
    [
      'proxy gw-1.edge attempted to access unauthorized certificates a, b, and 2 others: gw/edge is not authorized to read secrets: ',
      'not-allowed',
      ['a', 'b', 'and 2 others'],
    ],
    [
      'proxy gw-1.edge attempted to access unauthorized certificates a: cross namespace secret reference requires ReferenceGrant',
      'other-namespace',
      ['a'],
    ],
  ])('%s', (text, about, secrets) => {
    expect(readSecretLine(line(text), pod)).toMatchObject({ about, secrets });
  });
  it('is not taken from another proxy', () => {
    const other =
      'proxy gw-2.edge attempted to access unauthorized certificates a: gw/edge is not authorized to read secrets: ';
    expect(readSecretLine(line(other), pod)).toBeUndefined();
  });
});

it('reads NOT_SENT, as istioctl x proxy-status printed it until 1.22', () => {
  const table =
    'NAME         CLUSTER      CDS        LDS          EDS        RDS          ISTIOD       VERSION\n' +
    'web-1.shop   Kubernetes   SYNCED     NOT_SENT     SYNCED     NOT_SENT     istiod-1     1.20.0\n';
  const states = readProxyStatus(table, 0)?.[0]?.types.map(({ type, state }) => `${type} ${state}`);
  expect(states).toEqual(['CDS SYNCED', 'LDS NOT SENT', 'EDS SYNCED', 'RDS NOT SENT']);
});
