// What was not answered is never clear: not the step that asked, not a step that builds on it, not a reason read from it.
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { failed, type Ports } from '../../src/core/ports.ts';
import { symptom } from '../../src/core/finding.ts';
import { clear, skip, withOwn } from '../../src/core/runbook.ts';
import { valueOf } from '../../src/core/answer.ts';
import type { ListQuestion } from '../../src/core/question.ts';
import { defineRunbook } from './chain.ts';
import { clock, diagnoseToy, echo, head, wordFact } from './toy.ts';

const findings = { odd: symptom('{what} is odd.', { means: 'It is.' }) };
const start = () => defineRunbook({ ...head, findings });
const refused = wordFact('toy/refused', () =>
  Promise.resolve({ ok: false, why: 'forbidden', detail: 'may not' }),
);
const partly = wordFact('toy/partly', (_, { word }) =>
  Promise.resolve({
    ok: true,
    value: word,
    missed: [{ asked: 'the rest', why: 'timed-out', detail: 'no answer' }],
  }),
);

const outcomes = (d: Diagnosis) =>
  Object.fromEntries(d.steps.map(({ id, outcome }) => [id, outcome.is]));

/** A step that looks at one good and one bad answer. */
const both = (bad: typeof echo) =>
  start().step('both', {
    asks: 'Both?',
    why: '',
    uses: [echo, bad],
    gather: async (look) => ({
      good: await look(echo, { word: 'good' }),
      bad: await look(bad, { word: 'bad' }),
    }),
    judge: () => undefined,
  });

describe.each([
  ['an answer that never came', refused],
  ['an answer that came in part', partly],
])('%s', (_, bad) => {
  test('leaves open what is gathered, judged, and decided by it', async () => {
    const d = await diagnoseToy(
      both(bad)
        .step('gathers', {
          asks: 'Gathers?',
          why: '',
          rulesOut: 'a lie',
          uses: [echo],
          after: ['both'],
          gather: (look, _input, { both: { bad: read } }) =>
            look(echo, { word: valueOf(read) ?? 'nothing' }),
          judge: () => undefined,
        })
        .step('judges', {
          asks: 'Judges?',
          why: '',
          rulesOut: 'a lie',
          uses: [],
          gather: () => Promise.resolve(undefined),
          judge: (_got, _say, _input, sofar) =>
            valueOf(sofar.both?.bad) === 'x' ? undefined : clear('All is well.'),
        })
        .step('decides', {
          asks: 'Decides?',
          why: '',
          uses: [],
          after: ['both'],
          when: ({ both: { bad: read } }) => valueOf(read) === 'x' || skip('there is nothing'),
          gather: () => Promise.resolve(undefined),
          judge: () => undefined,
        })
        .step('in-turn', {
          asks: 'In turn?',
          why: '',
          rulesOut: 'a lie',
          uses: [],
          after: ['gathers'],
          gather: (_look, _input, { gathers }) => Promise.resolve(gathers),
          judge: () => undefined,
        })
        .step('after-decides', {
          asks: 'After?',
          why: '',
          uses: [],
          after: ['decides'],
          gather: () => Promise.resolve(undefined),
          judge: () => undefined,
        }),
    );
    expect(outcomes(d)).toEqual({
      both: 'could-not-check',
      gathers: 'could-not-check',
      judges: 'could-not-check',
      decides: 'could-not-check',
      'in-turn': 'could-not-check',
      'after-decides': 'could-not-check',
    });
    expect(d.verdict).toBe('inconclusive');
    expect(d.gaps).toHaveLength(1);
  });

  test('costs nothing to what reads another answer', async () => {
    const d = await diagnoseToy(
      both(bad)
        .step('gathers', {
          asks: 'Gathers?',
          why: '',
          uses: [echo],
          after: ['both'],
          when: ({ both: { good } }) => valueOf(good) === 'good' || skip('it is not good'),
          gather: (look, _input, { both: { good } }) => look(echo, { word: valueOf(good) ?? '' }),
          judge: () => undefined,
        })
        .step('judges', {
          asks: 'Judges?',
          why: '',
          uses: [echo],
          gather: (look) => look(echo, { word: 'own' }),
          judge: (got, _say, _input, sofar) => {
            const all = withOwn(sofar, { own: got });
            return valueOf(all.own) === valueOf(all.both?.good) ? skip('the same') : undefined;
          },
        })
        .step('decides', {
          asks: 'Decides?',
          why: '',
          uses: [],
          after: ['both'],
          when: ({ both: { good, bad: read } }) =>
            read.kind === 'known' && good.kind === 'absent'
              ? true
              : skip('it is good', good.kind === 'known' ? good : undefined),
          gather: () => Promise.resolve(undefined),
          judge: () => undefined,
        }),
    );
    expect(outcomes(d)).toEqual({
      both: 'could-not-check',
      gathers: 'clear',
      judges: 'clear',
      decides: 'skipped',
    });
  });

  test('leaves open what was concluded from how many there are, or that there is none', async () => {
    const d = await diagnoseToy(
      start()
        .step('many', {
          asks: 'Many?',
          why: '',
          uses: [bad],
          gather: async (look) => {
            const answer = await look(bad, { word: 'bad' });
            return { list: [answer], none: undefined as string | undefined };
          },
          judge: () => undefined,
        })
        .step('count', {
          asks: 'How many?',
          why: '',
          uses: [],
          gather: () => Promise.resolve(undefined),
          judge: (_got, _say, _input, sofar) => {
            if (sofar.many?.list.length === 0) clear('None.');
          },
        })
        .step('none', {
          asks: 'None?',
          why: '',
          uses: [],
          gather: () => Promise.resolve(undefined),
          judge: (_got, _say, _input, sofar) => {
            if (sofar.many?.none !== undefined) clear('None.');
          },
        }),
    );
    expect(outcomes(d)).toMatchObject({ count: 'could-not-check', none: 'could-not-check' });
  });
});

describe('what a fact asks', () => {
  const question: ListQuestion = {
    ask: 'list',
    resource: { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true },
    namespace: 'shop',
    limit: 2,
  };
  const asks = (rest: object = {}) =>
    wordFact('toy/asks', async (ports, _args, signal) => {
      await ports.ask(question, signal);
      return { ok: true, value: 'x', ...rest };
    });
  const run = (ask: Ports['ask'], fact = asks()) =>
    diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        rulesOut: 'a lie',
        uses: [fact],
        gather: (look) => look(fact, { word: 'a' }),
        judge: () => undefined,
      }),
      { ports: { ask, clock } },
    );
  const forbidden: Ports['ask'] = () => Promise.resolve(failed('forbidden', 'may not'));
  const cut = (() =>
    Promise.resolve({ ok: true, value: { items: [], more: true } })) as Ports['ask'];

  test('and goes on without is a gap, whether or not it says so', async () => {
    const d = await run(forbidden);
    expect(outcomes(d)).toEqual({ a: 'could-not-check' });
    expect(d.gaps).toMatchObject([{ asked: 'pods in shop', why: 'forbidden', detail: 'may not' }]);
  });

  test('and gets in part is a gap', async () => {
    const d = await run(cut);
    expect(d.verdict).toBe('inconclusive');
    expect(d.gaps.map((gap) => gap.detail)).toEqual(['there are more than the 0 that were read']);
  });

  test('is named once where the fact names it, and not at all where it does not need it', async () => {
    const named = [{ asked: 'its pods', why: 'forbidden', detail: 'may not' }];
    expect((await run(forbidden, asks({ missed: named }))).gaps).toMatchObject(named);
    expect((await run(forbidden, asks({ without: [question] }))).verdict).toBe('healthy');
    expect((await run(cut, asks({ without: [question] }))).verdict).toBe('healthy');
  });
});

describe('what an answer shows to be unwell', () => {
  const sick = {
    ...echo,
    name: 'toy/sick',
    unwell: (value: string) => [`${value} is sick`],
    explainedBy: (value: string) => ({ runbook: 'health', target: value }),
  };
  const run = (judge: 'says' | 'nothing') =>
    diagnoseToy(
      start().step('a', {
        asks: 'A?',
        why: '',
        uses: [sick],
        gather: (look) => look(sick, { word: 'a' }),
        judge: (got, say) => {
          if (judge === 'says' && got.kind === 'known') say('odd', { what: 'a' }, got);
        },
      }),
    );

  test('keeps all from being well, and is quoted', async () => {
    const d = await run('nothing');
    expect(d.verdict).toBe('inconclusive');
    expect(d.gaps).toMatchObject([
      {
        asked: 'why the word a is not well',
        why: 'unexplained',
        detail: 'a is sick',
        follow: { runbook: 'health', target: 'a' },
      },
    ]);
  });

  test('stands beside what could not be read', async () => {
    const d = await diagnoseToy(
      start()
        .step('a', {
          asks: 'A?',
          why: '',
          uses: [sick],
          gather: (look) => look(sick, { word: 'a' }),
          judge: () => undefined,
        })
        .step('b', {
          asks: 'B?',
          why: '',
          uses: [refused],
          gather: (look) => look(refused, { word: 'b' }),
          judge: () => undefined,
        }),
    );
    expect(d.gaps.map(({ why }) => why)).toEqual(['forbidden', 'unexplained']);
  });

  test('is not said twice where a finding speaks for it', async () => {
    expect((await run('says')).gaps).toEqual([]);
  });
});

test('where every question was skipped nobody looked, and nothing is well', async () => {
  const d = await diagnoseToy(
    start().step('a', {
      asks: 'A?',
      why: '',
      uses: [],
      when: () => skip('there is nothing'),
      gather: () => Promise.resolve(undefined),
      judge: () => undefined,
    }),
  );
  expect(d.verdict).toBe('inconclusive');
});
