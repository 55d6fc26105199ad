// From what a person types to a pod, a workload or a namespace: the narrowest thing of that name.
import { describe, expect, test } from 'vitest';
import { placeText } from '../../../src/core/input.ts';
import type { Question } from '../../../src/core/question.ts';
import { resolvePlace } from '../../../src/facts/kube/place.ts';
import { never, portsOf } from './world.ts';

async function resolve(word: string, deny?: (q: Question) => boolean): Promise<string> {
  const found = await resolvePlace(portsOf(deny), word, 'default', never);
  if (found.is === 'place') return placeText(found.place);
  return found.is === 'usage' ? found.says : `unanswered: ${found.asked}`;
}

describe('places', () => {
  test.each([
    ['shop/legacy', 'shop/legacy'],
    ['web-5fcd7-aaaaa.shop', 'shop/web-5fcd7-aaaaa'],
    ['shop/web', 'deployment/web.shop'],
    ['web.shop', 'deployment/web.shop'],
    ['shop/nightly', 'cronjob/nightly.shop'],
    ['deploy/web.shop', 'deployment/web.shop'],
    // It has no pods, and that may be just what is wrong.
    ['deploy/idle.shop', 'deployment/idle.shop'],
    ['ns/shop', 'ns/shop'],
    ['namespace/shop', 'ns/shop'],
    ['shop', 'ns/shop'],
    // A pod in the namespace in force comes before a namespace of that name.
    ['one.two', 'default/one.two'],
  ])('%s is %s', async (word, text) => {
    expect(await resolve(word)).toBe(text);
  });

  test('what it is called is found again by that name', async () => {
    for (const word of ['shop/legacy', 'deployment/web.shop', 'ns/shop'])
      expect(await resolve(word)).toBe(word);
  });

  test.each([
    ['svc/web.shop', /is a Service; name a pod, a workload \(deploy\/web\) or a namespace/],
    ['ns/shpo', /no namespace "shpo"; did you mean shop\?/],
    ['deploy/wep.shop', /no Deployment "wep" in namespace shop/],
    ['shop/zzz', /no pod or workload "shop\/zzz" in namespace shop/],
    ['shop/legcy', /did you mean shop\/legacy\?/],
    ['a/b/c', /is not a target/],
  ])('%s is told: %s', async (word, says) => {
    expect(await resolve(word)).toMatch(says);
  });

  test('who may not read namespaces may name one', async () => {
    expect(await resolve('ns/shop', () => true)).toBe('ns/shop');
  });

  test('a pod that may not be read is said, unless a workload of that name may', async () => {
    expect(await resolve('shop/legacy', () => true)).toBe('unanswered: the pod shop/legacy');
    const noPods = (q: Question) => q.ask === 'get' && q.ref.resource.plural === 'pods';
    expect(await resolve('shop/web', noPods)).toBe('deployment/web.shop');
  });

  test('what may not be asked for is not said to be missing', async () => {
    const noCrons = (q: Question) => q.ask === 'get' && q.ref.resource.kind === 'CronJob';
    expect(await resolve('shop/nightly', noCrons)).toMatch(/^unanswered/);
    expect(await resolve('shop/web', noCrons)).toBe('deployment/web.shop');
  });

  test('rights in the namespace that was typed are enough', async () => {
    const others = (q: Question) =>
      q.ask === 'get' ? q.ref.namespace !== 'shop' : q.ask === 'list' && q.namespace !== 'shop';
    expect(await resolve('web.shop', others)).toBe('deployment/web.shop');
    expect(await resolve('wep.shop', others)).toMatch(/no pod or workload "wep.shop" in namespace/);
  });
});
