// JSON in text: one value, or several one after another as `istioctl proxy-status -o json` and JSON logs
// print them. It is read, walked as a tree and written again; untouched documents keep their very bytes.
import { isOpening } from '../core/json-size.ts';
import type { Json } from '../core/object.ts';
import { readLarge, readSmall, type Budget } from './json-read.ts';
import { writeJson } from './json-write.ts';
import type { Steps } from './steps.ts';
import { createPace, LIGHT, weigh } from './weight.ts';

export type JsonHands = {
  readonly walk: (value: Json) => Json;
  /** The same, for what takes long. */
  readonly walkInSteps: (value: Json) => Steps<Json>;
  readonly rest: (text: string) => Steps<string>;
};

/**
 * The text with its JSON documents walked; `undefined` when it is not JSON. What follows the last complete
 * document (an answer cut off, an error after the data) goes through `rest`. Throws `TooLarge`.
 */
export function* mapJson(text: string, hands: JsonHands): Steps<string | undefined> {
  const budget: Budget = { nodes: 0 };
  const isEnough = createPace();
  const parts: string[] = [];
  let end = 0;
  let kept = 0;
  for (let start = firstChar(text, 0); isOpening(text.charCodeAt(start));) {
    let document = readSmall(text, start, budget);
    if (document === 'longer') document = yield* readLarge(text, start, budget);
    if (document === undefined) break;
    const { value } = document;
    const isLight = weigh(value) <= LIGHT;
    const safe = isLight ? hands.walk(value) : yield* hands.walkInSteps(value);
    end = document.end;
    if (safe !== value) {
      parts.push(text.slice(kept, start), yield* writeJson(safe, indentAt(text, start)));
      kept = end;
    }
    if (isEnough(weigh(value))) yield;
    start = firstChar(text, end);
  }
  if (end === 0) return undefined;
  const tail = text.slice(end);
  const safeTail = tail === '' ? tail : yield* hands.rest(tail);
  if (kept === 0 && safeTail === tail) return text;
  parts.push(text.slice(kept, end), safeTail);
  return parts.join('');
}

function indentAt(text: string, start: number): string {
  const indent = /[[{]\r?\n([ \t]+)/y;
  indent.lastIndex = start;
  return indent.exec(text)?.[1] ?? '';
}

function firstChar(text: string, from: number): number {
  const blank = /\s*/y;
  blank.lastIndex = from;
  return from + (blank.exec(text)?.[0].length ?? 0);
}
