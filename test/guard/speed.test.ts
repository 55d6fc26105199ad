// No input makes the guard slow: its rules are linear in what they read.
import { describe, expect, it } from 'vitest';
import { json, text } from './samples.ts';

describe('guard', () => {
  it.each([
    'a',
    '"',
    'token="',
    'eyJ',
    'a.eyJ',
    '?',
    '?a',
    '-',
    '--token ',
    '[',
    '{"a":',
    '-----BEGIN PRIVATE KEY-----\n',
    '://a',
    'secret: ',
    '\\"',
    'A\n',
    'cookie: a;',
    '&a=b',
    ')',
  ])('stays fast on half a megabyte of %j', async (part) => {
    const started = performance.now();
    await text(`x${part.repeat(500_000 / part.length)}`);
    // Linear is some 100 ms here; what grows with the square takes minutes.
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('stays fast on a dump of five megabytes', async () => {
    const cluster = {
      name: 'outbound|80||web.shop.svc.cluster.local',
      sni: 'spiffe://x/ns/shop/sa/web',
    };
    const started = performance.now();
    await json({
      configs: Array.from({ length: 50_000 }, (_, i) => ({ ...cluster, id: `c-${i}` })),
    });
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
