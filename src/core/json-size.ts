// How deep and how large a text of JSON is, before anything parses it: a parsed tree takes twenty times its text when
// that is brackets, and what walks a tree ends with its stack.
import { limits } from './limits.ts';

export type JsonSize = {
  /** Containers open at once. */
  readonly depth: number;
  /** Values, at most: brackets that open, commas, and one. */
  readonly nodes: number;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * One pass over the characters. It says nothing of whether the text is JSON; brackets and commas in strings do not
 * count. It stops once either limit is passed, so the text is too large when either figure is over its limit.
 */
export function measureJson(
  text: string,
  most: JsonSize = { depth: limits.jsonDepth, nodes: limits.jsonNodes },
): JsonSize {
  let open = 0;
  let depth = 0;
  let nodes = text === '' ? 0 : 1;
  for (let at = 0; at < text.length && depth <= most.depth && nodes <= most.nodes; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (isOpening(code)) {
      nodes++;
      depth = Math.max(depth, ++open);
    } else if (isClosing(code)) open--;
    else if (code === COMMA) nodes++;
  }
  return { depth, nodes };
}

/** Which limit a text of JSON is over, as the end of a sentence; `undefined` when it may be parsed. */
export function sizeProblem({ depth, nodes }: JsonSize): string | undefined {
  if (depth > limits.jsonDepth) return `JSON nested more than ${limits.jsonDepth} deep`;
  if (nodes > limits.jsonNodes) return `JSON of more than ${limits.jsonNodes} values`;
  return undefined;
}

/** Just after the string that begins at `at`; `to`, or the end of the text, when nothing before that closes it. */
export function stringEnd(text: string, at: number, to = text.length): number {
  const last = Math.min(to, text.length);
  for (let i = at + 1; i < last; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i++;
  }
  return last;
}

/** `{` or `[`. */
export function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

/** `}` or `]`. */
export function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}
