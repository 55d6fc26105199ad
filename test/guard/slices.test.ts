// A large answer is guarded in slices: the same answer, with room for deadlines between them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeoutError } from '../../src/core/deadline.ts';
import { failed } from '../../src/core/ports.ts';
import type { Question } from '../../src/core/question.ts';
import { guard } from '../../src/guard/guard.ts';
import { mapJson } from '../../src/guard/json.ts';
import { readLarge, readSmall } from '../../src/guard/json-read.ts';
import { writeJson } from '../../src/guard/json-write.ts';
import { pieces } from '../../src/guard/pieces.ts';
import { createRedact } from '../../src/guard/redact.ts';
import { atOnce, type Steps } from '../../src/guard/steps.ts';
import { createScrub } from '../../src/guard/text.ts';
import { createTokens } from '../../src/guard/tokens.ts';
import { guardTree, guardTreeInSteps } from '../../src/guard/tree.ts';
import { runsAll } from '../helpers/share.ts';
import { always, CANARY, DUMP, JWT, LOGS, never, PEM_CERT, PEM_KEY, STATUS } from './samples.ts';

/** How many examples of what a property says. */
const runsOf = (all: number) => (runsAll ? all : Math.ceil(all / 8));
/** How many of what makes an answer a large one. */
const sizeOf = (all: number) => (runsAll ? all : all / 2);

const answer = (body: string) => ({ is: 'answered', status: 200, body }) as const;

/** Numbers of stand-ins by when they are first seen: they are given out rule by rule, piece by piece. */
function renumbered(text: string): string {
  const seen = new Map<string, number>();
  return text.replace(/\[hidden #(\d+)\]/g, (_, number: string) => {
    if (!seen.has(number)) seen.set(number, seen.size + 1);
    return `[hidden #${seen.get(number) ?? 0}]`;
  });
}

/** How often timers and sockets could have had their turn meanwhile. */
async function turns<T>(run: () => Promise<T>): Promise<{ count: number; value: T }> {
  let count = 0;
  let going = true;
  const turn = () => {
    count++;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  const value = await run();
  going = false;
  return { count, value };
}

const line = fc.constantFrom(
  ...[
    `2026-11-21 info token=${CANARY} said`,
    `  authorization: Bearer ${CANARY}`,
    `GET http://u:${CANARY}@host/?a=b HTTP/1.1`,
    `db-password: "${CANARY} and more"`,
    PEM_KEY,
    PEM_CERT,
    PEM_KEY.split('\n').slice(2).join('\n'),
    Buffer.from(`token=${CANARY} ${'and more words '.repeat(9)}`).toString('base64'),
    JWT,
    '',
    '  indented',
    'word',
    `${'a line that says nothing of note '.repeat(30)}`,
    `[${'10.0.0.1 '.repeat(50)}]`,
  ],
);
/** Sixteen thousand characters and more before the first cut, and secrets of every length around each. */
const longTexts = fc
  .array(fc.tuple(line, fc.nat({ max: 60 })), { minLength: 20, maxLength: 60 })
  .map((lines) => lines.map(([text, times]) => `${text}\n`.repeat(1 + times)).join(''));

describe('text in pieces', () => {
  it('is whole, and each piece is of whole lines', () => {
    fc.assert(
      fc.property(longTexts, (text) => {
        const all = [...pieces(text)];
        expect(all.map((piece) => piece.text + piece.after).join('')).toBe(text);
        expect(all.slice(0, -1).every(({ after }) => after === '\n')).toBe(true);
      }),
      { numRuns: runsOf(60) },
    );
  });

  it('hides what the whole text hides', () => {
    let cut = 0;
    fc.assert(
      fc.property(longTexts, (text) => {
        const whole = createScrub(createTokens())(text);
        const scrub = createScrub(createTokens());
        const all = [...pieces(text)];
        cut += all.length - 1;
        const sliced = all.map((piece) => scrub(piece.text) + piece.after).join('');
        expect(renumbered(sliced)).toBe(renumbered(whole));
      }),
      { numRuns: runsOf(60) },
    );
    expect(cut).toBeGreaterThan(runsOf(60));
  });

  it('cuts a long line of JSON, whose end is missing, between its values', () => {
    const items = Array.from({ length: 5000 }, (_, i) => ({ i, a: `"},{ ${i}`, token: CANARY }));
    const text = JSON.stringify({ items }).slice(0, -2);
    const all = [...pieces(text)];
    expect(all.length).toBeGreaterThan(2);
    for (const piece of all.slice(0, -1)) expect(piece.text).toMatch(/\},$/);
    const safe = atOnce(createRedact().answer(DUMP, answer(text))) as { body: string };
    expect(safe.body).toBe(text.replaceAll(CANARY, '[hidden #1]'));
  });
});

/** Trees of a weight and depth at which they are read, walked and written in parts. */
const largeTrees = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.nat({ max: 3000 }), fc.nat({ max: 40 }), fc.nat())
  .map(([inner, wide, long, seed]) => {
    const item = { n: seed, token: CANARY, text: 'x'.repeat(long), inner };
    const list = Array.from({ length: wide }, (_, i) => ({ ...item, i }));
    const map = Object.fromEntries(list.map((one, i) => [`k${i}`, [one.i, one.text]]));
    const strange = JSON.parse(`{"__proto__":[1],"9":2,"a":${JSON.stringify(inner)}}`) as unknown;
    return { list, map, strange: [strange, [list.length > 1000 ? list : []], {}, []] };
  });

describe('JSON in steps', () => {
  const indents = fc.constantFrom('', ' ', '\t', '    ');

  it('is read as JSON.parse reads it, and written as JSON.stringify writes it', () => {
    fc.assert(
      fc.property(largeTrees, indents, (tree, indent) => {
        const text = JSON.stringify(tree, null, indent);
        const read = atOnce(readLarge(`${text} and more`, 0, { nodes: 0 }));
        expect(read?.end).toBe(text.length);
        expect(JSON.stringify(read?.value)).toBe(JSON.stringify(tree));
        expect(atOnce(writeJson(read?.value ?? null, indent))).toBe(text);
      }),
      { numRuns: runsOf(25) },
    );
  });

  it('is refused where JSON.parse refuses it', () => {
    const good = JSON.stringify({ list: Array.from({ length: 9000 }, (_, i) => [i, 'ab', { i }]) });
    const places = fc.integer({ min: 1, max: good.length - 1 });
    const marks = fc.constantFrom(...['', '"', ',', ':', '[', ']', '{', '}', '1', ' ', '\\', '[]']);
    fc.assert(
      fc.property(places, marks, fc.boolean(), (place, mark, replace) => {
        const text = good.slice(0, place) + mark + good.slice(replace ? place + 1 : place);
        const read = atOnce(readLarge(text, 0, { nodes: 0 }));
        const expected = parsed(text);
        const whole = read?.end === text.length ? JSON.stringify(read.value) : undefined;
        expect(whole).toBe(JSON.stringify(expected));
      }),
      { numRuns: runsOf(100) },
    );
  });

  it('is read alike, small and large', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat({ max: 60 }), fc.string(), (good, place, mark) => {
        const text = `[${good.slice(0, place)}${mark}${good.slice(place)}]`;
        const small = readSmall(text, 0, { nodes: 0 });
        expect(atOnce(readLarge(text, 0, { nodes: 0 }))).toEqual(small);
      }),
    );
  });

  it('is walked in steps as it is walked at once', () => {
    fc.assert(
      fc.property(largeTrees, (tree) => {
        const safe = (walk: (hands: Parameters<typeof guardTree>[2]) => unknown) => {
          const tokens = createTokens();
          const scrub = createScrub(tokens);

          const longText = function* (text: string): Steps<string> {
            return scrub(text);
          };
          return walk({ hide: (value) => tokens.hide(value), text: scrub, longText });
        };
        const value = tree as Parameters<typeof guardTree>[0];
        const whole = safe((hands) => guardTree(value, 0, hands));
        expect(safe((hands) => atOnce(guardTreeInSteps(value, 0, hands)))).toEqual(whole);
      }),
      { numRuns: runsOf(25) },
    );
  });

  it('keeps the bytes of a large document in which nothing is hidden', () => {
    const text = `{\n  "list": [${'1.0, 1e2, "\\u0061",\n'.repeat(sizeOf(20_000))} {}]}\n`;
    const hands = {
      walk: (value: unknown) => value as never,

      walkInSteps: function* (value: unknown): Steps<never> {
        return value as never;
      },
      rest: () => {
        throw new Error('there is no rest');
      },
    };
    expect(atOnce(mapJson(text.trim(), hands))).toBe(text.trim());
    const safe = atOnce(createRedact().answer(DUMP, answer(text))) as { body: string };
    expect(safe.body).toBe(text);
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

describe('a large answer', () => {
  const record = { name: 'outbound|80||web.shop.svc', secret: CANARY, on: [1, 2, { a: true }] };
  const dump = JSON.stringify({ configs: Array.from({ length: sizeOf(20_000) }, () => record) });
  const log = `2026-11-21T05:08:07Z info token=${CANARY} was used\n`.repeat(20_000);
  const list = {
    ask: 'list',
    resource: { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true },
  } as const;
  const pod = { metadata: { name: 'a' }, spec: { args: ['--token', CANARY], a: [1, 2, 3] } };
  const large: readonly (readonly [string, Question, unknown])[] = [
    ['a dump', DUMP, answer(dump)],
    ['text over HTTP', DUMP, answer(log)],
    ['a log', LOGS, log.split('\n')],
    ['what a tool prints', STATUS, { exitCode: 0, stdout: dump, stderr: log }],
    ['a list', list, { items: Array.from({ length: sizeOf(15_000) }, () => pod), more: false }],
  ];

  it.each(large)('%s is the same in slices and at once', async (_, question, value) => {
    const whole = atOnce(createRedact().answer(question, value));
    const { count, value: reply } = await turns(() => guard(always(value))(question, never));
    expect(reply.ok && JSON.stringify(reply.value) === JSON.stringify(whole)).toBe(true);
    expect(JSON.stringify(whole)).not.toContain(CANARY);
    expect(count).toBeGreaterThan(2);
  });

  it.each(large)('%s is not answered when its deadline passes', async (_, question, value) => {
    const deadline = new AbortController();
    const reply = guard(always(value))(question, deadline.signal);
    setTimeout(() => {
      deadline.abort(timeoutError());
    }, 1);
    expect(await reply).toEqual(failed('timed-out', 'no answer before the deadline'));
  });

  it('is not answered when a person stops the run', async () => {
    const stop = new AbortController();
    const reply = guard(always(answer(dump)))(DUMP, stop.signal);
    setTimeout(() => {
      stop.abort();
    }, 1);
    expect(await reply).toMatchObject({ ok: false, why: 'interrupted' });
  });

  it('is not answered when a rule throws after the first slice', async () => {
    const items = Array.from({ length: sizeOf(15_000) }, () => pod);
    const trap = new Proxy(pod, {
      ownKeys: () => {
        throw new Error(`token=${CANARY}`);
      },
    });
    const value = { items: [...items, trap], more: false };
    const reply = await guard(always(value))(list, never);
    expect(reply).toEqual(
      failed('unreadable', 'the answer could not be searched for secrets, so it was dropped'),
    );
  });

  it('two at a time give room to others, and each has its own', async () => {
    const ask = guard((question) =>
      always(question.ask === 'logs' ? log.split('\n') : answer(dump))(question, never),
    );
    const { count, value } = await turns(() =>
      Promise.all([ask(DUMP, never), ask(LOGS, never), ask(DUMP, never)]),
    );
    expect(value.map((reply) => reply.ok)).toEqual([true, true, true]);
    expect(JSON.stringify(value)).not.toContain(CANARY);
    expect(count).toBeGreaterThan(5);
  });
});
