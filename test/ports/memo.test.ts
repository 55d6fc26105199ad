// One question is asked once, and an impatient asker spoils the answer for nobody.
import { expect, test } from 'vitest';
import { answered, failed, type Ask, type Reply } from '../../src/core/ports.ts';
import type { Why } from '../../src/core/answer.ts';
import { memo } from '../../src/ports/memo.ts';

const never = new AbortController().signal;
const server = { ask: 'server' } as const;

function counting(replies: readonly Reply<unknown>[]): { ask: Ask; asked: () => number } {
  let n = 0;
  const ask = () => Promise.resolve(replies[Math.min(n++, replies.length - 1)]);
  return { ask: ask as unknown as Ask, asked: () => n };
}

test('questions side by side share one answer', async () => {
  const { ask, asked } = counting([answered({ gitVersion: 'v1' })]);
  const remembered = memo(ask);
  const [a, b] = await Promise.all([remembered(server, never), remembered(server, never)]);
  expect(asked()).toBe(1);
  expect(a).toBe(b);
});

test('another question is another answer', async () => {
  const { ask, asked } = counting([answered(undefined)]);
  const remembered = memo(ask);
  const pod = { namespace: 'shop', name: 'web' };
  await remembered({ ask: 'http', pod, port: 15_014, path: '/debug/syncz' }, never);
  await remembered({ ask: 'http', pod, port: 15_014, path: '/debug/syncz', sample: 2 }, never);
  expect(asked()).toBe(2);
});

test.each(['forbidden', 'unreachable', 'tool-missing', 'absent'] as const)(
  'a failure is remembered: %s',
  async (why) => {
    const { ask, asked } = counting([failed(why, '')]);
    const remembered = memo(ask);
    await remembered(server, never);
    expect(await remembered(server, never)).toMatchObject({ why });
    expect(asked()).toBe(1);
  },
);

test.each(['timed-out', 'interrupted'] as const satisfies readonly Why[])(
  'what was cut off (%s) is asked anew by who still has time',
  async (why) => {
    const { ask, asked } = counting([failed(why, ''), answered({ gitVersion: 'v1' })]);
    const remembered = memo(ask);
    await remembered(server, never);
    expect(await remembered(server, never)).toMatchObject({ ok: true });
    expect(asked()).toBe(2);
  },
);

test('and not by who has none', async () => {
  const { ask, asked } = counting([failed('timed-out', '')]);
  const remembered = memo(ask);
  await remembered(server, never);
  expect(await remembered(server, AbortSignal.abort())).toMatchObject({ why: 'timed-out' });
  expect(asked()).toBe(1);
});
