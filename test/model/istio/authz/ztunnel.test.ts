// What ztunnel makes of policies: istio/istio pilot/pkg/serviceregistry/ambient/authorization.go and
// istio/ztunnel src/rbac.rs; the lab has no ambient mesh.
import { expect, test } from 'vitest';
import { decide } from '../../../../src/model/istio/authz/decide.ts';
import { web } from './arbitrary.ts';
import { labels, policy, request, rule, scene } from './kit.ts';

const point = { is: 'ztunnel', namespace: 'shop', labels } as const;
const word = (spec: object, rest: Parameters<typeof request>[0] = {}): string => {
  const { outcome } = decide(scene([policy('p', { ...spec })], { point }), request(rest));
  return outcome.is === 'denied' ? outcome.by.is : outcome.is;
};
const deny = (...rules: readonly unknown[]): object => ({ action: 'DENY', rules });
const allow = (...rules: readonly unknown[]): object => ({ rules });

test.each([
  ['an ALLOW rule with an HTTP field is left out', allow(rule({ methods: ['GET'] })), 'no-allow'],
  ['one of identities is in force', allow(rule({ principals: [web] })), 'allowed'],
  ['a policy without rules denies all', {}, 'no-allow'],
  [
    'a DENY rule is in force without its HTTP fields',
    deny(rule({ methods: ['PUT'], ports: ['8080'] })),
    'deny-rule',
  ],
  ['of which nothing is left never matches', deny(rule({ methods: ['GET'] })), 'allowed'],
  [
    'nor one whose `when` it does not know',
    deny({ when: [{ key: 'request.headers[x]', values: ['y'] }] }),
    'allowed',
  ],
  ['namespaces are compared as text', deny(rule({ namespaces: ['s*p'] })), 'allowed'],
  ['by their beginning', deny(rule({ namespaces: ['sh*'] })), 'deny-rule'],
  ['serviceAccounts too', allow(rule({ serviceAccounts: ['web'] })), 'allowed'],
  [
    'trust domains are lost without a word',
    allow(rule({ principals: [web], trustDomains: ['other.example'] })),
    'allowed',
  ],
  ['any other rule of all', deny({}), 'deny-rule'],
])('%s', (_, spec, expected) => {
  expect(word(spec)).toBe(expected);
});

test('a plaintext caller is in no namespace', () => {
  const plaintext = { source: { is: 'plaintext' } } as const;
  expect(word(deny(rule({ notNamespaces: ['bank'] })), plaintext)).toBe('deny-rule');
  expect(word(allow(rule({ namespaces: ['*'] })), plaintext)).toBe('no-allow');
});

test('aliases of the trust domain do not reach it', () => {
  const policies = [
    policy('p', allow(rule({ principals: ['old.example/ns/shop/sa/web'] })) as never),
  ];
  const here = scene(policies, { point, trustDomainAliases: ['old.example'] });
  expect(decide(here, request()).outcome.is).toBe('denied');
});
