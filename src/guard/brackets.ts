// Values in the list or map behind a name in a text: `"password": {"value": "x"}` and `"password": ["x", "y"]`.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { isHarmless } from './names.ts';
import { indexOutsideMasks, lineEnd, readValue } from './value.ts';

export const QUOTE = String.raw`\\{0,63}["'\`]`;
/** Fields of a list of names and values that hold the value; shared with the walk over trees. */
export const VALUES =
  'values?|(?:not|raw|string|default|literal)_?values?|(?:exact|prefix|suffix|regex|contains|string)(?:_?match)?|literal|plain(?:text)?|content|data|raw';

/** How much of a list or map behind a name is read. */
const BRACKETS = 4096;
const IN_BRACKETS = new RegExp(
  String.raw`(${QUOTE})?(?:${VALUES})(${QUOTE})?[ \t]{0,8}[:=][ \t]{0,8}`,
  'gi',
);

/** `"password": {"value": "x"}` and `"tokens": ["x", "y"]`. Other fields are looked at one by one. */
export function inBrackets(text: string, at: number, hide: Hide): Edit | undefined {
  const close = text.charAt(at) === '{' ? '}' : ']';
  const length = indexOutsideMasks(text.slice(at, at + BRACKETS), close);
  // Cut off: to the end of its line.
  const found = length < 0 ? lineEnd(text, at, BRACKETS) : at + length;
  const inner = text.slice(at + 1, found);
  const safe = close === '}' ? safeFields(inner, hide) : safeItems(inner, hide);
  return safe === inner ? undefined : { from: at + 1, to: found, end: found, text: safe };
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

const ITEM = /\\{0,63}["']/g;
function safeItems(inner: string, hide: Hide): string {
  if (/[{[]/.test(inner.replaceAll('[hidden', ''))) return inner;
  return edited(inner, ITEM, (item) => {
    const value = readValue(inner, item.index, 0);
    return isHarmless('', inner.slice(value.from, value.to))
      ? { from: value.from, to: value.from, text: '', end: value.end }
      : hidden(inner, value, hide);
  });
}
