// From what a person types to pods, or to one line that says what to type instead.
import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/core/question.ts';
import { parseTarget, resolvePods, resolveTarget } from '../../../src/facts/kube/target.ts';
import { never, portsOf } from './world.ts';

async function resolve(target: string, deny?: (q: Question) => boolean): Promise<string> {
  const found = await resolveTarget(portsOf(deny), target, 'default', never);
  if (found.is === 'pods') return found.pods.map((p) => `${p.namespace}/${p.name}`).join(' ');
  return found.is === 'usage' ? found.says : `unanswered: ${found.asked}`;
}

const both = 'shop/web-5fcd7-aaaaa shop/web-5fcd7-bbbbb';

test('a bare word is a namespace only where it names no pod and no workload', async () => {
  const pods = async (word: string, namespace: string) => {
    const found = await resolvePods(portsOf(), word, namespace, never);
    return found.is === 'pods' ? found.pods.map(({ name }) => name).join(' ') : found.is;
  };
  expect(await pods('shop', 'default')).toBe('legacy web-5fcd7-aaaaa');
  expect(await pods('legacy', 'shop')).toBe('legacy');
  expect(await pods('nowhere', 'shop')).toBe('usage');
});

test('labels choose pods of the namespace in force', async () => {
  const found = await resolveTarget(portsOf(), 'app=web,pod-template-hash!=x', 'shop', never);
  expect(found.is === 'pods' && found.pods.map(({ name }) => name)).toEqual([
    'web-5fcd7-aaaaa',
    'web-5fcd7-bbbbb',
  ]);
});

test('another namespace is asked for once, only when nothing was found, and only with the rights', async () => {
  const asked: Question[] = [];
  const wide = (q: Question) => q.ask === 'list' && q.namespace === undefined;
  const hear = (deny: boolean) => (q: Question) => {
    if (wide(q)) asked.push(q);
    return deny && wide(q);
  };
  expect(await resolve('shop/legacy', hear(false))).toBe('shop/legacy');
  expect(asked).toEqual([]);
  expect(await resolve('web', hear(false))).toMatch(/is in shop/);
  expect(asked).toHaveLength(1);
  expect(await resolve('web', hear(true))).toMatch(/did you mean|kubectl get pods -n default/);
});

describe('names', () => {
  test.each([
    ['shop/legacy', 'shop/legacy'],
    ['web-5fcd7-aaaaa.shop', 'shop/web-5fcd7-aaaaa'],
    ['pod/web-5fcd7-aaaaa.shop', 'shop/web-5fcd7-aaaaa'],
    ['one.two', 'default/one.two'],
    ['deploy/web.shop', both],
    ['deployment/web.shop', both],
    ['Deployment/web.shop', both],
    ['svc/web.shop', both],
    ['shop/web', both],
    ['web.shop', both],
    // One pod of each workload: those of one template have the same faults.
    ['ns/shop', 'shop/legacy shop/web-5fcd7-aaaaa'],
    ['namespace/shop', 'shop/legacy shop/web-5fcd7-aaaaa'],
    ['Namespaces/shop', 'shop/legacy shop/web-5fcd7-aaaaa'],
  ])('%s is %s', async (target, pods) => {
    expect(await resolve(target)).toBe(pods);
  });

  test.each([
    ['legacy.shop', /ambiguous: shop\/legacy and default\/legacy\.shop both exist/],
    [
      'shop/web-5fcd7-ccccc',
      /no pod or workload "shop\/web-5fcd7-ccccc" .*did you mean shop\/web-5fcd7-aaaaa/,
    ],
    ['shop/zzzzzzz', /no pod or workload .*kubectl get pods -n shop/],
    [
      'nowhere/web',
      /no pod or workload "nowhere\/web" in namespace nowhere; web is in shop: web\.shop/,
    ],
    ['wbe.shop', /no pod or workload "wbe.shop" in namespace shop; did you mean web\?$/],
    ['vs/web.shop', /^a VirtualService is no target: diagnose a pod that it concerns$/],
    ['gateway/web.shop', /^a Gateway is no target/],
    ['AuthorizationPolicy/web', /^an AuthorizationPolicy is no target/],
    ['nowhere/zzz', /there is no namespace nowhere; kubectl get namespaces/],
    ['deploy/wep.shop', /no Deployment "wep" in namespace shop; did you mean web\?/],
    ['deploy/idle.shop', /Deployment shop\/idle has no pods/],
    ['svc/outside.shop', /selects no pods; name a pod/],
    ['web', /no pod or workload "web" in namespace default; web is in shop: web\.shop$/],
    ['legacy', /legacy is in shop: legacy\.shop$/],
    ['legacy/web', /web is in shop: web\.shop$/],
    ['deploy/web', /web is in shop: deployment\/web\.shop$/],
    ['ns/legacy', /namespace legacy has no pods/],
    ['ns/shpo', /there is no namespace shpo; did you mean shop\?/],
    ['app=wep', /no pod in namespace default has the labels app=wep; kubectl get pods -n default/],
  ])('%s is told: %s', async (target, says) => {
    expect(await resolve(target)).toMatch(says);
  });

  test.each(['', '/', 'a/', '/a', 'a/b/c', 'Web', 'web;rm', '-n', 'a..b', 'shop/WEB', 'deploy/-x'])(
    '%j is not a target, and nothing is asked',
    async (target) => {
      expect('usage' in parseTarget(target, 'default')).toBe(true);
      expect(
        await resolve(target, () => {
          throw new Error('asked');
        }),
      ).toMatch(/is not a target/);
    },
  );

  test('one pod is enough permission for one pod', async () => {
    expect(await resolve('shop/legacy', (q) => q.ask === 'list')).toBe('shop/legacy');
    expect(await resolve('shop/legacy', () => true)).toBe('unanswered: the pod shop/legacy');
  });

  const outside = (namespace: string) => (q: Question) =>
    q.ask === 'get' ? q.ref.namespace !== namespace : q.ask === 'list' && q.namespace !== namespace;
  test.each([
    ['web.shop', both],
    ['legacy.shop', 'shop/legacy'],
  ])('%s is found by who has rights in shop alone', async (word, found) => {
    expect(await resolve(word, outside('shop'))).toBe(found);
  });

  test('who has no rights in either namespace is told of the one that was typed', async () => {
    expect(await resolve('web.shop', outside('nowhere'))).toBe('unanswered: the pod shop/web');
  });

  test('a mistyped name of a namespace that may be read is told, not the rights elsewhere', async () => {
    expect(await resolve('wep.shop', outside('shop'))).toMatch(/no pod or workload "wep.shop"/);
  });
});
