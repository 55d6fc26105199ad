// Redaction of one answer of each kind of question. Which rules apply follows from what was asked; the
// rules themselves are in text.ts, tree.ts and objects.ts.
import type { Json, KubeObject } from '../core/object.ts';
import type {
  HttpAnswer,
  Listed,
  ProcessAnswer,
  Question,
  ServerAnswer,
} from '../core/question.ts';
import { mapJson } from './json.ts';
import { createScrub } from './text.ts';
import { createTokens } from './tokens.ts';
import { guardTree } from './tree.ts';

export type Redact = {
  readonly text: (text: string) => string;
  readonly answer: (question: Question, value: unknown) => unknown;
};

/** JSON in a string in JSON in a string: annotations, PROXY_CONFIG, `controlPlane.identifier`. */
const NESTED = 40;
const ROUNDS = 4;

export function createRedact(): Redact {
  const tokens = createTokens();
  const scrub = createScrub(tokens);
  const hide = (value: string) => tokens.hide(value);

  const tree = (value: Json, depth = 0): Json => guardTree(value, depth, { hide, text: inner });
  function inner(text: string, depth: number): string {
    const last = text.at(-1);
    const nested =
      depth < NESTED && ((text[0] === '{' && last === '}') || (text[0] === '[' && last === ']'));
    const safe = nested
      ? mapJson(text, (value) => tree(value, depth + NESTED / 4), scrub)
      : undefined;
    return safe ?? scrub(text);
  }
  /** A body, a stream, a line: JSON when it is JSON. Again until it stays, as hiding can complete a document. */
  function body(text: string): string {
    let current = text;
    for (let round = 0; round < ROUNDS; round++) {
      const next = mapJson(current, tree, scrub) ?? scrub(current);
      if (next === current) break;
      current = next;
    }
    return current;
  }

  const object = (value: KubeObject, kind: string): KubeObject =>
    tree({
      ...(value as unknown as { [key: string]: Json }),
      kind: value.kind ?? kind,
    }) as unknown as KubeObject;

  function answer(question: Question, value: unknown): unknown {
    switch (question.ask) {
      case 'get':
        return object(value as KubeObject, question.ref.resource.kind);
      case 'list': {
        const listed = value as Listed;
        return {
          ...listed,
          items: listed.items.map((item) => object(item, question.resource.kind)),
        };
      }
      case 'logs':
        return lines(value as readonly string[], body, scrub);
      case 'http': {
        const reply = value as HttpAnswer;
        return reply.is === 'answered' ? { ...reply, body: body(reply.body) } : reply;
      }
      case 'exec':
      case 'tool': {
        const { exitCode, stdout, stderr } = value as ProcessAnswer;
        return { exitCode, stdout: body(stdout), stderr: body(stderr) };
      }
      case 'server':
        return { gitVersion: scrub((value as ServerAnswer).gitVersion) };
    }
  }
  return { text: scrub, answer };
}

/** Lines that are JSON one by one; the others together, as a key in PEM spans lines. */
function lines(
  all: readonly string[],
  body: (text: string) => string,
  scrub: (text: string) => string,
): readonly string[] {
  const safe = all.map((line) => (line.startsWith('{') ? body(line) : line));
  return scrub(safe.join('\n')).split('\n');
}
