// From what a person types to where a request goes.
import { describe, expect, test } from 'vitest';
import { destinationText } from '../../../src/core/input.ts';
import { resolveDestination, splitPort } from '../../../src/facts/kube/destination.ts';
import { never, portsOf } from './world.ts';

async function resolve(word: string): Promise<string> {
  const found = await resolveDestination(portsOf(), word, 'default', never);
  if (found.is === 'usage') return found.says;
  if (found.is === 'unanswered') return `unanswered: ${found.asked}`;
  const { destination, pods } = found;
  return `${destinationText(destination)} by ${destination.pod.name}, ${pods}`;
}

describe('destinations', () => {
  test.each([
    ['shop/legacy', 'shop/legacy by legacy, 1'],
    ['shop/legacy:8080', 'shop/legacy:8080 by legacy, 1'],
    ['web.shop:8080', 'shop/web-5fcd7-aaaaa:8080 by web-5fcd7-aaaaa, 2'],
    ['svc/web.shop:80', 'svc/web.shop:80 by web-5fcd7-aaaaa, 2'],
    // No pod and no workload is called so, a Service is.
    ['front.shop:80', 'svc/front.shop:80 by web-5fcd7-aaaaa, 2'],
    ['web.shop.svc.cluster.local:80', 'svc/web.shop:80 by web-5fcd7-aaaaa, 2'],
    ['web.shop.svc', 'svc/web.shop by web-5fcd7-aaaaa, 2'],
  ])('%s is %s', async (word, text) => {
    expect(await resolve(word)).toBe(text);
  });

  test.each([
    ['web.shop:', /no port behind its colon/],
    ['web.shop:http', /no port behind its colon/],
    ['web.shop:70000', /no port behind its colon/],
    ['shop/zzz:80', /no pod or workload "shop\/zzz"/],
    ['svc/outside.shop:80', /selects no pods/],
  ])('%s is told: %s', async (word, says) => {
    expect(await resolve(word)).toMatch(says);
  });

  test('a port is what stands behind the last colon', () => {
    expect(splitPort('a:b:80')).toEqual({ name: 'a:b', port: 80 });
    expect(splitPort('a')).toEqual({ name: 'a', port: undefined });
  });
});
