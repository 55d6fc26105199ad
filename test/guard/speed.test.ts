// No input makes the guard slow: its rules are linear in what they read.
import { describe, expect, it } from 'vitest';
import { json, text } from './samples.ts';

// What this process worked, not what passed: a busy machine takes longer and works no more.
async function workMs(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

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
    const worked = await workMs(() => text(`x${part.repeat(500_000 / part.length)}`));
    // Linear is some 100 ms here; what grows with the square takes minutes.
    expect(worked).toBeLessThan(3000);
  });

  it('stays fast on a dump of five megabytes', async () => {
    const cluster = {
      name: 'outbound|80||web.shop.svc.cluster.local',
      sni: 'spiffe://x/ns/shop/sa/web',
    };
    const configs = Array.from({ length: 50_000 }, (_, i) => ({ ...cluster, id: `c-${i}` }));
    expect(await workMs(() => json({ configs }))).toBeLessThan(3000);
  });
});
