// Properties of the guard as a whole: safe to run twice, fails closed, lets nothing through.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/core/question.ts';
import { failed } from '../../src/core/ports.ts';
import { guard } from '../../src/guard/guard.ts';
import { createRedact } from '../../src/guard/redact.ts';
import { atOnce } from '../../src/guard/steps.ts';
import {
  always,
  CANARY,
  CANARY_FORMS,
  DUMP,
  json,
  JWT,
  LOGS,
  never,
  object,
  PEM_CERT,
  PEM_KEY,
  STATUS,
  text,
} from './samples.ts';

// Pieces of secrets, of stand-ins and of the syntax around them, in every order.
const pieces = fc.constantFrom(
  ...[
    'password',
    'token',
    'secret',
    'authorization',
    'cookie',
    'Bearer ',
    'Basic ',
    'eyJ',
    '--token ',
    'key',
  ],
  ...[
    '=',
    ': ',
    ':',
    ',',
    ';',
    '"',
    "'",
    '\\"',
    '\\n',
    '\n',
    ' ',
    '?',
    '&',
    '://',
    '@',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    '.',
    '/',
  ],
  ...[
    '[hidden #1]',
    '[hidden #12]',
    '[hidden]',
    '[hidden, 5 bytes]',
    '[hidden #',
    '-----BEGIN',
    'a',
    'B7',
    '_',
    '%70',
    '%',
  ],
  ...[
    '{"password":"x"}',
    '{"a":',
    '"value":',
    CANARY,
    JWT,
    PEM_KEY,
    PEM_CERT,
    PEM_KEY.replaceAll('\n', '\\n'),
  ],
  ...[
    PEM_KEY.slice(0, 100),
    PEM_KEY.slice(40),
    Buffer.from(PEM_KEY).toString('base64'),
    Buffer.from(JWT).toString('base64'),
  ],
);
const strings = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));
const names = fc.oneof(
  fc.constantFrom(
    'env',
    'args',
    'data',
    'kind',
    'name',
    'value',
    'annotations',
    'metadata',
    'token',
    'headers',
    'kty',
    'd',
    'key',
  ),
  fc.constantFrom(
    'private_key',
    'inline_bytes',
    'authorization',
    'managedFields',
    'proxyMetadata',
    '__proto__',
    'secret',
  ),
  strings,
);
const trees = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    strings,
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  map: fc.dictionary(names, tie('tree'), { maxKeys: 5 }),
})).tree;

const twice = (question: Question, value: unknown) => {
  const once = atOnce(createRedact().answer(question, value));
  return { once, again: atOnce(createRedact().answer(question, once)) };
};

describe('guard', () => {
  it('changes nothing the second time: text', () => {
    fc.assert(
      fc.property(strings, (stdout) => {
        const { once, again } = twice(STATUS, { exitCode: 0, stdout, stderr: '' });
        expect(again).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('changes nothing the second time: lines, which may be JSON', () => {
    const line = fc.oneof(
      strings,
      trees.map((tree) => JSON.stringify(tree)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const { once, again } = twice(LOGS, lines);
        expect(again).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes nothing the second time: trees', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const body = JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'x' }, data: {}, tree });
        const { once, again } = twice(DUMP, { is: 'answered', status: 200, body });
        expect(again).toEqual(once);
        expect(() => JSON.parse((once as { body: string }).body) as unknown).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets a planted secret through, whatever is around it', async () => {
    const plants: readonly ((before: string, after: string) => string)[] = [
      (a, b) => `${a} password=${CANARY} ${b}`,
      (a, b) => `${a}\nauthorization: Bearer ${CANARY}\n${b}`,
      (a, b) => `${a} ${JWT} ${b}`,
      (a, b) => `${a}\n${PEM_KEY}\n${b}`,
      (a, b) => `${a} http://u:${CANARY}@host/ ${b}`,
      (a, b) => `${a} GET /x?y=${CANARY} ${b}`,
      (a, b) =>
        `${a} ${Buffer.from(`token=${CANARY} and more words here`).toString('base64')} ${b}`,
    ];
    const plain = fc.stringMatching(/^[ -~\n]{0,60}$/).filter((s) => !/["'\\]/.test(s));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...plants), plain, plain, async (plant, before, after) => {
        const seen = [
          await text(plant(before, after)),
          JSON.stringify(await json({ a: [{ message: plant(before, after) }] })),
          JSON.stringify(await object('Pod', { status: { message: plant(before, after) } })),
        ].join('\n');
        for (const form of CANARY_FORMS) expect(seen).not.toContain(form);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the shape of a tree that holds no secret', async () => {
    // The name of a password, at the end or before a colon, and a flag for a user are what secrets look like.
    const named = /(?:pw|pwd|pass|pin|otp|sid|dsn|jwt|auth|creds?)[ _.\d-]*(?::|$)|-u /i;
    const plain = fc.stringMatching(/^[\w .:/|-]{0,30}$/).filter((s) => !named.test(s));
    const value = fc.object({
      key: plain,
      values: [plain, fc.double({ noNaN: true }), fc.constant(null)],
    });
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        expect(await json({ given })).toEqual(JSON.parse(JSON.stringify({ given })));
      }),
    );
  });

  it('guards the words of a failure, and keeps its kind', async () => {
    const ask = guard(() => Promise.resolve(failed('server-error', `said token=${CANARY}`)));
    expect(await ask(DUMP, never)).toEqual(failed('server-error', 'said token=[hidden #1]'));
  });

  it('drops an answer that it cannot read', async () => {
    const ask = guard(always(undefined));
    expect(await ask(LOGS, never)).toMatchObject({ ok: false, why: 'unreadable' });
  });
});
