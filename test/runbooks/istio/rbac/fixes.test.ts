// Fixes as they are printed: a patch with its undo, what else it lets through, and who owns the policy.
import { expect, test } from 'vitest';
import { meshdoc, shell } from '../../../../src/core/command.ts';
import type { KubeObject } from '../../../../src/core/object.ts';
import type { Repair } from '../../../../src/model/istio/authz/types.ts';
import { repairFixes } from '../../../../runbooks/istio/rbac/fixes.ts';

const again = meshdoc`diagnose rbac shop/web-1 svc/cart.shop:8080 --path ${'/a b'}`;
const patch = {
  is: 'patch',
  policy: { namespace: 'shop', name: 'only-get' },
  patch: [{ op: 'add', path: '/spec/rules/0/to/0/operation/methods/-', value: 'POST' }],
  undo: [{ op: 'remove', path: '/spec/rules/0/to/0/operation/methods/1' }],
  does: 'Add POST to methods in rule 0 of shop/only-get',
  alsoAllows: 'any caller may POST',
  widens: { principal: undefined, port: undefined, path: undefined, method: 'POST' },
  next: undefined,
} satisfies Repair;
const owned = {
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'AuthorizationPolicy',
  metadata: {
    name: 'only-get',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop-mesh:x/y:shop/only-get' },
  },
} as KubeObject;

test('a patch, its undo, its check and what else it does', () => {
  const [fix] = repairFixes([patch], [], again);
  expect(fix?.does).toBe('Add POST to methods in rule 0 of shop/only-get');
  expect(fix?.touches).toBe('more than this request, from now on: any caller may POST');
  expect(fix && shell(fix.run)).toContain(`--type=json -p '${JSON.stringify(patch.patch)}'`);
  expect(fix && 'run' in fix.undo && shell(fix.undo.run)).toContain(JSON.stringify(patch.undo));
  expect(fix && shell(fix.verify)).toBe(
    "meshdoc diagnose rbac shop/web-1 svc/cart.shop:8080 --path '/a b'",
  );
  expect(fix?.note).toBeUndefined();
});

test('of a policy that GitOps owns it says so', () => {
  const [fix] = repairFixes([patch], [owned], again);
  expect(fix?.note).toContain('Argo CD app shop-mesh manages shop/only-get');
});

test('a new policy is applied, and deleted to undo it', () => {
  const object = { ...owned, metadata: { name: 'allow-web', namespace: 'shop' } };
  const { widens } = patch;
  const created: Repair = {
    is: 'create',
    object,
    does: 'Add policy shop/allow-web to allow web',
    alsoAllows: undefined,
    widens,
    next: undefined,
  };
  const [fix] = repairFixes([created], [], again);
  expect(fix?.run.stdin).toBe(JSON.stringify(object));
  expect(fix?.touches).toBe('only this request, from now on, wherever the policy applies');
  expect(fix && 'run' in fix.undo && shell(fix.undo.run)).toBe(
    'kubectl delete authorizationpolicies.security.istio.io allow-web -n shop',
  );
});

test('no repair, no fix; two at most', () => {
  expect(repairFixes([{ is: 'none', because: 'x' }], [], again)).toEqual([]);
  expect(repairFixes([patch, patch, patch], [], again)).toHaveLength(2);
});

test('changes that are needed one after the other are all printed, and no alternative', () => {
  const other = { namespace: 'shop', name: 'other' };
  const does = 'Add POST to methods in rule 0 of shop/other';
  const after = { ...patch, policy: other, does };
  const first = { ...patch, next: after };
  const fixes = repairFixes([first, patch], [], again);
  expect(fixes.map((fix) => fix.does)).toEqual([
    'Add POST to methods in rule 0 of shop/only-get',
    'Add POST to methods in rule 0 of shop/other',
  ]);
  expect(fixes.map(({ note }) => note)).toEqual(['The next change is needed too.', undefined]);
});
