// Where a value that follows its name in a text ends: in quotes of any depth of escaping, as a word, as a block of
// YAML. Characters are looked at once; nothing here searches.
import { MASK } from './tokens.ts';

export type Value = {
  /** What is to be hidden: inside the quotes, or the word without the brackets that close around it. */
  readonly from: number;
  readonly to: number;
  /** Behind its closing quote. */
  readonly end: number;
  /** The opening quote, with the backslashes before it. */
  readonly quote: string | undefined;
};
/** How far a value is followed that may yet turn out to be none. */
export const DOUBTFUL = 512;
/** How far back a quote is looked for that is still open. */
const BEHIND = 512;

const OPEN = /\\{0,63}["'`]/y;
const MASK_HERE = new RegExp(MASK, 'y');
const AFTER = /[\s,;:)\]}|\\]|$/y;
const NEXT_FIELD = /[,;&] ?(?:[\w.$-]{1,128}\\{0,63}["']?[ \t]?[:=]|["'\s\\]|$)/y;

/** The value at `at`. `start` is where its name begins: a quote open before it ends a word. */
export function readValue(text: string, at: number, start: number, most = Infinity): Value {
  OPEN.lastIndex = at;
  const quote = OPEN.exec(text)?.[0];
  if (quote === undefined) return readWord(text, at, at, start, most);
  const from = at + quote.length;
  const close = closing(text, from, quote, most) ?? multiline(text, from, quote, most);
  if (close === undefined) {
    const end = lineEnd(text, from, most);
    return { from, to: end, end, quote };
  }
  if (!continues(text, close.end)) return { from, ...close, quote };
  return { ...readWord(text, from, close.end, start, most), from: at };
}

/** Another quote, a letter or a digit directly behind a closing quote: a shell joins them, `'ab'\''c'`. */
function continues(text: string, at: number): boolean {
  return (
    /[\w"'$]/.test(text.charAt(at)) || (text.charAt(at) === '\\' && text.charAt(at + 1) === "'")
  );
}

type Close = { readonly to: number; readonly end: number };

/**
 * Where a value in quotes ends on its line. A quote inside has more backslashes before it than the one that opened:
 * at each depth of JSON in JSON one more escape for every backslash and for the quote.
 */
function closing(text: string, from: number, quote: string, most: number): Close | undefined {
  const mark = quote.charAt(quote.length - 1);
  const depth = quote.length - 1;
  const stop = Math.min(text.length, from + most);
  let slashes = 0;
  for (let i = from; i < stop; i++) {
    const char = text.charAt(i);
    if (char === '\n') return undefined;
    if (char === mark && closes(slashes, depth)) {
      const doubled = mark === "'" && depth === 0 && text.charAt(i + 1) === "'"; // YAML and SQL: a quote
      if (!doubled) return { to: i - Math.min(slashes, depth), end: i + 1 };
      i++;
    }
    slashes = char === '\\' ? slashes + 1 : 0;
  }
  return undefined;
}

function closes(slashes: number, depth: number): boolean {
  return slashes <= depth || (slashes - depth) % (2 * (depth + 1)) === 0;
}

/** Lines that a quoted scalar of YAML may go on for. */
const LINES = 32;

/** A quoted scalar of YAML over some lines: each is indented, and its mark is the last of one. */
function multiline(text: string, from: number, quote: string, most: number): Close | undefined {
  if (quote.length > 1 || most !== Infinity) return undefined;
  let at = lineEnd(text, from);
  for (let lines = 0; lines < LINES && at < text.length; lines++) {
    const end = lineEnd(text, at + 1, 4096);
    const line = text.slice(at + 1, end).trimEnd();
    if (!/^[ \t]|^$/.test(line)) return undefined;
    if (line.endsWith(quote)) return { to: at + line.length, end: at + 1 + line.length };
    if (FIELD.test(line)) return undefined;
    at = end;
  }
  return undefined;
}
const FIELD = /^[ \t]*(?:- )?["']?[\w.-]{1,128}["']?:(?:[ \t]|$)/;

function readWord(text: string, from: number, at: number, start: number, most: number): Value {
  const stop = Math.min(text.length, from + most);
  let i = at;
  while (i < stop) {
    const next = pieceEnd(text, i, start);
    if (next === i) break;
    i = next;
  }
  const to = withoutClosers(text, from, i);
  return { from, to, end: to, quote: undefined };
}

/** Behind the next character of a word, or a mask in it; `at` itself when the word ends there. */
function pieceEnd(text: string, at: number, start: number): number {
  const char = text.charAt(at);
  if (/\s/.test(char)) return at;
  if (char === '[') return at + (maskAt(text, at) || 1);
  if (char === '<') return text.charAt(at + 1) === '/' ? at : at + 1;
  if (char === ',' || char === ';' || char === '&') {
    NEXT_FIELD.lastIndex = at;
    return NEXT_FIELD.test(text) ? at : at + 1;
  }
  if (!'\\"\'`'.includes(char)) return at + 1;
  OPEN.lastIndex = at;
  const quote = OPEN.exec(text)?.[0];
  if (quote === undefined) return escapedEnd(text, at);
  AFTER.lastIndex = at + quote.length;
  return AFTER.test(text) && isOpen(text, start, quote) ? at : at + quote.length;
}

/** Backslashes that escape a line break or an `&` end a word, at every depth of escaping. */
function escapedEnd(text: string, at: number): number {
  SLASHES.lastIndex = at;
  const run = SLASHES.exec(text)?.[0].length ?? 1;
  return /[nrtu]/.test(text.charAt(at + run)) ? at : at + run;
}
const SLASHES = /\\+/y;

function maskAt(text: string, at: number): number {
  MASK_HERE.lastIndex = at;
  return MASK_HERE.exec(text)?.[0].length ?? 0;
}

/** An odd number of this quote stands before the name, on its line. */
function isOpen(text: string, start: number, quote: string): boolean {
  const before = text.slice(Math.max(0, start - BEHIND), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return line.split(quote).length % 2 === 0;
}

/** `token=abc)` and `{token=abc}`: brackets that nothing in the word opened belong to what is around it. */
function withoutClosers(text: string, from: number, end: number): number {
  let to = end;
  while (to > from + 1 && ')]}'.includes(text.charAt(to - 1))) {
    const tail = text.slice(Math.max(from, to - 40), to);
    if (MASK_LAST.test(tail)) break;
    to--;
  }
  return to;
}
const MASK_LAST = new RegExp(`${MASK}$`);

export function lineEnd(text: string, from: number, most = Infinity): number {
  if (most === Infinity) {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  }
  const near = text.slice(from, from + most);
  const end = near.indexOf('\n');
  return from + (end < 0 ? near.length : end);
}

/** A value to the end of its line, or to the quote or bracket that is open around it. */
export function readRest(text: string, at: number, start: number, most = Infinity): Value {
  OPEN.lastIndex = at;
  if (OPEN.test(text)) return readValue(text, at, start);
  const line = lineEnd(text, at, most);
  const around = quoteBefore(text, start);
  const quoted = around === undefined ? undefined : closing(text, at, around, line - at)?.to;
  const opens = text.charAt(at) === '[' && maskAt(text, at) === 0;
  const bracket = opens ? indexOutsideMasks(text.slice(at, line), ']') : -1;
  const from = bracket > 0 ? at + 1 : at;
  const to = bracket > 0 ? at + bracket : Math.min(line, quoted ?? line, brokenAt(text, at, line));
  return { from, to: trimmed(text, from, to), end: to, quote: undefined };
}

/** A line break that is escaped. */
function brokenAt(text: string, at: number, line: number): number {
  const found = text.slice(at, line).search(/\\[nr]/);
  if (found < 0) return line;
  let broken = at + found;
  while (broken > at && text.charAt(broken - 1) === '\\') broken--;
  return broken;
}

function trimmed(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /\s/.test(text.charAt(end - 1))) end--;
  return end;
}

/** The quote directly before a name, with its backslashes. */
export function quoteBefore(text: string, start: number): string | undefined {
  return /\\{0,63}["'`]$/.exec(text.slice(Math.max(0, start - 64), start))?.[0];
}

/** Where the name that ends at `end` begins: letters, digits and what joins them. */
export function nameStart(text: string, end: number): number {
  return runStart(text, end, /[\w.$[\]-]/, 256);
}

/** Where the word that ends at `end` begins: no space, no quote. */
export function wordStart(text: string, end: number): number {
  return runStart(text, end, /[^\s"'`]/, 512);
}

/** Looks at each character once, which a pattern that ends in `$` does not. */
function runStart(text: string, end: number, has: RegExp, most: number): number {
  let start = end;
  while (start > 0 && end - start < most && has.test(text.charAt(start - 1))) start--;
  return start;
}

/** Where `wanted` first stands that is no part of a stand-in; -1 when nowhere. */
export function indexOutsideMasks(text: string, wanted: string): number {
  for (let at = 0; at < text.length; at++) {
    const mask = text.charAt(at) === '[' ? maskAt(text, at) : 0;
    if (mask > 0) at += mask - 1;
    else if (text.charAt(at) === wanted) return at;
  }
  return -1;
}
