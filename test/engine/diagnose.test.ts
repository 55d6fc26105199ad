// How steps run: at once unless they read one another, judged in the written order, one bug a step at most.
import { describe, expect, test } from 'vitest';
import { cause, contributor, symptom } from '../../src/core/finding.ts';
import { clear, skip, stop } from '../../src/core/runbook.ts';
import { timeoutError } from '../../src/core/deadline.ts';
import { happened } from '../../src/core/moment.ts';
import { defineRunbook } from './chain.ts';
import { diagnoseToy, echo, head, latch, wordFact } from './toy.ts';

const findings = {
  bad: cause('{what} is bad.', { means: 'It is.' }),
  odd: symptom('{what} is odd.', { means: 'It is.' }),
  slow: contributor('{what} is slow.', { means: 'It is.' }),
};
const start = () => defineRunbook({ ...head, findings });

describe('starting', () => {
  test('steps that read nothing of one another start together', async () => {
    const [first, second] = [latch(), latch()];
    const begun: string[] = [];
    // Each waits for the other: one after the other would never end.
    const meet = wordFact('toy/meet', async (_, { word }) => {
      begun.push(word);
      (word === 'a' ? first : second).open();
      await Promise.all([first.promise, second.promise]);
      return { ok: true, value: word };
    });
    const d = await diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [meet],
          gather: (look) => look(meet, { word: 'a' }),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [meet],
          gather: (look) => look(meet, { word: 'b' }),
          judge: () => undefined,
        }),
    );
    expect(begun).toEqual(['a', 'b']);
    expect(d.verdict).toBe('healthy');
  });

  test('`after` waits, and hands over what was gathered', async () => {
    const gate = latch();
    const slow = wordFact('toy/slow', async (_, { word }) => {
      await gate.promise;
      return { ok: true, value: word };
    });
    let got: unknown;
    const running = diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [slow],
          gather: (look) => look(slow, { word: 'a' }),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [],
          after: ['a'],
          gather: (_look, _input, { a }) => {
            got = a.kind === 'known' ? a.value : a.kind;
            return Promise.resolve(1);
          },
          judge: () => undefined,
        }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toBeUndefined();
    gate.open();
    await running;
    expect(got).toBe('a');
  });

  test('`when` skips with its reason, and what reads a skipped step is skipped too', async () => {
    const d = await diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [],
          gather: () => Promise.resolve(1),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [],
          after: ['a'],
          when: () => skip('a is one'),
          gather: () => Promise.resolve(2),
          judge: () => undefined,
        })
        .step('c', {
          asks: 'C?',
          why: '',
          uses: [],
          after: ['b'],
          gather: () => Promise.resolve(3),
          judge: () => undefined,
        }),
    );
    expect(d.steps.map((s) => s.outcome)).toEqual([
      { is: 'clear', evidence: [] },
      { is: 'skipped', because: 'a is one' },
      { is: 'skipped', because: '"b" was not answered' },
    ]);
  });
});

describe('judging', () => {
  test('`clear` says what the answer is, and the step is clear', async () => {
    const d = await diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [],
        gather: () => Promise.resolve(1),
        judge: () => clear('It is one.'),
      }),
    );
    expect(d.steps[0]?.outcome).toEqual({ is: 'clear', evidence: [], says: 'It is one.' });
    expect(d.verdict).toBe('healthy');
  });

  test('`stop` skips every later step, whatever it gathered', async () => {
    const d = await diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [echo],
          gather: (look) => look(echo, { word: 'a' }),
          judge: (got, say) => {
            if (got.kind === 'known') say('bad', { what: 'A' }, got);
            return stop;
          },
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [echo],
          gather: (look) => look(echo, { word: 'b' }),
          judge: (got, say) => {
            if (got.kind === 'known') say('odd', { what: 'B' }, got);
          },
        }),
    );
    expect(d.findings.map((f) => f.code)).toEqual(['toy/bad']);
    expect(d.steps[1]?.outcome).toEqual({ is: 'skipped', because: 'answered by "A?"' });
    expect(d.evidence.map((e) => e.asked)).toEqual(['the word a']);
  });

  test('causes come first, sure ones before likely ones; the rest keeps its order', async () => {
    const d = await diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [echo],
        gather: (look) => look(echo, { word: 'a' }),
        judge: (got, say) => {
          if (got.kind !== 'known') return;
          say('slow', { what: 'one' }, got);
          say('odd', { what: 'two' }, got);
          say.likely('bad', { what: 'three' }, got);
          say('bad', { what: 'four' }, got);
          say('odd', { what: 'five' }, got);
        },
      }),
    );
    const told = d.findings.map((f) => f.says.split(' ')[0]);
    expect(told).toEqual(['four', 'three', 'two', 'five', 'one']);
    expect(d.verdict).toBe('cause-found');
  });

  test.each([
    ['slow', 'warning'],
    ['odd', 'inconclusive'],
    ['bad', 'cause-found'],
  ] as const)('%s alone makes the verdict %s', async (id, verdict) => {
    const d = await diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [echo],
        gather: (look) => look(echo, { word: 'a' }),
        judge: (got, say) => {
          if (got.kind === 'known') say(id, { what: 'A' }, got);
        },
      }),
    );
    expect(d.verdict).toBe(verdict);
  });

  test('evidence is numbered as it is read: what findings cite first, each piece once', async () => {
    const look = (word: string) => ({
      asks: 'A?' as const,
      why: '',
      uses: [echo] as const,
      word,
    });
    const d = await diagnoseToy(
      start()
        .step('a', { ...look('a'), gather: (l) => l(echo, { word: 'a' }), judge: () => undefined })
        .step('b', {
          ...look('b'),
          gather: (l) => l(echo, { word: 'b' }),
          judge: (got, say, _, sofar) => {
            if (got.kind !== 'known' || sofar.a?.kind !== 'known') return;
            say('odd', { what: 'B' }, got, sofar.a, got);
            say('bad', { what: 'B' }, got);
          },
        }),
    );
    expect(d.evidence.map((e) => `${e.id} ${e.asked}`)).toEqual(['E1 the word b', 'E2 the word a']);
    expect(d.findings.map((f) => f.evidence)).toEqual([['E1'], ['E1', 'E2']]);
  });

  test('a fact with the same arguments is fetched once', async () => {
    const asked: string[] = [];
    const counted = wordFact('toy/counted', (_, { word }) => {
      asked.push(word);
      return Promise.resolve({ ok: true, value: word });
    });
    const step = (word: string) => ({
      asks: 'A?' as const,
      why: '',
      uses: [counted] as const,
      gather: (look: (f: typeof counted, a: { word: string }) => Promise<unknown>) =>
        look(counted, { word }),
      judge: () => undefined,
    });
    await diagnoseToy(start().step('a', step('x')).step('b', step('x')).step('c', step('y')));
    expect(asked).toEqual(['x', 'y']);
  });
});

describe('what goes wrong', () => {
  const broken = {
    gather: { gather: () => Promise.reject(new Error('boom in gather')), judge: () => undefined },
    judge: {
      gather: () => Promise.resolve(1),
      judge: () => {
        throw new Error('boom in judge');
      },
    },
  };
  test.each(Object.keys(broken) as (keyof typeof broken)[])(
    'a bug in %s costs one step, and its words stay inside',
    async (where) => {
      const bugs: unknown[] = [];
      const d = await diagnoseToy(
        start()
          .step('a', { asks: 'A?', why: '', uses: [], ...broken[where] })
          .step('b', {
            asks: 'B?',
            why: '',
            uses: [echo],
            gather: (look) => look(echo, { word: 'b' }),
            judge: (got, say) => {
              if (got.kind === 'known') say('bad', { what: 'B' }, got);
            },
          }),
        { onBug: (error) => bugs.push(error) },
      );
      expect(bugs.map(String)).toEqual([`Error: boom in ${where}`]);
      expect(d.findings.map((f) => f.code)).toEqual(['toy/bad']);
      expect(d.steps[0]?.outcome).toMatchObject({ is: 'could-not-check', gaps: [{ why: 'bug' }] });
      expect(JSON.stringify(d)).not.toContain('boom');
    },
  );

  test('a fact that was not declared is a bug', async () => {
    const d = await diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [],
        gather: (look) =>
          (look as (f: typeof echo, a: { word: string }) => Promise<unknown>)(echo, { word: 'a' }),
        judge: () => undefined,
      }),
    );
    expect(d.gaps.map((g) => g.why)).toEqual(['bug']);
  });

  test('a forbidden question is a gap with the command that shows the permission', async () => {
    const denied = wordFact('toy/denied', () =>
      Promise.resolve({
        ok: false,
        why: 'forbidden',
        detail: 'may not',
        access: { verb: 'create', resource: 'pods/portforward', namespace: 'shop' },
      }),
    );
    const d = await diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [denied],
        gather: (look) => look(denied, { word: 'a' }),
        judge: () => undefined,
      }),
    );
    expect(d.verdict).toBe('inconclusive');
    expect(d.gaps[0]?.remedy?.argv.join(' ')).toBe(
      'kubectl auth can-i create pods --subresource=portforward -n shop',
    );
  });

  test('what is not there is known, and no gap', async () => {
    const nothing = wordFact('toy/absent', () =>
      Promise.resolve({ ok: false, why: 'absent', detail: 'there is none' }),
    );
    const d = await diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [nothing],
        gather: (look) => look(nothing, { word: 'a' }),
        judge: (got, say) => {
          if (got.kind === 'absent') say('bad', { what: 'nothing' }, got);
        },
      }),
    );
    expect([d.verdict, d.gaps]).toEqual(['cause-found', []]);
    expect(d.evidence[0]?.excerpt).toEqual(['there is none']);
  });
});

describe('deadlines', () => {
  test('a port that ignores its signal costs its own answer only', async () => {
    const hangs = wordFact('toy/hangs', () => new Promise(() => undefined), 20);
    const began = Date.now();
    const d = await diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [hangs],
          gather: (look) => look(hangs, { word: 'a' }),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [echo],
          gather: (look) => look(echo, { word: 'b' }),
          judge: (got, say) => {
            if (got.kind === 'known') say('bad', { what: 'B' }, got);
          },
        }),
    );
    expect(Date.now() - began).toBeLessThan(5000);
    expect(d.gaps.map((g) => g.why)).toEqual(['timed-out']);
    expect(d.findings).toHaveLength(1);
  });

  test.each([
    ['a person', () => new Error('interrupted'), 'interrupted'],
    ['the run limit', timeoutError, 'timed-out'],
  ] as const)('a run cut by %s prints what it has', async (_, reason, cut) => {
    const stopped = new AbortController();
    const hangs = wordFact('toy/hangs', () => new Promise(() => undefined), 60_000);
    const running = diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [echo],
          gather: (look) => look(echo, { word: 'a' }),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [hangs],
          gather: (look) => look(hangs, { word: 'b' }),
          judge: () => undefined,
        }),
      { signal: stopped.signal },
    );
    stopped.abort(reason());
    const d = await running;
    expect(d.about.cut).toBe(cut);
    expect(d.verdict).toBe('inconclusive');
    expect(d.steps.map((s) => s.outcome.is)).toEqual(['clear', 'could-not-check']);
  });
});

describe('telling', () => {
  test('the observer hears every step begin, and end in the written order', async () => {
    const heard: string[] = [];
    const gate = latch();
    const slow = wordFact('toy/slow', async (_, { word }) => {
      await gate.promise;
      return { ok: true, value: word };
    });
    await diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [slow],
          gather: (look) => look(slow, { word: 'a' }),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [echo],
          gather: async (look) => {
            const got = await look(echo, { word: 'b' });
            gate.open();
            return got;
          },
          judge: () => undefined,
        }),
      {
        observer: {
          begin: (id) => heard.push(`begin ${id}`),
          end: (step) => heard.push(`end ${step.id}`),
        },
      },
    );
    expect(heard).toEqual(['begin a', 'begin b', 'end a', 'end b']);
  });
});

describe('moments', () => {
  const clockOf = (name: string, at: readonly string[]) => ({
    ...wordFact(name, (_, { word }) => Promise.resolve({ ok: true, value: word })),
    moments: (value: string) =>
      at.flatMap((one) => happened('event', one, `${value} \x1b[31mrang`)),
  });
  const late = clockOf('toy/late', ['2027-01-15T07:59:00Z']);
  const early = clockOf('toy/early', ['2027-01-15T06:00:00Z', '']);
  const steps = (after: 'goes on' | 'stops') =>
    start()
      .step('a', {
        asks: 'A?',
        why: '',
        uses: [late],
        gather: (look) => look(late, { word: 'a' }),
        judge: (answer, say) => {
          if (answer.kind !== 'unknown') say('odd', { what: 'a' }, answer);
          return after === 'stops' ? stop : undefined;
        },
      })
      .step('b', {
        asks: 'B?',
        why: '',
        uses: [early, late],
        gather: async (look) => [await look(early, { word: 'b' }), await look(late, { word: 'a' })],
        judge: () => undefined,
      });

  test('are tied to the answers that tell of them, in the order of time, as safe text', async () => {
    const { timeline } = await diagnoseToy(steps('goes on'));
    expect(timeline.map(({ at, what, evidence }) => [at.slice(11, 16), what, evidence])).toEqual([
      ['06:00', 'b rang', ['E2']],
      ['07:59', 'a rang', ['E1']],
    ]);
  });

  test('of a step that was not judged are not told: whether it was asked depends on who was faster', async () => {
    const { timeline } = await diagnoseToy(steps('stops'));
    expect(timeline.map(({ what }) => what)).toEqual(['a rang']);
  });
});
