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
import { mapJson } from './json.ts';
import { createScrub } from './text.ts';
import { createTokens } from './tokens.ts';
import { guardTree } from './tree.ts';

export type Redact = {
  readonly text: (text: string) => string;
  /** Stand-ins of an earlier run, which are not given out again. */
  readonly reserve: (text: string) => void;
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
  const inner = (text: string, depth: number): string =>
    settled(text, (current) => {
      const ends = `${current.charAt(0)}${current.at(-1) ?? ''}`;
      if (depth >= NESTED || (ends !== '{}' && ends !== '[]')) return scrub(current);
      return mapJson(current, (value) => tree(value, depth + NESTED / 4), scrub) ?? scrub(current);
    });
  const body = (text: string): string =>
    settled(text, (current) => mapJson(current, tree, scrub) ?? scrub(current));
  const lines = (all: readonly string[]): readonly string[] =>
    settled(all.join('\n'), (current) => lineByLine(current, tree, scrub)).split('\n');

  const object = (value: KubeObject, kind: string): KubeObject =>
    tree({
      ...(value as unknown as { [key: string]: Json }),
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- items of a list come without
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
        return lines(value as readonly string[]);
      case 'http':
      case 'prometheus': {
        const reply = value as HttpAnswer;
        return reply.is === 'answered' ? { ...reply, body: body(reply.body) } : reply;
      }
      case 'exec':
      case 'tool': {
        const { exitCode, stdout, stderr } = value as ProcessAnswer;
        return { exitCode, stdout: body(stdout), stderr: body(stderr) };
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
        return tree(value as Json);
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

/** Again until it stays: hiding a key with its line breaks can turn what was not JSON into JSON. */
function settled(text: string, change: (text: string) => string): string {
  let current = text;
  for (let round = 0; round < ROUNDS; round++) {
    const next = change(current);
    if (next === current) break;
    current = next;
  }
  return current;
}

/** Lines that are JSON one by one; runs of others together, as a key in PEM spans lines. */
function lineByLine(
  text: string,
  tree: (value: Json) => Json,
  scrub: (text: string) => string,
): string {
  const safe: string[] = [];
  let run: string[] = [];
  const endRun = () => {
    if (run.length > 0) safe.push(scrub(run.join('\n')));
    run = [];
  };
  for (const line of text.split('\n')) {
    const json = line.startsWith('{') ? mapJson(line, tree, scrub) : undefined;
    if (json === undefined) run.push(line);
    else {
      endRun();
      safe.push(json);
    }
  }
  endRun();
  return safe.join('\n');
}
