// From what a person types to pods, or to one line that says what to type instead.
import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/core/question.ts';
import { parseTarget, resolveTarget } from '../../../src/facts/kube/target.ts';
import { never, portsOf } from './world.ts';

async function resolve(target: string, deny?: (q: Question) => boolean): Promise<string> {
  const found = await resolveTarget(portsOf(deny), target, 'default', never);
  if (found.is === 'pods') return found.pods.map((p) => `${p.namespace}/${p.name}`).join(' ');
  return found.is === 'usage' ? found.says : `unanswered: ${found.asked}`;
}

const both = 'shop/web-5fcd7-aaaaa shop/web-5fcd7-bbbbb';

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
    ['nowhere/web', /there is no namespace nowhere; kubectl get namespaces/],
    ['deploy/wep.shop', /no Deployment "wep" in namespace shop; did you mean web\?/],
    ['deploy/idle.shop', /Deployment shop\/idle has no pods/],
    ['svc/outside.shop', /selects no pods; name a pod/],
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
