// No input makes the guard slow: ten times the input takes at most fifteen times the work, whichever way it comes in.
import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/core/question.ts';
import { guard, guardAnd } from '../../src/guard/guard.ts';
import { attacks, growthOf } from '../helpers/growth.ts';
import { share } from '../helpers/share.ts';
import { always, DUMP, json, LOGS, never, POD, STATUS } from './samples.ts';

const LIST = {
  ask: 'list',
  resource: { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true },
} as const;
const EXEC = {
  ask: 'exec',
  pod: POD,
  container: 'istio-proxy',
  argv: ['pilot-agent', 'request', 'GET', 'stats'],
} as const;

const ask = (question: Question, value: unknown) => guard(always(value))(question, never);
const http = (body: string) => ask(DUMP, { is: 'answered', status: 200, body });
const pod = (rest: object) =>
  ask(LIST, { items: [{ metadata: { name: 'a' }, ...rest }], more: false });

/** Every way by which text of others comes in. */
const ways: Readonly<Record<string, (text: string) => Promise<unknown>>> = {
  'the body of an answer': http,
  'a body that begins as JSON': (text) => http(`{${text}`),
  'a body that is cut off in a string': (text) => http(`[{"a":"${text}`),
  'a line of a log': (text) => ask(LOGS, [text]),
  'a line of a log that begins as JSON': (text) => ask(LOGS, [`{"a":"${text}`]),
  'lines of a log': (text) => ask(LOGS, text.split('\n')),
  'what a tool prints': (text) => ask(STATUS, { exitCode: 1, stdout: text, stderr: text }),
  'what a command in a container prints': (text) =>
    ask(EXEC, { exitCode: 0, stdout: text, stderr: '' }),
  'a string of JSON': (text) => http(JSON.stringify({ a: text, b: [text] })),
  'a string of JSON in a string of JSON': (text) =>
    http(JSON.stringify({ a: JSON.stringify({ b: JSON.stringify([text]) }) })),
  'text between brackets in a string': (text) => http(JSON.stringify({ a: `{${text}}` })),
  'a key of JSON': (text) => http(JSON.stringify({ [text]: 1 })),
  'an object of a list': (text) =>
    pod({
      metadata: { name: 'a', annotations: { a: text } },
      spec: { env: [{ name: 'PILOT_A', value: text }], args: [text, '--a', text], command: [text] },
      status: { message: text },
    }),
  'a text of a ConfigMap': (text) =>
    ask(LIST, {
      items: [{ kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: `a:\n  b: ${text}` } }],
      more: false,
    }),
  'a key of an annotation': (text) =>
    pod({ metadata: { name: 'a', annotations: { [text]: text } } }),
  'a sentence of our own': (text) => Promise.resolve(guardAnd(always({})).hide(text)),
};

/** Characters; ten times that is more than is cut into pieces. */
const SIZE = 4_000;
/** Characters that are read in parts, and ten times that is still one string of JSON. */
const LARGE = 104_000;
/** Milliseconds. What grows with the square takes some 400 for 40,000 characters. */
const FLOOR = 100;
/** Milliseconds: of two hundred kinds of text, on a busy machine. What hangs, hangs longer. */
const LONG = 120_000;

describe('the work of the guard grows no faster than', () => {
  const all = Object.keys(ways);
  it.each(all)('%s', { timeout: LONG }, async (way) => {
    const wrong: string[] = [];
    for (const part of share(attacks, 16, all.indexOf(way))) {
      const text = (size: number) => `x${part.repeat(size / part.length)}`;
      const { small, large, isLinear } = await growthOf(
        (size) => ways[way]!(text(size)),
        SIZE,
        FLOOR,
      );
      if (!isLinear) wrong.push(`${JSON.stringify(part)}: ${small} ms, then ${large} ms`);
    }
    expect(wrong).toEqual([]);
  });

  const many = (part: string, size: number) => part.repeat(size / part.length);
  /** Of shapes that cost what the number of documents, of levels or of rounds is. */
  const shapes: Readonly<Record<string, (size: number) => string>> = {
    'documents, the last one broken': (size) => `${many('{"a":[1,2,3,4,5,6,7,8,9]}', size)}{"a`,
    'documents, each followed by a word': (size) => many('{"a":1} word\n', size),
    'documents that hold a secret': (size) => many('{"token":"abcdefgh"}\n', size),
    'strings without end': (size) => `{${many('"\\"', size)}`,
    'escaped quotes': (size) => `{${many('\\"', size)}`,
    'members of one object': (size) =>
      `{${Array.from({ length: size / 20 }, (_, i) => `"key${1e6 + i}":"value"`).join(',')}}`,
    'a list of little': (size) => `[${many('0,', size)}0]`,
    'a list of lists': (size) => `[${many('[[],[[]]],', size)}0]`,
    'nesting, over and over': (size) => `[${many(`${'['.repeat(20)}${']'.repeat(20)},`, size)}0]`,
    'strings of JSON of strings of JSON': (size) =>
      JSON.stringify(
        Array.from({ length: size / 60 }, () =>
          JSON.stringify({ a: JSON.stringify({ b: '{"token":"abcdefgh"}' }) }),
        ),
      ),
    'base64 of base64 of a secret': (size) => {
      const b64 = (text: string) => Buffer.from(text).toString('base64');
      return many(`${b64(b64(b64('token=abcdefghijklmnop and more words')))} `, size);
    },
    'base64 in lines': (size) => many('dG9rZW49YWJjZGVmZ2hpamtsbW5vcA\n', size),
    'keys that begin': (size) => many('-----BEGIN RSA PRIVATE KEY-----\nAAAA\n', size),
    'keys that end': (size) => many('AAAA\n-----END PRIVATE KEY-----\n', size),
    'a log with secrets': (size) =>
      many('info token=abcdefgh Authorization: Bearer abcdefgh12\n', size),
    'lines that are indented': (size) => many('    token: abc def\n', size),
  };

  it.each(share(Object.keys(shapes), 6))('%s', { timeout: LONG }, async (shape) => {
    const wrong: string[] = [];
    for (const way of ['the body of an answer', 'lines of a log', 'a string of JSON']) {
      const work = (size: number) => ways[way]!(shapes[shape]!(size));
      const { small, large, isLinear } = await growthOf(work, LARGE, FLOOR);
      if (!isLinear) wrong.push(`${way}: ${small} ms, then ${large} ms`);
    }
    expect(wrong).toEqual([]);
  });

  it('a dump', async () => {
    const cluster = { name: 'outbound|80||web.shop.svc', sni: 'spiffe://x/ns/shop/sa/web' };
    const work = (size: number) =>
      json({ configs: Array.from({ length: size }, (_, id) => ({ ...cluster, id })) });
    expect(await growthOf(work, 5_000, FLOOR)).toMatchObject({ isLinear: true });
  });
});
