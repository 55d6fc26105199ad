// JSON in text: one value, or several one after another as `istioctl proxy-status -o json` and JSON logs
// print them. It is read, walked as a tree and written again; untouched documents keep their very bytes.
import type { Json } from '../core/object.ts';

type Piece = { readonly text: string; readonly value?: Json };

/**
 * The text with its JSON documents walked; `undefined` when it is not JSON. What follows the last complete
 * document (an answer cut off, an error after the data) goes through `rest`.
 */
export function mapJson(
  text: string,
  walk: (value: Json) => Json,
  rest: (text: string) => string,
): string | undefined {
  const pieces = documents(text);
  if (pieces === undefined) return undefined;
  return pieces.map((piece) => mapPiece(piece, walk, rest)).join('');
}

function mapPiece(
  piece: Piece,
  walk: (value: Json) => Json,
  rest: (text: string) => string,
): string {
  if (piece.value === undefined) return rest(piece.text);
  const safe = walk(piece.value);
  if (safe === piece.value) return piece.text;
  const indent = /^[[{]\r?\n([ \t]+)/.exec(piece.text)?.[1];
  return JSON.stringify(safe, null, indent);
}

function documents(text: string): readonly Piece[] | undefined {
  const start = firstChar(text, 0);
  if (!'{['.includes(text.charAt(start)) || start === text.length) return undefined;
  const whole = parse(text.trim());
  if (whole !== undefined) {
    const core = text.trim();
    const end = start + core.length;
    return [
      { text: text.slice(0, start) },
      { text: core, value: whole },
      { text: text.slice(end) },
    ];
  }
  return split(text, start);
}

function split(text: string, first: number): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  for (let start = first; start < text.length; start = firstChar(text, at)) {
    const end = '{['.includes(text.charAt(start)) ? documentEnd(text, start) : undefined;
    const body = end === undefined ? undefined : text.slice(start, end);
    const value = body === undefined ? undefined : parse(body);
    if (end === undefined || body === undefined || value === undefined) break;
    pieces.push({ text: text.slice(at, start) }, { text: body, value });
    at = end;
  }
  if (at === 0) return undefined;
  pieces.push({ text: text.slice(at) });
  return pieces;
}

function documentEnd(text: string, start: number): number | undefined {
  const marks = /[[\]{}]|"(?:[^"\\]|\\.)*"/gs;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0].startsWith('"')) continue;
    depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return undefined;
}

function firstChar(text: string, from: number): number {
  const blank = /\s*/y;
  blank.lastIndex = from;
  return from + (blank.exec(text)?.[0].length ?? 0);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
