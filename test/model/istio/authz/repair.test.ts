import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Json, KubeObject } from '../../../../src/core/object.ts';
import { decide } from '../../../../src/model/istio/authz/decide.ts';
import { pathSeen } from '../../../../src/model/istio/authz/match-path.ts';
import { patched } from '../../../../src/model/istio/authz/patch.ts';
import { repair } from '../../../../src/model/istio/authz/repair.ts';
import type { Repair, Request, Scene, Widening } from '../../../../src/model/istio/authz/types.ts';
import { cart, web } from './arbitrary.ts';
import { policy, request, rule, scene } from './kit.ts';
import { someRequest, someScene } from './scenes.ts';

// Hundreds of runs each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

type Useful = Exclude<Repair, { is: 'none' }>;

function repairs(here: Scene, of: Request): readonly Repair[] {
  return repair(here, of, decide(here, of));
}

function isUseful(one: Repair): one is Useful {
  return one.is !== 'none';
}

/** The policies as the API server has them after this repair alone. */
function after(here: Scene, one: Useful): Scene {
  if (one.is === 'create') {
    return { ...here, authorizationPolicies: [...here.authorizationPolicies, one.object] };
  }
  const { namespace, name } = one.policy;
  const change = (object: KubeObject): KubeObject => {
    const { metadata } = object;
    if (metadata.name !== name || metadata.namespace !== namespace) return object;
    const made = patched(object as Json, one.patch);
    if (made === undefined) throw new Error(JSON.stringify([object, one.patch]));
    return made as KubeObject;
  };
  return { ...here, authorizationPolicies: here.authorizationPolicies.map(change) };
}

describe('one caller, one request', () => {
  const selector = { matchLabels: { app: 'dest' } };
  const only = policy(
    'only',
    { selector, rules: [rule({ principals: [web], methods: ['GET'], paths: ['/a'] })] },
    { generation: 3 },
  );
  const first = (here: Scene, of: Request): Repair | undefined => repairs(here, of)[0];

  test('a value is added to the rule that misses by it, when that lets nothing else in', () => {
    const narrow = policy('only', {
      selector,
      rules: [rule({ principals: [web], methods: ['GET'], paths: ['/a'], ports: ['8080'] })],
    });
    expect(first(scene([narrow]), request({ method: 'PUT' }))).toMatchObject({
      is: 'patch',
      policy: { namespace: 'shop', name: 'only' },
      patch: [
        { op: 'test', path: '/spec' },
        { op: 'add', path: '/spec/rules/0/to/0/operation/methods/-', value: 'PUT' },
      ],
      undo: [
        { op: 'test', path: '/spec/rules/0/to/0/operation/methods/1', value: 'PUT' },
        { op: 'remove', path: '/spec/rules/0/to/0/operation/methods/1' },
      ],
      widens: { principal: web, port: 8080, path: '/a', method: 'PUT' },
    });
  });

  test('or a rule of its own, and the value comes second', () => {
    const found = repairs(scene([only]), request({ method: 'PUT' }));
    expect(found).toMatchObject([
      {
        patch: [
          { op: 'test', path: '/metadata/generation', value: 3 },
          {
            op: 'add',
            path: '/spec/rules/-',
            value: {
              from: [{ source: { principals: [web] } }],
              to: [{ operation: { ports: ['8080'], methods: ['PUT'], paths: ['/a'] } }],
            },
          },
        ],
        undo: [{ path: '/spec/rules/1' }, { op: 'remove', path: '/spec/rules/1' }],
        alsoAllows: undefined,
      },
      { alsoAllows: 'everything else that rule 0 of shop/only allows once methods includes PUT' },
    ]);
  });

  test('a policy without rules stays as it is: a new one is made, for this workload', () => {
    const found = first(scene([policy('nothing', {})]), request());
    expect(found).toMatchObject({
      is: 'create',
      object: {
        metadata: { name: 'allow-web', namespace: 'shop' },
        spec: { action: 'ALLOW', selector: { matchLabels: { app: 'dest' } } },
      },
    });
  });

  test('out of a DENY rule, and then past the ALLOW rules', () => {
    const deny = policy('no', { action: 'DENY', rules: [rule({ paths: ['/a*'] })] });
    const found = first(scene([deny, only]), request({ method: 'PUT' }));
    expect(found).toMatchObject({
      patch: [
        { op: 'test' },
        {
          op: 'add',
          path: '/spec/rules/0/when',
          value: [{ key: 'source.principal', notValues: [web] }],
        },
      ],
      undo: [{ op: 'test' }, { op: 'remove', path: '/spec/rules/0/when' }],
      alsoAllows: `every other request from ${web} that rule 0 of shop/no denies, at every workload in shop`,
      next: { is: 'patch', policy: { name: 'only' } },
    });
  });

  test('what is not known of the request is said to be open', () => {
    const here = scene([policy('only', { selector, rules: [rule({ principals: [cart] })] })]);
    const found = repairs(here, request({ path: undefined, method: undefined }));
    expect(found).toMatchObject([{ alsoAllows: `any method and any path from ${web}` }, {}]);
  });

  test.each([
    ['plaintext', request({ source: { is: 'plaintext' } })],
    ['unknown', request({ source: { is: 'unknown' } })],
  ])('a caller that is %s cannot be given leave', (_, of) => {
    expect(repairs(scene([policy('nothing', {})]), of)).toMatchObject([{ is: 'none' }]);
  });

  test('a rule that wants a token is not gone around', () => {
    const here = scene([policy('p', { rules: [rule({ requestPrincipals: ['*'] })] })]);
    expect(repairs(here, request())).toMatchObject([{ is: 'none' }]);
  });
});

const generated = fc.tuple(someScene, someRequest, fc.array(someRequest, { maxLength: 20 }));

test('after a repair, and what it says comes next, the request is let in', () => {
  fc.assert(
    fc.property(generated, ([here, of]) => {
      for (const one of repairs(here, of).filter(isUseful)) {
        let now = here;
        for (let step: Repair | undefined = one; step && isUseful(step); step = step.next) {
          now = after(now, step);
        }
        expect(decide(now, of).outcome.is).not.toBe('denied');
      }
    }),
    { numRuns: 250 },
  );
});

test('a repair lets in nothing that it does not say, and shuts nothing out', () => {
  fc.assert(
    fc.property(generated, ([here, of, others]) => {
      for (const one of repairs(here, of).filter(isUseful)) {
        const now = after(here, one);
        for (const other of others) {
          const [before, later] = [decide(here, other).outcome, decide(now, other).outcome];
          if (before.is === later.is) continue;
          expect(before.is).toBe('denied');
          expect(covers(one.widens, other, here)).toBe(true);
        }
      }
    }),
    { numRuns: 250 },
  );
});

test('the undo puts every policy back', () => {
  fc.assert(
    fc.property(generated, ([here, of]) => {
      for (const one of repairs(here, of).filter(isUseful)) {
        if (one.is === 'create') continue;
        const { namespace, name } = one.policy;
        const of_ = ({ authorizationPolicies: all }: Scene): KubeObject | undefined =>
          all.find((p) => p.metadata.name === name && p.metadata.namespace === namespace);
        const made = of_(after(here, one));
        expect(patched(made as Json, one.undo)).toEqual(of_(here));
      }
    }),
    { numRuns: 250 },
  );
});

test('a repair does not fit a policy that has changed since', () => {
  fc.assert(
    fc.property(generated, ([here, of]) => {
      for (const one of repairs(here, of).filter(isUseful)) {
        if (one.is === 'create') continue;
        const changed = { metadata: { generation: 2 }, spec: { rules: [{}, {}, {}] } };
        expect(patched(changed, one.patch)).toBeUndefined();
      }
    }),
  );
});

/** An alias of the mesh's trust domain names the same caller. */
function covers(widens: Widening, { source, ...other }: Request, here: Scene): boolean {
  const domains = [here.trustDomain, ...here.trustDomainAliases, 'cluster.local'];
  const plain = (principal: string): string => {
    const [domain = '', ...rest] = principal.split('/');
    return domains.includes(domain) ? rest.join('/') : principal;
  };
  const principal = source.is === 'mtls' ? plain(source.principal) : '';
  return (
    (widens.principal === undefined || plain(widens.principal) === principal) &&
    (widens.port === undefined || widens.port === other.port) &&
    (widens.path === undefined || widens.path === pathSeen(other.path ?? '')) &&
    (widens.method === undefined || widens.method === other.method)
  );
}
