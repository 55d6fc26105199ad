// What stands for a name, and what stays.
import { describe, expect, test } from 'vitest';
import { safeText } from '../../src/core/text.ts';
import { redacted } from '../../src/run/redacted.ts';
import { createNames } from '../../src/guard/rename/names.ts';
import { diagnosis } from '../report/build.ts';
import { cli } from '../helpers/fake-io.ts';
import { scenarios } from '../helpers/scenarios.ts';

function named() {
  const names = createNames();
  names.name('ns', 'acme');
  names.name('app', 'checkout');
  names.name('svc', 'checkout-svc');
  names.name('object', 'config');
  names.name('pod', 'alone');
  return names;
}

describe('a name goes wherever it stands', () => {
  test.each([
    ['acme/checkout-5fcd744f86-zf8bb', 'ns-1/app-1-5fcd744f86-zf8bb'],
    ['checkout-5fcd744f86-zf8bb.acme', 'app-1-5fcd744f86-zf8bb.ns-1'],
    [
      'outbound|80||checkout-svc.acme.svc.cluster.local',
      'outbound|80||svc-1.ns-1.svc.cluster.local',
    ],
    ['spiffe://cluster.local/ns/acme/sa/checkout', 'spiffe://cluster.local/ns/ns-1/sa/app-1'],
    ['kubectl get pods -n acme -l app=checkout', 'kubectl get pods -n ns-1 -l app=app-1'],
    ['istio-proxy in istio-system rejects LDS', 'istio-proxy in istio-system rejects LDS'],
    ['virtualservices.networking.istio.io', 'virtualservices.networking.istio.io'],
    ['acmes and checkouts are other words', 'acmes and checkouts are other words'],
  ])('%s', (text, so) => {
    expect(named().rename(text)).toBe(so);
  });

  test('a plain word stays in a sentence and goes where it is a name', () => {
    const { rename } = named();
    expect(rename('its config is old')).toBe('its config is old');
    expect(rename('EnvoyFilter acme/config')).toBe('EnvoyFilter ns-1/object-1');
    expect(rename('config')).toBe('object-1');
  });
});

describe('what was never listed is known by its pattern', () => {
  test.each([
    [
      'spiffe://corp.example/ns/hidden/sa/quiet',
      /^spiffe:\/\/host-1\.test\/ns\/ns-1\/sa\/account-1$/,
    ],
    ['to ledger.vault.svc.cluster.local:80', /^to svc-1\.ns-1\.svc\.cluster\.local:80$/],
    ['User "alice@corp.example" cannot list', /^User "user-1" cannot list$/],
    ['GET https://api.corp.example/x', /^GET https:\/\/sub-1\.host-1\.test\/x$/],
  ])('%s', (text, so) => {
    const names = createNames();
    names.text(text);
    expect(names.rename(text)).toMatch(so);
  });
});

describe('words of meshes and of Kubernetes are no names', () => {
  test.each([
    ...['Linkerd', 'linkerd', 'ISTIO', 'istiod', 'istio-ingressgateway', 'linkerd-proxy-injector'],
    ...[
      'kubectl-client-side-apply',
      'argocd-controller',
      'kube-controller-manager',
      'helm',
      'Helm',
    ],
    ...['cluster.local', 'serviceaccount', 'v1alpha1.tap.linkerd.io', 'linkerd-identity.zrr2p'],
    ...['istio-cni-node', 'kube-root-ca.crt', 'ztunnel', 'consul-connect-injector', 'cilium-agent'],
  ])('%s', (word) => {
    const names = createNames();
    for (const kind of ['app', 'ns', 'object', 'manager', 'domain'] as const)
      names.name(kind, word);
    expect(names.rename(`${word} of x/${word}, "${word}"`)).toBe(`${word} of x/${word}, "${word}"`);
  });

  test('what stands behind one may be: a revision, a team', () => {
    const names = createNames();
    names.name('svc', 'istiod-canary');
    names.name('ns', 'discovery-acme');
    names.name('ns', 'kube-acme-prod');
    expect(names.rename('istiod-canary, istio-sidecar-injector-canary')).toBe(
      'istiod-svc-1, istio-sidecar-injector-svc-1',
    );
    expect(names.rename('shop in discovery-acme and kube-acme-prod')).not.toMatch(/acme/);
  });

  test("a user's word does not break a longer one of a mesh", () => {
    const names = createNames();
    names.name('app', 'validator');
    names.name('app', 'init');
    expect(names.rename('linkerd-sp-validator-5fcd7 istio-init validator-5fcd7')).toBe(
      'linkerd-sp-validator-5fcd7 istio-init app-2-5fcd7',
    );
  });
});

describe('a stand-in says what kind of thing it is', () => {
  test.each([
    [['ns'], /^ns-1$/],
    [['app', 'pod', 'svc', 'account'], /^app-1$/],
    [['svc', 'object', 'sub'], /^svc-1$/],
    [['ns', 'app'], /^name-1$/],
    [['context', 'manager'], /^name-1$/],
    [['team'], /^team-1$/],
  ] as const)('%j', (kinds, standIn) => {
    for (const order of [kinds, [...kinds].reverse()]) {
      const names = createNames();
      names.rename('before all is known');
      for (const kind of order) names.name(kind, 'acme');
      expect(names.rename('acme')).toMatch(standIn);
    }
  });
});

describe('addresses', () => {
  test('a network still holds its addresses, and the same is the same', () => {
    const { rename } = createNames();
    expect(rename('10.1.2.3 in 10.1.0.0/16, 10.9.9.9 not; 10.1.2.3')).toBe(
      '240.1.1.1 in 240.1.0.0/16, 240.2.1.1 not; 240.1.1.1',
    );
    expect(rename('[fd00:10:244::5]:80, fd00:10:244::5')).toBe('[2001:db8::1]:80, 2001:db8::1');
  });

  test.each(['127.0.0.1:15000', '0.0.0.0', 'istiod 1.31.1', '09:02:17Z', '::1'])(
    '%s stays',
    (text) => {
      expect(createNames().rename(text)).toBe(text);
    },
  );
});

test('what is renamed once is not renamed twice, and no stand-in is a name', () => {
  const names = createNames();
  names.name('ns', 'ns-1');
  names.name('ns', 'acme');
  const once = names.rename('acme and ns-1');
  expect(once).toBe('ns-2 and ns-3');
});

test('the paths and users of the one who asked go too', () => {
  const reach = { context: 'acme-prod', kubeconfig: '/home/alice/.kube/acme', as: 'alice' };
  const d = diagnosis({ info: { reach, server: safeText('https://10.2.3.4:6443') } });
  const [[told] = []] = redacted([[d]], createNames());
  expect(JSON.stringify(told)).not.toMatch(/acme|alice|10\.2\.3\.4/);
});

test('on the command line, before and after with one set of stand-ins', async () => {
  const dir = (name: string) => scenarios().then((all) => all.find((s) => s.name === name)!.dir);
  const [before, after] = [await dir('stale/rejected-envoyfilter'), await dir('stale/frozen')];
  const one = await cli(['diagnose', '--from', before, '--redact', 'names', '-o', 'ticket']);
  expect([one.code, one.err]).toEqual([3, '']);
  expect(one.out).toMatch(/ns-1/);
  const two = await cli(['compare', before, after, '--redact', 'names']);
  expect(one.out + two.out).not.toMatch(/\b(shop|web|lab|rejected-envoyfilter)\b/);
});

test.each([
  [['--redact', 'names'], /triage takes no --redact/],
  [['--watch'], /triage takes no --watch/],
])('a session says that it does not take %j', async (flags, says) => {
  const { code, err } = await cli(['triage', ...flags]);
  expect(code).toBe(2);
  expect(err).toMatch(says);
});
