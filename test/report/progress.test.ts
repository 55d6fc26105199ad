// Progress writes to the stream it was given and to no other, and leaves a quiet run quiet.
import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { liveProgress } from '../../src/report/progress.ts';
import { clear, couldNot, gap } from './build.ts';

const steps = [
  { id: 'a', asks: 'Does the pod have a proxy?' },
  { id: 'b', asks: 'Is it healthy?' },
];

function sink() {
  let written = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString();
      done();
    },
  });
  return { stream, text: () => written };
}

async function run(kind: 'spinner' | 'lines' | 'quiet', color = false) {
  const { stream, text } = sink();
  const progress = liveProgress({ stream, kind, color });
  progress.start('stale', steps);
  progress.begin('a');
  progress.begin('b');
  await wait(kind === 'spinner' ? 400 : 0);
  progress.end({ ...clear('Does the pod have a proxy?'), id: 'a' });
  progress.end(couldNot('Is it healthy?', gap('x', 'forbidden', 'y')));
  progress.stop();
  progress.stop();
  return text();
}

test('one line a step, with its time, where there is no terminal', async () => {
  expect(await run('lines')).toBe(
    [
      'stale: 2 questions',
      '  120 ms  Does the pod have a proxy?  clear',
      '   40 ms  Is it healthy?  could not check',
      '',
    ].join('\n'),
  );
});

test('quiet writes nothing', async () => {
  expect(await run('quiet')).toBe('');
});

test('the spinner writes to its own stream alone', async () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const written = await run('spinner');
  expect([out.mock.calls, err.mock.calls]).toEqual([[], []]);
  vi.restoreAllMocks();
  expect(written).toContain('1/2 Is it healthy?');
});

test('a run that ends at once shows no spinner', async () => {
  const { stream, text } = sink();
  const progress = liveProgress({ stream, kind: 'spinner', color: false });
  progress.start('stale', steps);
  progress.stop();
  await wait(300);
  expect(text()).toBe('');
});

test('a second run that begins while the spinner loads shares it, and nothing is left when it stops', async () => {
  const { stream, text } = sink();
  const moves = { cursorTo: () => true, moveCursor: () => true, clearLine: () => true };
  Object.assign(stream, { isTTY: true, columns: 80, ...moves });
  const progress = liveProgress({ stream, kind: 'spinner', color: false });
  progress.start('stale', steps);
  progress.start('injection', steps);
  await wait(300);
  progress.stop();
  const stopped = text().length;
  await wait(300);
  // What hides the cursor once for each spinner.
  expect(text().split('\x1b[?25l')).toHaveLength(2);
  expect(text()).toHaveLength(stopped);
});
