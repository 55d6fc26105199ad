// Values in the list or map behind a name in a text: `"password": {"value": "x"}` and `"password": ["x", "y"]`.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { isHarmless } from './names.ts';
import { indexOutsideMasks, lineEnd, readValue } from './value.ts';

export const QUOTE = String.raw`\\{0,63}["'\`]`;
/** Fields of a list of names and values that hold the value; shared with the walk over trees. */
export const VALUES =
  'values?|(?:not|raw|string|default|literal)_?values?|(?:exact|prefix|suffix|regex|contains|string)(?:_?match)?|literal|plain(?:text)?|content|data|raw';

/** How much of a list or map behind a name is read: at least half as much. */
const BRACKETS = 8192;
const IN_BRACKETS = new RegExp(
  String.raw`(${QUOTE})?(?:${VALUES})(${QUOTE})?[ \t]{0,8}[:=][ \t]{0,8}`,
  'gi',
);

/**
 * What was last read and stays as it is. A text may open a bracket behind a name at every tenth character: each is
 * inside what was read for the one before.
 */
export type Brackets = { close: string; from: number; until: number };

/** One for each text. */
export function noBrackets(): Brackets {
  return { close: '', from: 0, until: 0 };
}

/** `"password": {"value": "x"}` and `"tokens": ["x", "y"]`. Other fields are looked at one by one. */
export function inBrackets(text: string, at: number, hide: Hide, read: Brackets): Edit | undefined {
  const close = text.charAt(at) === '{' ? '}' : ']';
  if (close === read.close && at >= read.from && at < read.until) return undefined;
  const length = indexOutsideMasks(text.slice(at, at + BRACKETS), close);
  // Cut off: to the end of its line.
  const found = length < 0 ? lineEnd(text, at, BRACKETS) : at + length;
  const inner = text.slice(at + 1, found);
  const safe = close === '}' ? safeFields(inner, hide) : safeItems(inner, hide);
  if (safe !== inner) return { from: at + 1, to: found, end: found, text: safe };
  Object.assign(read, { close, from: at, until: stays(inner, at + 1, close) });
  return undefined;
}

/** Up to where a bracket that opens later holds nothing that was not looked at. */
function stays(inner: string, from: number, close: string): number {
  const most = inner.length < BRACKETS - 1 ? inner.length : BRACKETS / 2;
  if (close === '}') return from + most;
  // A list with lists in it stays as it is; the last of them has none.
  const lists = inner.slice(0, most).replaceAll('[hidden', '(hidden');
  return from + Math.max(lists.lastIndexOf('['), lists.lastIndexOf('{'));
}

function safeFields(inner: string, hide: Hide): string {
  return edited(inner, IN_BRACKETS, (field) => {
    const at = field.index + field[0].length;
    const value = readValue(inner, at, field.index);
    return isHarmless('', inner.slice(value.from, value.to))
      ? undefined
      : hidden(inner, value, hide);
  });
}

function safeItems(inner: string, hide: Hide): string {
  return /[{[]/.test(inner.replaceAll('[hidden', '')) ? inner : hideItems(inner, hide);
}

const ITEM = /\\{0,63}["']/g;
/** Each value in quotes of a list. */
export function hideItems(inner: string, hide: Hide): string {
  return edited(inner, ITEM, (item) => {
    const value = readValue(inner, item.index, 0);
    return isHarmless('', inner.slice(value.from, value.to))
      ? { from: value.from, to: value.from, text: '', end: value.end }
      : hidden(inner, value, hide);
  });
}
