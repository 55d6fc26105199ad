// What becomes of a request when the policies, the proxy and its log say different things.
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../src/core/object.ts';
import type { Refused } from '../../../../src/facts/istio/denial-log.ts';
import { readMeshConfig } from '../../../../src/facts/istio/mesh-config.ts';
import type { ProxyAuthz } from '../../../../src/facts/istio/proxy-authz.ts';
import { inProxy, sceneOf, type Picture } from '../../../../runbooks/istio/rbac/picture.ts';
import type { Given, Subject } from '../../../../runbooks/istio/rbac/visits.ts';
import { verdicts } from '../../../../runbooks/istio/rbac/verdict.ts';
import { readPod } from '../../../../src/facts/kube/pod.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const pod = readPod({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart-1', namespace: 'shop', labels: { app: 'cart' } },
  spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'sidecar'] }] },
});

const policy = (name: string, spec: object, at = '2026-11-21T09:00:00Z') =>
  ({
    apiVersion: 'security.istio.io/v1beta1',
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace: 'shop', creationTimestamp: at },
    spec,
  }) as unknown as KubeObject;

const denyGet = { action: 'DENY', rules: [{ to: [{ operation: { methods: ['GET'] } }] }] };
const denyPost = { action: 'DENY', rules: [{ to: [{ operation: { methods: ['POST'] } }] }] };
const allowPost = { action: 'ALLOW', rules: [{ to: [{ operation: { methods: ['POST'] } }] }] };

const proxyWith = (...names: readonly string[]): ProxyAuthz => ({
  is: 'heard',
  refused: undefined,
  chains: [
    {
      port: 8080,
      kind: 'http',
      takes: 'any',
      extAuthz: false,
      jwt: false,
      asksCertificate: false,
      unfetched: [],
      logs: 'all',
      filters: [
        {
          action: 'DENY',
          enforced: names.map((name) => `ns[shop]-policy[${name}]-rule[0]`),
          shadow: [],
        },
      ],
    },
  ],
});

const pictureOf = (
  policies: readonly KubeObject[],
  proxy: ProxyAuthz | undefined,
  unseen: readonly string[] = [],
): Picture => ({
  destination: { pod: pod.ref, port: 8080, service: undefined },
  pod,
  services: [],
  mesh: readMeshConfig('rootNamespace: istio-system', 'istio-system'),
  policies: {
    authorization: policies,
    requestAuthentication: [],
    peerAuthentication: [],
    unseen: { authorization: unseen, requestAuthentication: [], peerAuthentication: [] },
  },
  proxy,
  undiscovered: false,
  authorizer: undefined,
  trustedProxies: undefined,
  root: 'istio-system',
  now,
});

const line = (by: Refused['by'], secondsAgo: number, other: Partial<Refused> = {}): Refused => ({
  at: now - secondsAgo * 1000,
  first: undefined,
  times: 1,
  by,
  status: 403,
  ip: '10.0.0.1',
  peer: '10.0.0.1',
  forwardedFor: undefined,
  port: 8080,
  principal: undefined,
  transport: 'mtls',
  method: 'GET',
  path: '/',
  host: 'cart',
  ...other,
});
const byRule = (name: string): Refused['by'] => ({
  is: 'rbac',
  details: `rbac_access_denied_matched_policy[ns[shop]-policy[${name}]-rule[0]]`,
});

const nothing: Given = { path: undefined, method: undefined, headers: {} };
const get: Given = { path: '/', method: 'GET', headers: {} };
const subject = (seen: readonly Refused[] = []): Subject => ({
  caller: undefined,
  identity: { is: 'mtls', principal: 'cluster.local/ns/shop/sa/web' },
  ip: '10.0.0.1',
  anyone: false,
  seen,
});
const arrival = {
  port: 8080,
  protocol: 'http' as const,
  service: undefined,
  servicePort: undefined,
};

function verdict(picture: Picture, given: Given, seen: readonly Refused[] = []) {
  const scene = sceneOf(picture, { is: 'sidecar', namespace: 'shop', labels: pod.labels });
  const at = { picture, scene, proxy: inProxy(picture, scene) };
  const [first] = verdicts(at, { subject: subject(seen), arrival }, given);
  return first;
}

describe('sure', () => {
  const policies = [policy('no-get', denyGet)];

  test('when every list was read and the proxy has the same policies', () => {
    expect(verdict(pictureOf(policies, proxyWith('no-get')), get)).toMatchObject({
      sure: true,
      is: { is: 'denied', by: { is: 'deny-rule' } },
    });
  });

  test.each([
    ['the proxy could not be asked', pictureOf(policies, undefined)],
    ['the proxy has other policies', pictureOf(policies, proxyWith('other'))],
    ['a namespace could not be listed', pictureOf(policies, undefined, ['istio-system'])],
  ])('not when %s, unless its log names the rule', (_, picture) => {
    expect(verdict(picture, get)?.sure).toBe(false);
    expect(verdict(picture, get, [line(byRule('no-get'), 60)])?.sure).toBe(true);
  });

  test('not when the proxy refuses its latest config, whatever the names are', () => {
    const refused = { ...proxyWith('no-get'), refused: 'script load error' } as ProxyAuthz;
    expect(verdict(pictureOf(policies, refused), get)?.sure).toBe(false);
  });
});

describe('a log that says otherwise', () => {
  const allowed = pictureOf([policy('no-post', denyPost)], proxyWith('no-post'));

  test('counts while it is of now and younger than the policies', () => {
    expect(verdict(allowed, get, [line(byRule('no-post'), 10)])?.is.is).toBe('contradicted');
    expect(verdict(allowed, get, [line(byRule('no-post'), 90)])?.is.is).toBe('allowed');
    const young = policy('no-post', denyPost, '2026-11-21T11:59:48Z');
    const picture = pictureOf([young], proxyWith('no-post'));
    expect(verdict(picture, get, [line(byRule('no-post'), 10)])?.is.is).toBe('allowed');
  });

  test('of a policy that is gone says nothing', () => {
    expect(verdict(allowed, get, [line(byRule('deleted'), 10)])?.is.is).toBe('allowed');
    const none = line({ is: 'rbac', details: 'rbac_access_denied_matched_policy[none]' }, 10);
    expect(verdict(allowed, get, [none])?.is.is).toBe('allowed');
  });

  test('of a policy that could not be read counts where there can be one', () => {
    const half = pictureOf([policy('no-post', denyPost)], proxyWith('no-post'), ['istio-system']);
    expect(verdict(half, get, [line(byRule('deleted'), 10)])?.proof).toBeUndefined();
    const details = 'rbac_access_denied_matched_policy[ns[istio-system]-policy[all]-rule[0]]';
    const ofRoot = line({ is: 'rbac', details }, 10);
    expect(verdict(half, get, [ofRoot])?.proof).toBe(ofRoot);
  });

  test('of an application or a token is told as such, for two minutes', () => {
    const app = line({ is: 'application' }, 60);
    expect(verdict(allowed, get, [app])?.is).toMatchObject({ is: 'elsewhere', line: app });
    expect(verdict(allowed, get, [line({ is: 'application' }, 130)])?.is.is).toBe('allowed');
    expect(verdict(allowed, { ...get, path: '/other' }, [app])?.is.is).toBe('allowed');
    // No policy asks an authorizer here, so none can have refused.
    const authorizer = line({ is: 'ext-authz', why: 'denied' }, 10);
    expect(verdict(allowed, get, [authorizer])?.is.is).toBe('allowed');
  });
});

describe('a request of which nothing is said', () => {
  const policies = [policy('only-post', allowPost)];
  const picture = pictureOf(policies, proxyWith('only-post'));

  test('hangs on what it is', () => {
    expect(verdict(picture, nothing)?.is).toMatchObject({
      is: 'unknown',
      hangsOn: [{ is: 'method' }],
    });
  });

  test('is the one that was logged, when one was', () => {
    const none = line({ is: 'rbac', details: 'rbac_access_denied_matched_policy[none]' }, 10);
    const found = verdict(picture, nothing, [none]);
    expect(found).toMatchObject({ sure: true, proof: none, request: { method: 'GET', path: '/' } });
    expect(found?.is).toMatchObject({ is: 'denied', by: { is: 'no-allow' } });
  });
});

test('what the proxy has, against Kubernetes', () => {
  const compare = (proxy: ProxyAuthz | undefined, unseen: readonly string[] = []) => {
    const picture = pictureOf([policy('a', denyGet)], proxy, unseen);
    return inProxy(
      picture,
      sceneOf(picture, { is: 'sidecar', namespace: 'shop', labels: pod.labels }),
    );
  };
  expect(compare(proxyWith('a'))).toEqual({ is: 'same' });
  expect(compare(undefined)).toEqual({ is: 'unknown' });
  expect(compare(proxyWith('b'))).toMatchObject({
    missing: [{ policy: { namespace: 'shop', name: 'a' } }],
    extra: ['shop/b'],
    young: false,
  });
  expect(compare(proxyWith('a', 'b'), ['shop'])).toEqual({ is: 'unknown' });
});
