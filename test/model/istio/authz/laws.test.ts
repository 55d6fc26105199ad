// What holds for all policies and requests.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { KubeObject } from '../../../../src/core/object.ts';
import { decide } from '../../../../src/model/istio/authz/decide.ts';
import type { Request } from '../../../../src/model/istio/authz/types.ts';
import { policies } from './arbitrary.ts';
import { someRequest, someScene } from './scenes.ts';

// Hundreds of runs each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const forgets = {
  source: { source: { is: 'unknown' } },
  sourceIp: { sourceIp: undefined },
  remoteIp: { remoteIp: undefined },
  path: { path: undefined },
  method: { method: undefined },
  host: { host: undefined },
  headers: { headers: {} },
  jwt: { jwt: { is: 'unknown' } },
  protocol: { protocol: 'unknown' },
} as const;

/** The request with some of it not known. */
const someLess = fc.subarray(Object.keys(forgets) as (keyof typeof forgets)[]);

test('what is learned turns no decision over', () => {
  fc.assert(
    fc.property(someScene, someRequest, someLess, (here, full, less) => {
      // Of a token that is refused, nothing can be said before it is seen.
      fc.pre(!(less.includes('jwt') && isRefused(full)));
      const partial = Object.assign({}, full, ...less.map((key) => forgets[key])) as Request;
      const [before, after] = [decide(here, partial).outcome, decide(here, full).outcome];
      if (before.is !== 'unknown') expect(after.is).toBe(before.is);
    }),
    { numRuns: 300 },
  );
});

function isRefused({ jwt }: Request): boolean {
  return jwt.is === 'token' && jwt.issuer !== 'https://issuer.lab/one';
}

test('an unknown decision names what decides', () => {
  fc.assert(
    fc.property(someScene, someRequest, someLess, (here, full, less) => {
      const partial = Object.assign({}, full, ...less.map((key) => forgets[key])) as Request;
      const { outcome } = decide(here, partial);
      if (outcome.is === 'unknown') expect(outcome.hangsOn.length).toBeGreaterThan(0);
    }),
  );
});

test('a request of which all is known hangs on an authorizer alone', () => {
  fc.assert(
    fc.property(someScene, someRequest, (here, full) => {
      const { outcome } = decide(here, full);
      if (outcome.is !== 'unknown') return;
      expect(outcome.hangsOn.every(({ is }) => is === 'provider')).toBe(true);
    }),
  );
});

test('the order in which policies are listed does not matter', () => {
  fc.assert(
    fc.property(someScene, someRequest, (here, full) => {
      const turned = { ...here, authorizationPolicies: here.authorizationPolicies.toReversed() };
      expect(decide(turned, full).outcome.is).toBe(decide(here, full).outcome.is);
    }),
  );
});

test('policies that do not attach, or only dry-run or log, change nothing', () => {
  const inert = (one: KubeObject): boolean =>
    one.metadata.annotations?.['istio.io/dry-run'] === 'true' ||
    (one.spec as { action?: string }).action === 'AUDIT';
  fc.assert(
    fc.property(someScene, someRequest, (here, full) => {
      const all = decide(here, full);
      const off = all.attached.filter(({ because }) => !because.attaches).map((a) => a.object);
      const kept = here.authorizationPolicies.filter(
        (one) => !off.includes(one) && !(inert(one) && !isCustom(one)),
      );
      const less = decide({ ...here, authorizationPolicies: kept }, full);
      expect(less.outcome).toEqual(all.outcome);
    }),
  );
});

/** A dry-run CUSTOM policy counts among the providers. */
function isCustom(one: KubeObject): boolean {
  return (one.spec as { action?: string }).action === 'CUSTOM';
}

test('one more DENY rule never lets in, one more ALLOW rule never shuts out', () => {
  const extra = policies('shop', { minLength: 1, maxLength: 1 }, ['nobody']).map(([one]) => one);
  fc.assert(
    fc.property(someScene, someRequest, extra, (here, full, one) => {
      if (one === undefined) return;
      const { action } = one.spec as { action: string };
      const added = { ...one, metadata: { ...one.metadata, name: 'extra' } };
      const more = { ...here, authorizationPolicies: [...here.authorizationPolicies, added] };
      const [before, after] = [decide(here, full).outcome, decide(more, full).outcome];
      if (action === 'DENY' && before.is === 'denied') expect(after.is).toBe('denied');
      const hasAllow = here.authorizationPolicies.some(
        (p) => (p.spec as { action: string }).action === 'ALLOW' && !p.metadata.annotations,
      );
      const attaches = decide(here, full).attached.some(
        (a) => a.because.attaches && a.action === 'ALLOW' && !a.dryRun,
      );
      if (action === 'ALLOW' && hasAllow && attaches && before.is === 'allowed') {
        expect(after.is).toBe('allowed');
      }
    }),
  );
});
