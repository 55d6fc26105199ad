// A long text in pieces that can be searched one by one, because nothing that is hidden spans two of them. Where it
// is cut depends on what it says, never on the clock, so that the same text has the same stand-ins on every machine.
import { limits } from '../core/limits.ts';
import { stringEnd } from '../core/json-size.ts';
import { LONGEST_KEY } from './scan.ts';

/** Shorter text is one piece. */
const PIECE = 16 * 1024;
/** How far a good place to cut is looked for before a lesser one is taken. */
const NEAR = 64 * 1024;

export type Piece = {
  readonly text: string;
  /** What stands between this piece and the next: a line break, or nothing. */
  readonly after: string;
};

/** One that is longer than `limits.piece` could not be cut. */
export function* pieces(text: string): Generator<Piece, void> {
  let from = 0;
  for (;;) {
    const end = pieceEnd(text, from);
    const after = text[end] === '\n' ? '\n' : '';
    yield { text: text.slice(from, end), after };
    if (end === text.length) return;
    from = end + after.length;
  }
}

function pieceEnd(text: string, from: number): number {
  if (text.length - from <= PIECE) return text.length;
  const soft = from + PIECE;
  return (
    lineEnd(text, soft, from + NEAR, startsAtMargin) ??
    lineEnd(text, soft, from + NEAR, () => true) ??
    memberEnd(text, from, soft) ??
    lineEnd(text, from + NEAR, from + limits.piece, () => true) ??
    text.length
  );
}

/** The end of the first line from `from` up to `to` with which nothing ends or begins that spans lines: keys do, and base64. */
function lineEnd(
  text: string,
  from: number,
  to: number,
  isWanted: (text: string, next: number) => boolean,
): number | undefined {
  const window = text.slice(from, to);
  for (let at = window.indexOf('\n'); at >= 0;) {
    const end = from + at;
    const open = isWanted(text, end + 1) && isBetween(text, end) ? openKey(text, end) : end;
    if (open === undefined) return end;
    at = window.indexOf('\n', Math.max(at + 1, open - from));
  }
  return undefined;
}

function startsAtMargin(text: string, next: number): boolean {
  return next < text.length && !' \t\r\n'.includes(text.charAt(next));
}

/** Where the key that is open at `end` is over at the latest. */
function openKey(text: string, end: number): number | undefined {
  const from = Math.max(0, end - LONGEST_KEY);
  const before = text.slice(from, end);
  const begin = before.lastIndexOf('-----BEGIN');
  if (begin < 0 || before.includes('-----END', begin)) return undefined;
  return from + begin + LONGEST_KEY;
}

/** What a line of a key, or of base64, may be; a blank line too, as those are passed over. */
const KEY_LINE = /^(?:[\w+/=-]*|(?:Proc-Type|DEK-Info): .*)$/;
const KEY_MARK = /-----(?:BEGIN|END) [A-Z0-9 ]*PRIVATE KEY/;
/** So much of a line tells what it is. */
const GLANCE = 200;

function isBetween(text: string, end: number): boolean {
  const last = text.slice(Math.max(0, end - GLANCE), end);
  const next = text.slice(end + 1, end + 1 + GLANCE);
  return isApart(last.slice(last.lastIndexOf('\n') + 1)) && isApart(firstLine(next));
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

function isApart(line: string): boolean {
  return !KEY_LINE.test(line.trim()) && !KEY_MARK.test(line);
}

/**
 * In a long line of JSON (one that was cut off, or it would have been read as JSON), just after a comma between two
 * values: nothing spans that. `"a, b"` is a string, and `a="b", c="d"` the parameters of a header.
 */
function memberEnd(text: string, from: number, soft: number): number | undefined {
  const inside = from > 0 && text[from - 1] === ',';
  if (!inside && !'[{'.includes(text.charAt(from))) return undefined;
  const to = Math.min(text.length, from + limits.piece);
  let second: number | undefined;
  for (let at = from; at < to; at++) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at) - 1;
    else if (char === '\n') return second;
    else if (char === ',' && at >= soft) {
      if ('}]'.includes(text.charAt(at - 1))) return at + 1;
      if (text[at + 1] === '"') second ??= at + 1;
      if (second !== undefined && at > from + NEAR) return second;
    }
  }
  return second;
}
