// So many questions at a time, and a full queue never outlives its deadline.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answered, type Ask } from '../../src/core/ports.ts';
import type { Question } from '../../src/core/question.ts';
import { limit } from '../../src/ports/limit.ts';

const never = new AbortController().signal;
const server: Question = { ask: 'server' };
const tool: Question = { ask: 'tool', tool: 'istioctl', args: ['version'] };
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Answers when told to, and keeps count of how many it has at once. */
function gated() {
  const open: (() => void)[] = [];
  let now = 0;
  let most = 0;
  const ask = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise<void>((resolve) => open.push(resolve));
    now -= 1;
    return answered(undefined);
  };
  return { ask: ask as unknown as Ask, open, most: () => most, now: () => now };
}

test('no more than the limit at once, and every one in its turn', async () => {
  const gate = gated();
  const limited = limit(gate.ask, { cluster: 2, tools: 1 });
  const all = Array.from({ length: 5 }, () => limited(server, never));
  for (let i = 0; i < 5; i++) {
    await turn();
    expect(gate.now()).toBe(Math.min(2, 5 - i));
    gate.open.shift()?.();
  }
  await Promise.all(all);
  expect(gate.most()).toBe(2);
});

test('tools have places of their own', async () => {
  const gate = gated();
  const limited = limit(gate.ask, { cluster: 1, tools: 1 });
  const all = [limited(server, never), limited(tool, never)];
  await turn();
  expect(gate.now()).toBe(2);
  gate.open.forEach((open) => {
    open();
  });
  await Promise.all(all);
});

test('who waits too long leaves the queue, and takes no place with him', async () => {
  const gate = gated();
  const limited = limit(gate.ask, { cluster: 1, tools: 1 });
  const first = limited(server, never);
  const impatient = new AbortController();
  const second = limited(server, impatient.signal);
  const third = limited(server, never);
  await turn();
  impatient.abort();
  expect(await second).toMatchObject({ ok: false });
  gate.open.shift()?.();
  await first;
  await turn();
  expect(gate.now()).toBe(1);
  gate.open.shift()?.();
  expect(await third).toMatchObject({ ok: true });
});

test('who comes too late is not let in', async () => {
  const gate = gated();
  const limited = limit(gate.ask, { cluster: 1, tools: 1 });
  expect(await limited(server, AbortSignal.abort())).toMatchObject({ ok: false });
  expect(gate.most()).toBe(0);
});

test('a port that throws gives its place back', async () => {
  let calls = 0;
  const ask = (() => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error('x')) : Promise.resolve(answered(undefined));
  }) as unknown as Ask;
  const limited = limit(ask, { cluster: 1, tools: 1 });
  await expect(limited(server, never)).rejects.toThrow('x');
  expect(await limited(server, never)).toMatchObject({ ok: true });
});

test('property: whatever aborts and whatever ends, the limit holds and nobody is forgotten', async () => {
  const moves = fc.array(fc.constantFrom('ask', 'answer', 'abort'), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), moves, async (places, plan) => {
      const gate = gated();
      const limited = limit(gate.ask, { cluster: places, tools: 1 });
      const asked: { reply: Promise<unknown>; controller: AbortController }[] = [];
      for (const [i, move] of plan.entries()) {
        if (move === 'ask') {
          const controller = new AbortController();
          asked.push({ reply: limited(server, controller.signal), controller });
        } else if (move === 'answer') gate.open.shift()?.();
        else asked[i % Math.max(1, asked.length)]?.controller.abort();
        await turn();
      }
      let ended = 0;
      asked.forEach(({ reply }) => void reply.then(() => (ended += 1)));
      for (let i = 0; i < asked.length + 1; i++) {
        gate.open.splice(0).forEach((open) => {
          open();
        });
        await turn();
      }
      expect(ended).toBe(asked.length);
      expect(gate.most()).toBeLessThanOrEqual(places);
    }),
    { numRuns: 40 },
  );
});
