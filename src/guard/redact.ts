// Redaction of one answer of each kind of question. Which rules apply follows from what was asked; the
// rules themselves are in text.ts, tree.ts and objects.ts.
import type { Json, KubeObject } from '../core/object.ts';
import type {
  HttpAnswer,
  Listed,
  PeerAnswer,
  ProcessAnswer,
  Question,
  ServerAnswer,
  TlsAnswer,
  WhoamiAnswer,
} from '../core/question.ts';
import { limits } from '../core/limits.ts';
import { mapJson, type JsonHands } from './json.ts';
import { keepNames } from './kept-names.ts';
import { pieces } from './pieces.ts';
import { atOnce, type Steps } from './steps.ts';
import { createScrub } from './text.ts';
import { createTokens, sized } from './tokens.ts';
import { TooLarge } from './too-large.ts';
import { guardTree, guardTreeInSteps, type TreeHands } from './tree.ts';
import { createPace, weigh } from './weight.ts';

export type Redact = {
  /** Of a sentence, at once. */
  readonly text: (text: string) => string;
  /** Stand-ins of an earlier run, which are not given out again. */
  readonly reserve: (text: string) => void;
  /** Throws `TooLarge`. Whatever it throws, nothing of the answer may be shown. */
  readonly answer: (question: Question, value: unknown) => Steps<unknown>;
};

/** JSON in a string in JSON in a string: annotations, PROXY_CONFIG, `controlPlane.identifier`. */
const NESTED = 40;
const ROUNDS = 4;
/** Characters in which stand-ins of an earlier run are looked for at once. */
const STRIDE = 1024 * 1024;
const LONGEST_MASK = 32;

export function createRedact(): Redact {
  const tokens = createTokens();
  const scrub = createScrub(tokens);

  const hands: TreeHands = { hide: (value) => tokens.hide(value), text: inner, longText };

  /** Every string in a tree that is not a long one. */
  function inner(text: string, depth: number): string {
    let current = text;
    for (let round = 0; round < ROUNDS; round++) {
      const next = isNested(current, depth)
        ? orSized(current, () => atOnce(nested(current, depth)))
        : scrub(current);
      if (next === current) break;
      current = next;
    }
    return current;
  }

  function* longText(text: string, depth: number): Steps<string> {
    if (text.length > limits.piece) return sized(text);
    return yield* settled(text, (current) =>
      isNested(current, depth) ? nested(current, depth) : textInSteps(current, sized),
    );
  }

  function* nested(text: string, depth: number): Steps<string> {
    const json = yield* mapJson(text, jsonHands(depth + NESTED / 4, sized));
    return json ?? (yield* textInSteps(text, sized));
  }

  /** Text piece by piece. */
  function* textInSteps(text: string, tooLong: (piece: string) => string): Steps<string> {
    if (text.length > STRIDE) yield* reserve(text);
    const safe: string[] = [];
    let same = true;
    for (const piece of pieces(text)) {
      const next = piece.text.length > limits.piece ? tooLong(piece.text) : scrub(piece.text);
      same &&= next === piece.text;
      safe.push(next, piece.after);
      yield;
    }
    return same ? text : safe.join('');
  }

  function* reserve(text: string): Steps<void> {
    for (let from = 0; from < text.length; from += STRIDE) {
      tokens.reserve(text.slice(Math.max(0, from - LONGEST_MASK), from + STRIDE));
      yield;
    }
  }

  function jsonHands(depth: number, tooLong: (piece: string) => string): JsonHands {
    return {
      walk: (value) => guardTree(value, depth, hands),
      walkInSteps: (value) => guardTreeInSteps(value, depth, hands),
      rest: (text) => textInSteps(text, tooLong),
    };
  }

  const ofBody = jsonHands(0, refuse);
  const body = (text: string): Steps<string> =>
    settled(text, function* (current) {
      return (yield* mapJson(current, ofBody)) ?? (yield* textInSteps(current, refuse));
    });

  const ofLine = jsonHands(0, sized);
  /** One line of a log; what is too large costs the line, not the log. */
  function* line(text: string): Steps<string | undefined> {
    if (text.length > limits.piece) return sized(text);
    try {
      return yield* mapJson(text, ofLine);
    } catch (error) {
      if (error instanceof TooLarge) return sized(text);
      throw error;
    }
  }
  function* lines(all: readonly string[]): Steps<readonly string[]> {
    const text = all.join('\n');
    const safe = yield* settled(text, (current) =>
      lineByLine(current, line, (block) => textInSteps(block, sized)),
    );
    return safe.split('\n');
  }

  function* object(value: KubeObject, kind: string): Steps<Json> {
    const whole: Json = {
      ...(value as unknown as { [key: string]: Json }),
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- items of a list come without
      kind: value.kind ?? kind,
    };
    return keepNames(whole, yield* guardTreeInSteps(whole, 0, hands));
  }

  function* answer(question: Question, value: unknown): Steps<unknown> {
    switch (question.ask) {
      case 'get':
        return yield* object(value as KubeObject, question.ref.resource.kind);
      case 'list': {
        const listed = value as Listed;
        const items: Json[] = [];
        for (const item of listed.items) {
          items.push(yield* object(item, question.resource.kind));
          yield;
        }
        return { ...listed, items };
      }
      case 'logs':
        return yield* lines(value as readonly string[]);
      case 'http':
      case 'prometheus': {
        const reply = value as HttpAnswer;
        return reply.is === 'answered' ? { ...reply, body: yield* body(reply.body) } : reply;
      }
      case 'exec':
      case 'tool': {
        const { exitCode, stdout, stderr } = value as ProcessAnswer;
        return { exitCode, stdout: yield* body(stdout), stderr: yield* body(stderr) };
      }
      case 'tls': {
        const reply = value as TlsAnswer;
        return reply.is === 'answered' ? { ...reply, chain: reply.chain.map(scrub) } : reply;
      }
      case 'server': {
        const { gitVersion, date } = value as ServerAnswer;
        return { gitVersion: scrub(gitVersion), ...(date === undefined ? {} : { date }) };
      }
      case 'whoami': {
        const { user, groups } = value as WhoamiAnswer;
        return { user: scrub(user), groups: groups.map(scrub) };
      }
      case 'peer':
        return { chain: (value as PeerAnswer).chain.map(scrub) };
      case 'rules':
      case 'can-i':
        return yield* guardTreeInSteps(value as Json, 0, hands);
    }
  }
  return {
    text: scrub,
    reserve: (text) => {
      tokens.reserve(text);
    },
    answer,
  };
}

function isNested(text: string, depth: number): boolean {
  const ends = `${text.charAt(0)}${text.at(-1) ?? ''}`;
  return depth < NESTED && (ends === '{}' || ends === '[]');
}

function refuse(text: string): never {
  throw new TooLarge(`${text.length} characters without a place to cut`);
}

/** What is too large to be walked is hidden whole, where it is a part of an answer. */
function orSized(text: string, work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof TooLarge) return sized(text);
    throw error;
  }
}

/** Again until it stays: hiding a key with its line breaks can turn what was not JSON into JSON. */
function* settled(text: string, change: (text: string) => Steps<string>): Steps<string> {
  let current = text;
  for (let round = 0; round < ROUNDS; round++) {
    const next = yield* change(current);
    if (next === current) break;
    current = next;
  }
  return current;
}

/** Lines that are JSON one by one; runs of others together, as a key in PEM spans lines. */
function* lineByLine(
  text: string,
  asJson: (line: string) => Steps<string | undefined>,
  asText: (lines: string) => Steps<string>,
): Steps<string> {
  const safe: string[] = [];
  const isEnough = createPace();
  let start = 0;
  for (let at = 0; at <= text.length;) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    const line = text.slice(at, end);
    const json = line.startsWith('{') ? yield* asJson(line) : undefined;
    if (json !== undefined) {
      if (start < at) safe.push(yield* asText(text.slice(start, at - 1)));
      safe.push(json);
      start = end + 1;
    }
    at = end + 1;
    if (isEnough(weigh(line))) yield;
  }
  if (start <= text.length) safe.push(yield* asText(text.slice(start)));
  return safe.join('\n');
}
