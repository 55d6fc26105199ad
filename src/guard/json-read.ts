// Reads one document of JSON out of a text, in steps and in one pass: the brackets are followed, and what lies between
// them is parsed in groups of members, so that no call of JSON.parse is a long one.
import { isClosing, isOpening, sizeProblem, stringEnd } from '../core/json-size.ts';
import { limits } from '../core/limits.ts';
import type { Json } from '../core/object.ts';
import type { Steps } from './steps.ts';
import { TooLarge } from './too-large.ts';

/** Characters that are parsed at once, unless one string is longer. */
const GROUP = 64 * 1024;
/** Characters that are passed over at once. */
const STRIDE = 1024 * 1024;

const COMMA = 0x2c;
const QUOTE = 0x22;
const LIST = 0x5b;
const LIST_END = 0x5d;

export type Document = { readonly value: Json; readonly end: number };
/** Counted over all documents of a text. */
export type Budget = { nodes: number };

/**
 * The document that begins at `start`, which is a bracket; `undefined` when there is none. `longer`: more than is parsed
 * at once. Throws `TooLarge`.
 */
export function readSmall(
  text: string,
  start: number,
  budget: Budget,
): Document | undefined | 'longer' {
  const to = Math.min(text.length, start + GROUP);
  let depth = 0;
  const before = budget.nodes;
  for (let at = start; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at, to) - 1;
    else if (code === COMMA) spend(budget, depth);
    else if (isOpening(code)) spend(budget, ++depth);
    else if (isClosing(code) && --depth === 0) {
      const value = parse(text.slice(start, at + 1));
      return value === undefined ? undefined : { value, end: at + 1 };
    }
  }
  if (to === text.length) return undefined;
  budget.nodes = before;
  return 'longer';
}

/** A container whose end has not come. */
type Open = {
  readonly from: number;
  readonly isList: boolean;
  /** Where the member begins that is being read. */
  member: number;
  /** What lies before this is in `value`. */
  parsed: number;
  /** The member that is being read is in `value`: nothing but blanks may follow before the next comma. */
  taken: boolean;
  /** Its members as far as they were parsed; of a small container none are, it is parsed with what is around it. */
  value: Json[] | Record<string, Json> | undefined;
  members: number;
};

/** The same of any length. */
export function* readLarge(
  text: string,
  start: number,
  budget: Budget,
): Steps<Document | undefined> {
  const top = opened(start, text.charCodeAt(start) === LIST);
  const reading: Reading = { text, budget, at: start + 1, top, outer: [] };
  spend(budget, 1);
  for (;;) {
    const read = advance(reading);
    if (read !== 'more') return read;
    yield;
  }
}

type Reading = {
  readonly text: string;
  readonly budget: Budget;
  at: number;
  top: Open;
  readonly outer: Open[];
};

/** Reads on until a group was parsed, or a good deal was passed over. */
function advance(reading: Reading): Document | undefined | 'more' {
  const { text, budget, outer } = reading;
  const to = Math.min(text.length, reading.at + STRIDE);
  let { at } = reading;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at, at + limits.jsonString);
      if (end - at === limits.jsonString) return undefined;
      at = end - 1;
    } else if (code === COMMA) {
      spend(budget, outer.length + 1);
      const done = passComma(text, reading.top, at);
      if (done === 'more') continue;
      reading.at = at + 1;
      return done === 'parsed' ? 'more' : undefined;
    } else if (isOpening(code)) {
      outer.push(reading.top);
      reading.top = opened(at, code === LIST);
      spend(budget, outer.length + 1);
    } else if (isClosing(code)) {
      const inner = reading.top;
      if (inner.isList !== (code === LIST_END)) return undefined;
      const around = outer.pop();
      if (around !== undefined) {
        reading.top = around;
        if (isSmall(inner, at)) continue;
      }
      reading.at = at + 1;
      const value = closed(text, inner, at);
      if (value === undefined) return undefined;
      const document = { value, end: at + 1 };
      if (around === undefined) return document;
      return take(text, around, document, inner.from) ? 'more' : undefined;
    }
  }
  reading.at = at;
  return at < text.length ? 'more' : undefined;
}

function opened(at: number, isList: boolean): Open {
  const next = at + 1;
  return {
    from: at,
    isList,
    member: next,
    parsed: next,
    taken: false,
    value: undefined,
    members: 1,
  };
}

function spend(budget: Budget, depth: number): void {
  budget.nodes++;
  if (budget.nodes <= limits.jsonNodes && depth <= limits.jsonDepth) return;
  throw new TooLarge(sizeProblem({ depth, nodes: budget.nodes }));
}

function isSmall(top: Open, end: number): boolean {
  return top.value === undefined && end - top.from < GROUP;
}

function passComma(text: string, top: Open, at: number): 'more' | 'parsed' | 'broken' {
  if (++top.members > limits.jsonMembers && !top.isList)
    throw new TooLarge(`an object of JSON with more than ${limits.jsonMembers} members`);
  if (top.taken) {
    if (!isBlank(text, top.parsed, at)) return 'broken';
    top.taken = false;
  } else if (at - top.parsed >= GROUP) {
    if (!parseMembers(text, top, at)) return 'broken';
  } else {
    top.member = at + 1;
    return 'more';
  }
  top.parsed = at + 1;
  top.member = at + 1;
  return 'parsed';
}

/** The value of a container that ends with the bracket at `at`. */
function closed(text: string, top: Open, at: number): Json | undefined {
  if (isSmall(top, at)) return parse(text.slice(top.from, at + 1));
  if (top.taken) return isBlank(text, top.parsed, at) ? top.value : undefined;
  const empty = top.member === top.from + 1 && isBlank(text, top.member, at);
  if (empty) return top.isList ? [] : {};
  return parseMembers(text, top, at) ? top.value : undefined;
}

/** Puts a container that was read on its own into the one around it. */
function take(text: string, outer: Open, { value, end }: Document, from: number): boolean {
  if (outer.taken) return false;
  if (outer.member > outer.parsed && !parseMembers(text, outer, outer.member - 1)) return false;
  const before = text.slice(outer.member, from);
  if (outer.isList) {
    if (before.trim() !== '') return false;
    (contents(outer) as Json[]).push(value);
  } else {
    const colon = before.lastIndexOf(':');
    const key = before.slice(colon + 1).trim() === '' ? parse(before.slice(0, colon)) : undefined;
    if (typeof key !== 'string') return false;
    put(contents(outer) as Record<string, Json>, key, value);
  }
  outer.taken = true;
  outer.parsed = end;
  return true;
}

/** The members from where nothing is parsed yet up to `end`; there is at least one, or it is not JSON. */
function parseMembers(text: string, open: Open, end: number): boolean {
  const some = text.slice(open.parsed, end);
  const group = parse(open.isList ? `[${some}]` : `{${some}}`);
  if (group === undefined) return false;
  if (Array.isArray(group)) {
    const into = contents(open) as Json[];
    for (const value of group as readonly Json[]) into.push(value);
    return group.length > 0;
  }
  const into = contents(open) as Record<string, Json>;
  const members = Object.entries(group as { readonly [key: string]: Json });
  for (const [key, value] of members) put(into, key, value);
  return members.length > 0;
}

function contents(open: Open): Json[] | Record<string, Json> {
  open.value ??= open.isList ? [] : {};
  return open.value;
}

/** As JSON.parse does: a key named __proto__ is a key. */
function put(into: Record<string, Json>, key: string, value: Json): void {
  if (key !== '__proto__') into[key] = value;
  else
    Object.defineProperty(into, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function isBlank(text: string, from: number, to: number): boolean {
  return /^[ \t\r\n]*$/.test(text.slice(from, to));
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
