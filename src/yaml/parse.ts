// The one door to the YAML parser. What a text may hold is bounded before the library builds anything of it: it recurses
// into each level, compares each key with all others, and has no limit of documents.
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser, type Document } from 'yaml';
import { limits } from '../core/limits.ts';
import { quoted } from '../core/text.ts';

export type YamlDocument = {
  readonly is: 'document';
  /** Plain JSON: null, booleans, finite numbers, text, lists and maps. */
  readonly value: unknown;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly node: Document;
};
/** `says` is a clause about the text: `the key "a" is there twice`. */
export type YamlFault = { readonly is: 'fault'; readonly line: number; readonly says: string };

/**
 * YAML 1.2 core: timestamps stay text and `<<` is a key like any other, as in an API server's JSON. Keys are compared
 * here: the library does it in quadratic time.
 */
const options = {
  schema: 'core',
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
  // A key that is a collection becomes a string, and its keys in that again: the cube of their number.
  stringKeys: true,
} as const;

/** The only document of a text; of an empty text, null. */
export function parseYaml(text: string): YamlDocument | YamlFault {
  let only: YamlDocument | undefined;
  for (const one of yamlDocuments(text)) {
    if (one.is === 'fault') return one;
    if (only) return { is: 'fault', line: one.line, says: 'there is more than one document' };
    only = one;
  }
  return only ?? { is: 'document', value: null, line: 1, node: emptyDocument() };
}

/** One after another, so that a caller may stop or rest between them. Ends with the first fault. */
export function* yamlDocuments(text: string): Generator<YamlDocument | YamlFault> {
  const large = tooLarge(text);
  if (large) {
    yield large;
    return;
  }
  const lineAt = lineCounter(text);
  for (const one of composed(text)) {
    const at = 'offset' in one ? one.offset : (one.node.range?.[0] ?? 0);
    const line = lineAt(at);
    if ('offset' in one) {
      yield { is: 'fault', line, says: one.says };
      return;
    }
    const read = valueOf(one.node);
    if ('says' in read) {
      yield { is: 'fault', line: read.at === undefined ? line : lineAt(read.at), says: read.says };
      return;
    }
    yield { is: 'document', value: read.value, line, node: one.node };
  }
}

/** By the marks between documents alone, which stand at the beginning of a line: linear, and at once. */
function tooLarge(text: string): YamlFault | undefined {
  const most = limits.yaml;
  let documents = 0;
  let begins = 0;
  const ends = [...marks(text, most.documents + 1), text.length];
  for (const end of ends) {
    documents += 1;
    if (documents > most.documents) {
      return { is: 'fault', line: 1, says: `there are more than ${most.documents} documents` };
    }
    if (end - begins > most.document) {
      const says = `a document has more than ${most.document / 1024 / 1024} MiB`;
      return { is: 'fault', line: lineCounter(text)(begins), says };
    }
    begins = end;
  }
  return undefined;
}

function* marks(text: string, most: number): Generator<number> {
  const mark = /^(?:---|\.\.\.)(?=\s|$)/gm;
  for (let n = 0; n < most; n += 1) {
    const found = mark.exec(text);
    if (!found) return;
    yield found.index;
  }
}

type Composed = { readonly node: Document } | { readonly offset: number; readonly says: string };

/** What the library composes, token by token, so that it stops before what is too deep or too much. */
function* composed(text: string): Generator<Composed> {
  const parser = new Parser();
  const composer = new Composer(options);
  const { depth, tokens, aliases } = limits.yaml;
  let [seen, repeated] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    // The parser nests by a stack; only what composes its result recurses.
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') {
        yield { offset: token.offset, says: shortened(token.message) };
        return;
      }
      for (const node of composer.next(token)) yield { node };
      if (token.type === 'document') [seen, repeated] = [0, 0];
    }
    seen += 1;
    if (lexeme.startsWith('*')) repeated += 1;
    const says =
      parser.stack.length > depth
        ? `it is more than ${depth} levels deep`
        : seen > tokens
          ? `a document has more than ${tokens} parts`
          : repeated > aliases
            ? `a document repeats its parts more than ${aliases} times`
            : undefined;
    if (says !== undefined) {
      yield { offset, says };
      return;
    }
  }
  for (const token of parser.end()) for (const node of composer.next(token)) yield { node };
  for (const node of composer.end()) yield { node };
}

const notText = 'a key must be text';

type Value = { readonly value: unknown } | { readonly says: string; readonly at?: number };

function valueOf(node: Document): Value {
  const error = node.errors[0];
  if (error) {
    // The library's own words name its option.
    const says = error.code === 'NON_STRING_KEY' ? notText : shortened(error.message);
    return { says, at: error.pos[0] };
  }
  const twice = keyFault(node.contents);
  if (twice) return twice;
  try {
    const value: unknown = node.toJS({ maxAliasCount: limits.yaml.aliases });
    const says = oddIn(value, { parts: limits.yaml.tokens }, 0);
    return says === undefined ? { value } : { says };
  } catch (error) {
    // The library throws a ReferenceError for an alias that leads nowhere, or that grows too much.
    if (error instanceof ReferenceError)
      return { says: 'it repeats parts of itself that are not there, or too often' };
    throw error;
  }
}

/** The library quotes what it does not expect, however long that is. */
function shortened(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return line.length > 160 ? `${line.slice(0, 160)}...` : line;
}

/** A key that is no text, or is there twice. */
function keyFault(node: unknown): { readonly says: string; readonly at?: number } | undefined {
  if (isSeq(node)) return firstOf(node.items, keyFault);
  if (!isMap(node)) return undefined;
  const keys = new Set<string>();
  return firstOf(node.items, ({ key, value }) => {
    if (isAlias(key) || (key !== null && !isScalar(key))) return { says: notText };
    const name = String(isScalar(key) ? key.value : key);
    const at = isScalar(key) ? key.range?.[0] : undefined;
    if (keys.has(name)) {
      return {
        says: `the key ${quoted(name)} is there twice`,
        ...(at === undefined ? {} : { at }),
      };
    }
    keys.add(name);
    return keyFault(value);
  });
}

function firstOf<T, R>(items: readonly T[], found: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const one = found(item);
    if (one !== undefined) return one;
  }
  return undefined;
}

/** Whoever walks the value walks it with what is repeated written out; a part of itself makes it endless. */
function oddIn(value: unknown, left: { parts: number }, depth: number): string | undefined {
  left.parts -= 1;
  if (left.parts < 0) return 'written out it has too many parts';
  if (depth > limits.yaml.depth) return `it is more than ${limits.yaml.depth} levels deep`;
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number must be finite';
  if (typeof value !== 'object' || value === null) return undefined;
  return firstOf(Object.values(value), (one) => oddIn(one, left, depth + 1));
}

function emptyDocument(): Document {
  const [node] = [...new Composer(options).compose([], true, 0)];
  if (!node) throw new Error('the composer makes a document of nothing when it is told to');
  return node;
}

/** Offsets that only grow, each looked for from the one before. */
function lineCounter(text: string): (offset: number) => number {
  let [line, from] = [1, 0];
  return (offset) => {
    if (offset < from) [line, from] = [1, 0];
    for (let at = text.indexOf('\n', from); at >= 0 && at < offset; at = text.indexOf('\n', from)) {
      line += 1;
      from = at + 1;
    }
    return line;
  };
}
