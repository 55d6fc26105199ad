// From what a person types to where a request goes.
import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/core/question.ts';
import { destinationText } from '../../../src/core/input.ts';
import { resolveDestination, splitPort } from '../../../src/facts/kube/destination.ts';
import { never, portsOf } from './world.ts';

async function resolve(word: string, deny?: (q: Question) => boolean): Promise<string> {
  const found = await resolveDestination(portsOf(deny), word, 'default', never);
  if (found.is === 'usage') return found.says;
  if (found.is === 'unanswered') return `unanswered: ${found.asked}`;
  if (found.is === 'outside') return `outside: ${found.says}`;
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
    ['svc/web.shop:http', 'svc/web.shop:80 by web-5fcd7-aaaaa, 2'],
    ['shop/legacy:http', 'shop/legacy:8080 by legacy, 1'],
    // A container need not declare where it listens, and a headless Service leads anywhere.
    ['shop/legacy:9999', 'shop/legacy:9999 by legacy, 1'],
    ['svc/each.shop:9999', 'svc/each.shop:9999 by web-5fcd7-aaaaa, 2'],
    ['web.shop.svc', 'svc/web.shop by web-5fcd7-aaaaa, 2'],
  ])('%s is %s', async (word, text) => {
    expect(await resolve(word)).toBe(text);
  });

  test.each([
    ['web.shop:', /no port behind its colon/],
    ['web.shop:a_b', /no port behind its colon/],
    ['web.shop:http', /^pod shop\/web-5fcd7-aaaaa has no port http; it has none$/],
    ['shop/legacy:grpc', /^pod shop\/legacy has no port grpc; it has 8080 \(http\)$/],
    [
      'svc/web.shop:8081',
      /^svc\/web.shop has no port 8081; it has 80 \(http\), 9090 and 53 \(dns, UDP\)$/,
    ],
    ['svc/web.shop:8080', /has no port 8080; .*: type svc\/web.shop:80, which leads to 8080$/],
    ['front.shop:81', /^svc\/front.shop has no port 81; it has 80$/],
    ['web.shop.svc:grpc', /^svc\/web.shop has no port grpc; it has/],
    ['svc/each.shop:grpc', /^svc\/each.shop has no port grpc; it has 80 \(http\)$/],
    [
      'svc/web.shop:53',
      /^port 53 of svc\/web.shop is UDP, which mesh proxies do not handle; it has/,
    ],
    ['svc/away.shop:80', /selects no pods, it is an alias of api.example.org; name a pod instead$/],
    ['svc/web.nowhere:80', /web is in shop: service\/web\.shop/],
    ['svc/zzz.nowhere:80', /there is no namespace nowhere/],
    ['web.shop:70000', /no port behind its colon/],
    ['shop/zzz:80', /no pod or workload "shop\/zzz"/],
    ['httpbin.org:443', /^outside: .*if httpbin\.org is a host outside the cluster, this runbook/],
    ['www.example.org:443', /^outside: /],
    ['203.0.113.7:443', /^outside: /],
    ['httpbin.org', /type its port too: httpbin\.org:443$/],
    // A namespace that is mistyped is no host.
    ['zzz.shopp:80', /^no pod or workload/],
    ['zzz.shop:80', /no pod or workload/],
    ['svc/outside.shop:80', /selects no pods/],
  ])('%s is told: %s', async (word, says) => {
    expect(await resolve(word)).toMatch(says);
  });

  test.each([
    ['svc/web.shop:8081', (q) => q.ask === 'get' && q.ref.resource.kind === 'Service'],
    // No pod and no workload is called so; whether a Service is may not be asked.
    ['front.shop:80', (q) => q.ask === 'get' && q.ref.resource.kind === 'Service'],
    ['web.shop:80', (q) => q.ask === 'list'],
  ] satisfies [string, (q: Question) => boolean][])(
    '%s is open where it may not be asked',
    async (word, deny) => {
      expect(await resolve(word, deny)).toMatch(/^unanswered/);
    },
  );

  test('a port is what stands behind the last colon', () => {
    expect(splitPort('a:b:80')).toEqual({ name: 'a:b', port: 80 });
    expect(splitPort('a')).toEqual({ name: 'a', port: undefined });
  });
});
