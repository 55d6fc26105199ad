// Whether the API server can trust the webhook, whether the injector was asked, and what a proxy that fails says.
import { describe, expect, it } from 'vitest';
import { askedThen } from '../../../../src/model/linkerd/inject/asked.ts';
import { shuttingOut } from '../../../../src/facts/linkerd/inject/blocked.ts';
import { bundleFor, trustOf } from '../../../../src/model/linkerd/inject/trust.ts';
import { readWebhooks, serverNameOf } from '../../../../src/model/linkerd/inject/webhook.ts';
import { readCertificates } from '../../../../src/model/certificates/x509.ts';
import { EXPIRED, FOREIGN } from '../../../lab/inject-certificates.ts';
import { configuration } from './world.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const [webhook] = readWebhooks([configuration()]);
if (!webhook) throw new Error('no webhook');

describe('trustOf', () => {
  const served = readCertificates(FOREIGN);
  const trusts = (caBundle: string, chain = served) =>
    trustOf({ ...webhook, caBundle }, chain, now);

  it('asks for the name of the Service', () => {
    expect(serverNameOf(webhook)).toBe('linkerd-proxy-injector.linkerd.svc');
  });

  it('knows what cannot be trusted', () => {
    expect(trusts('')).toEqual({ is: 'empty' });
    expect(trusts('not a certificate')).toEqual({ is: 'unreadable' });
    expect(trusts(EXPIRED)).toEqual({ is: 'expired', until: Date.parse('2021-01-01T00:00:00Z') });
    expect(trusts(FOREIGN, readCertificates(EXPIRED)).is).toBe('served-expired');
    expect(trusts(FOREIGN)).toMatchObject({ is: 'wrong-name' });
  });

  it('takes a bundle that nobody has seen served', () => {
    expect(trusts(FOREIGN, [])).toEqual({ is: 'fine' });
    expect(trustOf({ ...webhook, caBundle: FOREIGN }, undefined, now)).toEqual({ is: 'fine' });
  });

  it('offers what is served as the bundle, where that is any good', () => {
    expect(bundleFor(served, now)).toBe(served[0]?.pem);
    expect(bundleFor(readCertificates(EXPIRED), now)).toBeUndefined();
    expect(bundleFor(undefined, now)).toBeUndefined();
  });

  it('knows who writes the bundle', () => {
    const [mine] = readWebhooks([configuration({}, { 'cert-manager.io/inject-ca-from': 'a/b' })]);
    expect([webhook.bundleBy, mine?.bundleBy]).toEqual(['install', 'cert-manager']);
  });
});

describe('askedThen', () => {
  const minute = 60_000;
  const maker = { kind: 'Deployment', name: 'web' };
  const event = (reason: string, at: number, object = 'web', kind = 'Deployment') => ({
    ...{ object, kind, reason, count: 1, last: new Date(at).toISOString() },
    message: `Linkerd sidecar proxy injection skipped: hostNetwork is enabled`,
  });
  const made = now - 10 * minute;
  const asked = (...all: ReturnType<typeof event>[]) => askedThen(all, maker, made, now);

  it.each([
    ['an event of that moment', [event('InjectionSkipped', made)], 'skipped'],
    [
      'a second before, by the clock of another machine',
      [event('Injected', made - 1000)],
      'injected',
    ],
    ['none at all', [], 'never'],
    ['of another workload', [event('InjectionSkipped', made, 'cart')], 'never'],
    [
      'of the ReplicaSet, which the injector may name too',
      [event('InjectionSkipped', made, 'web-5c4d8', 'ReplicaSet')],
      'skipped',
    ],
    ['long before', [event('Injected', made - 5 * minute)], 'never'],
    ['long after, of another pod', [event('Injected', made + 5 * minute)], 'not-known'],
  ] as const)('%s', (_, all, is) => {
    expect(asked(...all).is).toBe(is);
  });

  it("keeps the injector's own reason", () => {
    expect(asked(event('InjectionSkipped', made))).toMatchObject({ why: 'hostNetwork is enabled' });
  });

  it('says nothing when events are gone or were not read, or the pod is its own', () => {
    expect(askedThen([], maker, now - 2 * 60 * minute, now).is).toBe('not-known');
    expect(askedThen(undefined, maker, made, now).is).toBe('not-known');
    expect(askedThen([], { kind: 'Pod', name: 'web' }, made, now).is).toBe('not-known');
  });
});

describe('shuttingOut', () => {
  const policy = (name: string, spec: object) => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { name, namespace: 'linkerd' },
    spec: spec as never,
  });
  const inside = { from: [{ podSelector: {} }] };
  const port = (n: number) => ({ ports: [{ port: n, protocol: 'TCP' }] });

  it.each([
    ['denies all', [policy('a', { podSelector: {} })], ['a']],
    ['lets in pods alone', [policy('a', { podSelector: {}, ingress: [inside] })], ['a']],
    ['lets in another port', [policy('a', { podSelector: {}, ingress: [port(9995)] })], ['a']],
    ['lets in the port', [policy('a', { podSelector: {}, ingress: [port(8443)] })], []],
    [
      'lets in an address block',
      [
        policy('a', {
          podSelector: {},
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
        }),
      ],
      [],
    ],
    [
      'another lets it in',
      [policy('a', { podSelector: {} }), policy('b', { podSelector: {}, ingress: [{}] })],
      [],
    ],
    ['selects other pods', [policy('a', { podSelector: { matchLabels: { app: 'x' } } })], []],
    ['is about egress', [policy('a', { podSelector: {}, policyTypes: ['Egress'] })], []],
  ] as const)('%s', (_, policies, names) => {
    expect(shuttingOut(policies, 'linkerd')).toEqual(names);
  });
});
