import { describe, expect, test } from 'vitest';
import { decide } from '../../../../src/model/istio/authz/decide.ts';
import {
  defaultSwitches,
  type Decision,
  type DeniedBy,
  type Request,
  type Scene,
} from '../../../../src/model/istio/authz/types.ts';
import { cart, tokenOf, web } from './arbitrary.ts';
import { object, policy, request, rule, scene } from './kit.ts';

const all = [{}];
const known = { name: 'opa', kind: 'ext-authz-http' } as const;
const tokens = object('RequestAuthentication', 'tokens', {
  jwtRules: [{ issuer: 'https://issuer.lab/one', audiences: ['shop'] }],
});

/** `allowed`, `unknown`, or what denies. */
function word({ outcome }: Decision): string {
  return outcome.is === 'denied' ? outcome.by.is : outcome.is;
}

function denial(in_: Scene, of: Request): DeniedBy {
  const { outcome } = decide(in_, of);
  if (outcome.is !== 'denied') throw new Error(JSON.stringify(outcome));
  return outcome.by;
}

describe('the order', () => {
  const custom = policy('c', { action: 'CUSTOM', provider: { name: 'opa' }, rules: all });
  const deny = policy('d', { action: 'DENY', rules: all });
  const none = policy('a', {});
  const stranger = request({ jwt: tokenOf('stranger') });

  test.each([
    ['a broken CUSTOM before a token', [custom, deny, none], 'custom-broken'],
    ['a token before DENY', [deny, none], 'jwt'],
  ])('%s', (_, policies, expected) => {
    const here = scene(policies, { requestAuthentications: [tokens] });
    expect(word(decide(here, stranger))).toBe(expected);
  });

  test.each([
    ['DENY before ALLOW', [none, deny], 'deny-rule'],
    ['ALLOW last', [none], 'no-allow'],
    ['nothing', [], 'allowed'],
    ['AUDIT denies nothing', [policy('l', { action: 'AUDIT', rules: all })], 'allowed'],
    ['one ALLOW rule of several is enough', [none, policy('b', { rules: all })], 'allowed'],
  ])('%s', (_, policies, expected) => {
    expect(word(decide(scene(policies), request()))).toBe(expected);
  });

  test('a provider that is there has the word before all else that does not deny anyway', () => {
    const asked = decide(scene([custom], { providers: [known] }), request());
    expect(asked.outcome).toMatchObject({
      is: 'unknown',
      hangsOn: [{ is: 'provider', name: 'opa' }],
    });
    expect(asked.asks.map(({ provider }) => provider)).toEqual(['opa']);
    expect(word(decide(scene([custom, deny], { providers: [known] }), request()))).toBe(
      'deny-rule',
    );
  });

  test('without mesh config nobody knows whether the provider is there', () => {
    const { outcome } = decide(scene([custom], { providers: undefined }), request());
    expect(outcome).toMatchObject({ is: 'unknown', hangsOn: [{ is: 'providers' }] });
  });

  test('two providers deny what either matches, unless istiod may have several', () => {
    const other = policy('e', { action: 'CUSTOM', provider: { name: 'two' }, rules: all });
    const providers = [known, { ...known, name: 'two' }];
    const by = denial(scene([custom, other], { providers }), request());
    expect(by).toMatchObject({ is: 'custom-broken', why: 'several-providers' });
    const switches = { ...defaultSwitches, severalProviders: true };
    expect(word(decide(scene([custom, other], { providers, switches }), request()))).toBe(
      'unknown',
    );
  });

  test('an HTTP authorizer is not asked about TCP', () => {
    const tcp = request({ protocol: 'tcp' });
    expect(word(decide(scene([custom], { providers: [known] }), tcp))).toBe('allowed');
    expect(word(decide(scene([custom]), tcp))).toBe('custom-broken');
  });

  test('Envoy names the rule that comes first by name', () => {
    const by = denial(scene([policy('z', { action: 'DENY', rules: all }), deny]), request());
    expect(by).toMatchObject({ matched: { rule: { policy: { name: 'd' }, index: 0 } } });
  });
});

describe('the nearest ALLOW rule', () => {
  const here = scene([
    policy('far', { rules: [rule({ principals: [cart], methods: ['PUT'], paths: ['/z'] })] }),
    policy('near', { rules: [rule({ principals: [web], methods: ['POST'], paths: ['/a'] })] }),
    policy('nothing', {}),
  ]);

  test('is the one with the fewest conditions that fail, and each says why', () => {
    const by = denial(here, request());
    const misses = by.is === 'no-allow' ? by.misses : [];
    expect(misses.map((m) => m.rule.policy.name)).toEqual(['near', 'far', 'nothing']);
    expect(misses[0]?.fails).toEqual([
      {
        field: { name: 'methods', in: 'to', index: 0, negated: false, values: ['POST'] },
        attribute: { is: 'method' },
        got: 'GET',
        why: { is: 'differs' },
      },
    ]);
    expect(misses[2]?.state).toBe('never');
  });

  test('a plaintext caller has no identity to match', () => {
    const by = denial(here, request({ source: { is: 'plaintext' }, method: 'POST' }));
    expect(by).toMatchObject({ misses: [{ fails: [{ why: { is: 'no-identity' } }] }, {}, {}] });
  });

  test.each([
    ['other.example', [], { is: 'trust-domain', policy: 'other.example', mesh: 'new.example' }],
    ['old.example', ['old.example'], undefined],
    ['cluster.local', [], undefined],
  ])('a principal of trust domain %s, aliases %j', (domain, trustDomainAliases, why) => {
    const policies = [policy('p', { rules: [rule({ principals: [`${domain}/ns/shop/sa/web`] })] })];
    const mesh = scene(policies, { trustDomain: 'new.example', trustDomainAliases });
    const caller = request({ source: { is: 'mtls', principal: 'new.example/ns/shop/sa/web' } });
    const { outcome } = decide(mesh, caller);
    if (why === undefined) expect(outcome.is).toBe('allowed');
    else expect(outcome).toMatchObject({ by: { misses: [{ fails: [{ why }] }] } });
  });
});

describe('a TCP port', () => {
  const tcp = request({ protocol: 'tcp' });

  test('has no ALLOW rule with an HTTP field', () => {
    const by = denial(scene([policy('p', { rules: [rule({ methods: ['GET'] })] })]), tcp);
    expect(by).toMatchObject({
      misses: [{ state: 'dropped', fails: [], httpOnly: [{ name: 'methods' }] }],
    });
  });

  test('has a DENY rule without its HTTP fields', () => {
    const deny = policy('p', {
      action: 'DENY',
      rules: [rule({ paths: ['/admin'], ports: ['8080'] })],
    });
    expect(denial(scene([deny]), tcp)).toMatchObject({ matched: { leftOut: [{ name: 'paths' }] } });
    expect(word(decide(scene([deny]), request({ protocol: 'tcp', port: 9090 })))).toBe('allowed');
  });

  test('may be the port whose protocol is not known', () => {
    const deny = policy('p', { action: 'DENY', rules: [rule({ paths: ['/admin'] })] });
    const { outcome } = decide(scene([deny]), request({ protocol: 'unknown' }));
    expect(outcome).toMatchObject({ is: 'unknown', hangsOn: [{ is: 'protocol' }] });
  });
});

describe('what is not known', () => {
  const get = policy('p', { rules: [rule({ methods: ['GET'], paths: ['/a'] })] });

  test('is named when it decides', () => {
    const { outcome } = decide(scene([get]), request({ path: undefined, method: undefined }));
    expect(outcome).toMatchObject({ is: 'unknown', hangsOn: [{ is: 'method' }, { is: 'path' }] });
  });

  test('does not matter when all else decides', () => {
    expect(word(decide(scene([get]), request({ path: undefined, method: 'PUT' })))).toBe(
      'no-allow',
    );
    const any = policy('any', { rules: all });
    expect(word(decide(scene([get, any]), request({ path: undefined })))).toBe('allowed');
  });

  test('policies that could not be listed may allow and may deny', () => {
    const unseen = { unseen: ['istio-system'] };
    const hangsOn = [{ is: 'policies', namespace: 'istio-system' }];
    expect(decide(scene([], unseen), request()).outcome).toMatchObject({ is: 'unknown', hangsOn });
    expect(decide(scene([policy('p', {})], unseen), request()).outcome.is).toBe('unknown');
    const deny = policy('p', { action: 'DENY', rules: all });
    expect(word(decide(scene([deny], unseen), request()))).toBe('deny-rule');
    expect(word(decide(scene([], { unseen: ['elsewhere'] }), request()))).toBe('allowed');
  });

  test("an Envoy filter's metadata only the proxy has", () => {
    const key = 'experimental.envoy.filters.network.mysql_proxy[db.table]';
    const deny = policy('p', {
      action: 'DENY',
      rules: [{ when: [{ key, values: ['[update]'] }] }],
    });
    expect(decide(scene([deny]), request()).outcome).toMatchObject({
      hangsOn: [{ is: 'envoy-metadata', key }],
    });
  });
});

describe('dry run', () => {
  const annotations = { 'istio.io/dry-run': 'true' };

  test('denies nothing and says what it would', () => {
    const here = scene([
      policy('d', { action: 'DENY', rules: all }, { annotations }),
      policy('a', { rules: [rule({ methods: ['PUT'] })] }, { annotations }),
    ]);
    const { outcome, dryRun } = decide(here, request());
    expect(outcome).toEqual({ is: 'allowed', by: 'no-allow-policy' });
    expect(dryRun.map((one) => one.would === 'deny' && one.by.is)).toEqual([
      'deny-rule',
      'no-allow',
    ]);
  });
});

describe('a dry-run CUSTOM policy', () => {
  const annotations = { 'istio.io/dry-run': 'true' };
  const custom = policy(
    'c',
    { action: 'CUSTOM', provider: { name: 'opa' }, rules: all },
    { annotations },
  );

  test('denies for real by the istiod of which that is known', () => {
    const switches = { ...defaultSwitches, dryRunCustom: 'denies' } as const;
    const by = denial(scene([custom], { providers: [known], switches }), request());
    expect(by).toMatchObject({ is: 'custom-broken', why: 'dry-run' });
    expect(word(decide(scene([custom], { providers: [known] }), request()))).toBe('unknown');
  });

  test('of an authorizer that is not there is not sent', () => {
    expect(word(decide(scene([custom]), request()))).toBe('allowed');
  });
});

describe('tokens', () => {
  const here = (rules: readonly object[], is: readonly object[] = [tokens]) =>
    scene([policy('p', { rules })], { requestAuthentications: is as (typeof tokens)[] });
  const alice = rule({ requestPrincipals: ['https://issuer.lab/one/alice'] }) as object;

  test.each([
    ['an accepted one', 'alice', 'allowed'],
    ['none where one is wanted', 'none', 'no-allow'],
    ['of an issuer nobody reads', 'stranger', 'jwt'],
    ['for another audience', 'bob', 'jwt'],
  ] as const)('%s', (_, name, expected) => {
    const decision = decide(here([alice]), request({ jwt: tokenOf(name) }));
    expect(word(decision)).toBe(expected);
  });

  test('nobody reads them without RequestAuthentication', () => {
    const by = denial(here([alice], []), request({ jwt: { is: 'unknown' } }));
    expect(by).toMatchObject({ misses: [{ fails: [{ why: { is: 'no-token' } }] }] });
  });
});
