// What is asked before anybody needs it is asked once, and counts for nobody until somebody asks.
import { expect, test } from 'vitest';
import { answered, failed, type Ask } from '../../src/core/ports.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { ahead } from '../../src/ports/ahead.ts';

const never = new AbortController().signal;
const server = { ask: 'server' } as const;
const whoami = { ask: 'whoami' } as const;

function asking(answer: () => Promise<unknown> = () => Promise.resolve(answered({}))) {
  const asked: string[] = [];
  const ask = (question: Question) => {
    asked.push(questionText(question));
    return answer();
  };
  return { ...ahead(ask as unknown as Ask), asked };
}

test('who asks what was asked already has that answer', async () => {
  const { ask, early, asked } = asking();
  const first = await early(server, never);
  expect(await ask(server, never)).toBe(first);
  expect(asked).toEqual(['server version']);
});

test('the same is asked ahead once, and only the first to come has it', async () => {
  const { ask, early, asked } = asking();
  void early(server, never);
  void early(server, never);
  await ask(server, never);
  expect(asked).toHaveLength(1);
  await ask(server, never);
  expect(asked).toHaveLength(2);
});

test('another question is asked as ever', async () => {
  const { ask, early, asked } = asking();
  void early(server, never);
  await ask(whoami, never);
  expect(asked).toEqual(['server version', 'auth whoami']);
});

test('a failure is passed on: a deadline is waited for once', async () => {
  const late = failed('timed-out', 'no answer');
  const { ask, early, asked } = asking(() => Promise.resolve(late));
  void early(server, never);
  expect(await ask(server, never)).toBe(late);
  expect(asked).toHaveLength(1);
});

test('who asks has a deadline of its own', async () => {
  const { ask, early } = asking(() => new Promise(() => undefined));
  void early(server, never);
  expect(await ask(server, AbortSignal.timeout(5))).toMatchObject({ ok: false, why: 'timed-out' });
});
