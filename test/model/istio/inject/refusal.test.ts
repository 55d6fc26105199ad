// Refusals as a real API server (1.36) and a real istiod (1.31) worded them on the lab.
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { trustOf } from '../../../../src/model/istio/inject/trust.ts';
import { istioWords } from '../../../../src/model/istio/inject/webhook.ts';
import { readRefusal } from '../../../../src/model/kube/refusal.ts';
import { outageOf } from '../../../../src/facts/kube/webhook-backend.ts';
import { bypassedBy } from '../../../../src/model/istio/inject/bypass.ts';
import { readCertificates } from '../../../../src/model/certificates/x509.ts';
import { EXPIRED, FOREIGN } from '../../../lab/inject-certificates.ts';
import { defaultWebhooks } from './world.ts';

const post = 'Post "https://istiod.istio-system.svc:443/inject?timeout=10s": ';
const call = `Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: ${post}`;

describe('readRefusal', () => {
  it.each([
    [
      `Error creating: ${call}no endpoints available for service "istiod"`,
      {
        is: 'unreachable',
        injector: true,
        trust: false,
        why: 'no endpoints available for service "istiod"',
      },
    ],
    [
      `Error creating: ${call}context deadline exceeded`,
      { is: 'unreachable', injector: true, trust: false, why: 'context deadline exceeded' },
    ],
    [
      `Error creating: ${call}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      { is: 'unreachable', injector: true, trust: true },
    ],
    [
      'Error creating: Internal error occurred: failed calling webhook "policy.example.org": failed to call webhook: Post "https://policy.tools.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
      {
        is: 'unreachable',
        injector: false,
        webhook: 'policy.example.org',
        why: 'dial tcp 10.0.0.1:443: connect: connection refused',
      },
    ],
    [
      'Error creating: admission webhook "namespace.sidecar-injector.istio.io" denied the request: failed to run injection template: requested template "extra" not found; have sidecar, gateway',
      {
        is: 'denied',
        injector: true,
        why: 'failed to run injection template: requested template "extra" not found; have sidecar, gateway',
      },
    ],
    [
      'Error creating: pods "web-5d754bcb74-mg4b4" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container "istio-init" must not include "NET_ADMIN", "NET_RAW" in securityContext.capabilities.add)',
      { is: 'pod-security', level: 'restricted:latest', sidecar: true },
    ],
    [
      'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
      { is: 'pod-security', sidecar: false },
    ],
    [
      '(combined from similar events): Error creating: pods "web-656997c9cf-2zfn4" is forbidden: maximum memory usage per Container is 256Mi, but limit is 1Gi',
      {
        is: 'other',
        why: 'maximum memory usage per Container is 256Mi, but limit is 1Gi',
        sidecar: false,
      },
    ],
  ])('%s', (message, refusal) => {
    expect(readRefusal(message, istioWords)).toMatchObject(refusal);
  });

  it('is one line, and not endless', () => {
    const { why } = readRefusal(`Error creating: ${'a\n'.repeat(400)}`, istioWords);
    expect(why).not.toContain('\n');
    expect(why.length).toBeLessThanOrEqual(300);
  });
});

describe('trustOf', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const [webhook] = defaultWebhooks;
  if (!webhook) throw new Error('no webhook');
  const trusts = (caBundle: string, root = readCertificates(FOREIGN)) =>
    trustOf({ ...webhook, caBundle }, root, now);

  it('knows what cannot be trusted', () => {
    expect(trusts('')).toEqual({ is: 'empty' });
    expect(trusts('not a certificate')).toEqual({ is: 'unreadable' });
    expect(trusts(EXPIRED)).toEqual({ is: 'expired', until: Date.parse('2021-01-01T00:00:00Z') });
    expect(trusts(FOREIGN)).toEqual({ is: 'fine' });
    expect(trusts(FOREIGN, readCertificates(EXPIRED))).toEqual({
      is: 'foreign',
      subject: 'O=another-mesh',
    });
  });

  it('takes a bundle with one good certificate, and does not judge by a root it does not know', () => {
    expect(trusts(EXPIRED + FOREIGN)).toEqual({ is: 'fine' });
    expect(trustOf({ ...webhook, caBundle: FOREIGN }, undefined, now)).toEqual({ is: 'fine' });
  });

  it('lets a URL have a public certificate', () => {
    const outside = { is: 'url', url: 'https://istiod.example.org/inject' } as const;
    expect(trustOf({ ...webhook, caBundle: '', backend: outside }, [], now)).toEqual({
      is: 'fine',
    });
  });
});

describe('outageOf', () => {
  const at = { namespace: 'istio-system', name: 'istiod', ready: 0, notReady: 0 };
  const there = { is: 'there', hasPort: true, hasSelector: true } as const;

  it.each([
    [{ ...at, service: { is: 'missing' } as const }, /no Service istio-system\/istiod/],
    [{ ...at, service: { ...there, hasPort: false }, ready: 1 }, /does not have the port/],
    [{ ...at, service: there }, /has no endpoints/],
    [{ ...at, service: there, notReady: 2 }, /has 2 endpoints, and none is ready/],
  ])('%j', (state, why) => {
    expect(outageOf(state)).toMatch(why);
  });

  it('is none when something is ready', () => {
    expect(outageOf({ ...at, service: there, ready: 1, notReady: 1 })).toBeUndefined();
  });
});

describe('bypassedBy', () => {
  const traffic = 'traffic.sidecar.istio.io/';

  it.each([
    [{ 'sidecar.istio.io/interceptionMode': 'NONE' }, 1],
    [{ [`${traffic}includeInboundPorts`]: '' }, 1],
    [{ [`${traffic}includeOutboundIPRanges`]: '', [`${traffic}includeInboundPorts`]: '' }, 2],
    [{ [`${traffic}excludeOutboundIPRanges`]: '10.0.0.0/8,0.0.0.0/0' }, 1],
    [
      { [`${traffic}includeInboundPorts`]: '8080', 'sidecar.istio.io/interceptionMode': 'TPROXY' },
      0,
    ],
  ])('%j', (annotations, ways) => {
    expect(bypassedBy({ annotations, containers: [] } as unknown as Pod)).toHaveLength(ways);
  });
});
