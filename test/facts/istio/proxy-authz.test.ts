// What the proxy enforces, read from a listener that a real sidecar had: a DENY, an ALLOW and a dry run.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policiesInProxy, readListeners } from '../../../src/facts/istio/proxy-authz.ts';
import { root } from '../../helpers/sources.ts';

const body = await readFile(join(root, 'test/tools/envoy/virtual-inbound.json'), 'utf8');
const read = readListeners(body);
const chains = read?.is === 'heard' ? read.chains : [];

test('the chains of the port, each with its rules in their order', () => {
  const own = chains.filter((chain) => chain.port === 8080);
  expect(own.map(({ kind, takes, logs }) => ({ kind, takes, logs }))).toEqual([
    { kind: 'http', takes: 'mtls', logs: 'all' },
    { kind: 'http', takes: 'plaintext', logs: 'all' },
  ]);
  expect(own[0]?.filters).toEqual([
    {
      action: 'DENY',
      enforced: ['ns[shop]-policy[no-web]-rule[0]'],
      shadow: ['ns[shop]-policy[dry]-rule[0]'],
    },
    { action: 'ALLOW', enforced: ['ns[shop]-policy[allow-post]-rule[0]'], shadow: [] },
  ]);
});

test('on TCP the ALLOW rule with a method is gone, and nothing is left to allow', () => {
  const tcp = chains.filter((chain) => chain.kind === 'tcp' && chain.port === undefined);
  expect(tcp).toHaveLength(3);
  for (const { filters } of tcp) {
    expect(filters.at(-1)).toEqual({ action: 'ALLOW', enforced: [], shadow: [] });
  }
});

test('the policies by name, dry runs too', () => {
  expect([...policiesInProxy(chains)].sort()).toEqual([
    'shop/allow-post',
    'shop/dry',
    'shop/no-web',
  ]);
});

test('names of CUSTOM rules are read as well', () => {
  const named = (name: string) => [
    {
      port: 1,
      kind: 'http' as const,
      takes: 'any' as const,
      filters: [{ action: 'DENY' as const, enforced: [name], shadow: [] }],
      extAuthz: false,
      jwt: false,
      asksCertificate: false,
      unfetched: [],
      logs: 'all' as const,
    },
  ];
  const broken = 'istio-ext-authz-opa-ns[shop]-policy[ask]-rule[0]-deny-due-to-bad-CUSTOM-action';
  expect([...policiesInProxy(named(broken))]).toEqual(['shop/ask']);
  expect([...policiesInProxy(named('somebody-elses'))]).toEqual([]);
});

test('a refused listener says why', () => {
  const state = { name: 'virtualInbound', error_state: { details: 'script load error' } };
  expect(readListeners(JSON.stringify({ configs: [state] }))).toMatchObject({
    refused: 'script load error',
  });
});

test.each(['{}', '[]', 'null', '', '<html>', '{"configs":"x"}'])('%j is no listener', (other) => {
  expect(readListeners(other)).toBeUndefined();
});

test('a listener that warms or drains is not what decides', () => {
  const other = body.replaceAll('"active_state"', '"warming_state"');
  expect(readListeners(other)).toBeUndefined();
});

test('a listener without a chain has not told its rules', () => {
  const none =
    '{"configs":[{"name":"virtualInbound","active_state":{"listener":{"name":"virtualInbound"}}}]}';
  expect(readListeners(none)).toBeUndefined();
});
