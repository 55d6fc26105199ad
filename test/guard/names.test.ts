// Names that only sound like a credential's, and values that only name one.
import { describe, expect, it } from 'vitest';
import { guardTree } from '../../src/guard/tree.ts';
import { createRedact } from '../../src/guard/redact.ts';
import type { Json } from '../../src/core/object.ts';

const hands = {
  hide: () => '[hidden]',
  text: (text: string) => createRedact().text(text),
  longText: () => {
    throw new Error('nothing here is long');
  },
};

const harmless: readonly Json[] = [
  { key: 'app', operator: 'In', values: ['web'] },
  { metadata_key: { key: 'envoy.lb', path: [{ key: 'canary7Xq' }] } },
  { hash_key: 'Xq7Lw2pd9', partition_key: 'Xq7Lw2pd9', primaryKey: 'id7X' },
  { sort_key: 'Xq7', foreign_key: 'Xq7', cache_key: 'Xq7Lw2pd9', topologyKey: 'Xq7Lw2pd9' },
  { descriptor_key: 'Xq7Lw2pd9', stat_key: 'Xq7Lw2pd9', public_key: 'Xq7Lw2pd9' },
  { label_key: 'kubernetes.io/hostname', someKey: 'kubernetes.io/hostname', any_key: 'envoy.lb' },
  { generic_key: { descriptor_value: 'Xq7' }, other_key: 'metadata' },
  { valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
  { max_tokens: 4096, tokens_per_fill: 1000, tokens: 2500 },
  { password: { secretKeyRef: { name: 'db', key: 'pw' } }, apiKey: { name: 'x', key: 'y' } },
  { token: { audience: 'istio-ca', path: 'token' }, passwords: { secretName: 'db' } },
  { allowed: ['x-api-key', 'authorization'], headers: ['cookie', 'x-team'] },
  { args: ['--token', '$(TOKEN)', '--password', '-v', '--log-level=info'] },
  { password: { type: 'string', description: 'of the user bob7' } },
  { users: ['system:admin'], body: { bytes: Buffer.from('nothing here').toString('base64') } },
];

const lines: readonly string[] = [
  'Public Key Algorithm: rsaEncryption',
  'public key: 3f2aXq7Lw2pd9',
  'key: app7Xq',
  'ca key size=4096',
  'monkey=banana1',
  'keyType: RSA',
  'secret "shop-tls": key "tls.key" missing',
  'hash_key=Xq7Lw2pd9',
  'tokens=4096 max_tokens=8192',
];

describe('harmless', () => {
  it.each(harmless.map((tree) => [JSON.stringify(tree), tree] as const))('%s', (_, tree) => {
    expect(guardTree(tree, 0, hands)).toEqual(tree);
  });

  it.each(lines)('%s', (line) => {
    expect(createRedact().text(line)).toBe(line);
  });
});
