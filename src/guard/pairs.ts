// A name that says its value is a credential, and the value: `password=x`, `"token": "x"`, YAML, XML, and lists of
// `name: password, value: x`.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import {
  COUNT,
  isCredential,
  isHarmless,
  isPasswordName,
  isSecretName,
  isWholeHeader,
  looksRandom,
  SECRET_WORDS,
} from './names.ts';
import { isSaid } from './prose.ts';
import { isMask } from './tokens.ts';
import { DOUBTFUL, lineEnd, nameStart, readRest, readValue, type Value } from './value.ts';
import { inBrackets, noBrackets, QUOTE, VALUES, type Brackets } from './brackets.ts';
import { hideBlock, isAbove, isLineStart } from './yaml.ts';

const NAME_END = new RegExp(
  String.raw`(?:${SECRET_WORDS})${COUNT}(${QUOTE})?\]?[ \t]{0,8}(=>|:=|==?|::?|,)[ \t]{0,8}`,
  'gi',
);
export function hidePairs(text: string, hide: Hide): string {
  const read = noBrackets();
  return edited(text, NAME_END, (found) => pair(text, found, hide, read));
}

function pair(text: string, found: RegExpExecArray, hide: Hide, read: Brackets): Edit | undefined {
  const [all, quote, separator = ''] = found;
  const start = nameStart(text, found.index);
  const name = nameOf(text.slice(start, found.index + all.length), quote ?? separator);
  const at = found.index + all.length;
  if (!isSecretName(name) || isWholeHeader(name)) return undefined;
  if (separator === ',' && !isHeaderPair(text, start, quote, at)) return undefined;
  const doubtful = separator === ':' && quote === undefined && !saysItAloud(name);
  const line = isLineStart(text, start);
  if (separator === ':' && line && isAbove(text, at))
    return hideBlock(text, { start, at, password: isPasswordName(name) }, hide);
  if (quote !== undefined && /[{[]/.test(text.charAt(at)) && !isMaskAt(text, at))
    return inBrackets(text, at, hide, read);
  if (text.charAt(at) === '{' && separator === ':') return inBrackets(text, at, hide, read);
  const value = readValue(text, at, start, doubtful ? DOUBTFUL : Infinity);
  const whole =
    separator === ':' && line && isPasswordName(name) && value.quote === undefined
      ? toLineEnd(text, value)
      : value;
  const bare = text.slice(whole.from, whole.to);
  if (isHarmless(name, bare)) return undefined;
  const said = { name, start, at, separator, quoted: quote !== undefined, line };
  if (isSaid(text, said, whole)) return undefined;
  if (doubtful && !(line && endsLine(text, value.end)) && !isCode(bare)) return undefined;
  return hidden(text, whole, hide);
}

/** Nothing that a sentence has behind a colon: long and mixed, or digits alone. */
function isCode(value: string): boolean {
  return looksRandom(value) || /^\d{4,12}$/.test(value);
}

/** Without what stands behind it: the match ends with the separator. */
function nameOf(matched: string, behind: string): string {
  const name = matched.slice(0, matched.lastIndexOf(behind));
  return name
    .trimEnd()
    .replace(/^[[\]$.-]+/, '')
    .replace(/^([^[]*)\]$/, '$1');
}

/** Names that no sentence has before a colon: passwords, and headers. */
function saysItAloud(name: string): boolean {
  return isPasswordName(name) || /^x-|api[-_]?key$/i.test(name);
}

/** `'x-auth-token', 'value'`, as Envoy logs headers, and `add("x-auth-token", "value")`. Else it is a list of names. */
function isHeaderPair(text: string, start: number, quote: string | undefined, at: number): boolean {
  if (quote === undefined || !text.startsWith(quote, at)) return false;
  return quote === "'" || text.charAt(start - quote.length - 1) === '(';
}

function endsLine(text: string, at: number): boolean {
  return /^[ \t]*(?:#|\r?\n|$)/.test(text.slice(at, at + 40));
}

/** A scalar of YAML may have spaces in it; a comment ends it. */
function toLineEnd(text: string, value: Value): Value {
  const line = text.slice(value.from, lineEnd(text, value.from));
  const comment = line.search(/[ \t]#|\r$/);
  const to = value.from + (comment < 0 ? line : line.slice(0, comment)).trimEnd().length;
  return to > value.end ? { ...value, to, end: to } : value;
}

function isMaskAt(text: string, at: number): boolean {
  return /^\[hidden(?: #\d{1,6}|, \d{1,9} bytes)?\]/.test(text.slice(at, at + 40));
}

const ELEMENT = /<((?:[\w-]{1,64}:)?[\w.-]{1,128})(?:[ \t][^<>\n]{0,256})?>([^<]{1,4096})<\//g;

/** `<password>x</password>` */
export function hideElements(text: string, hide: Hide): string {
  return text.replace(ELEMENT, (all, name: string, value: string) =>
    isSecretName(name) && !isHarmless(name, value)
      ? all.replace(`>${value}<`, () => `>${hide(value)}<`)
      : all,
  );
}

const NAMED = new RegExp(
  String.raw`(?<![\w-])(?:${QUOTE})?(?:name|key|header(?:_?name)?)(?:${QUOTE})?[ \t]{0,8}[:=][ \t]{0,8}(?:${QUOTE})?([\w.[\]-]{2,256})(?:${QUOTE})?`,
  'gi',
);
/** Between two fields: a comma, a line, or both; one other field may stand there. */
const BETWEEN = String.raw`(?:[\s,;]|\\{1,63}[nrt])`;
const VALUE_AFTER = new RegExp(
  String.raw`${BETWEEN}{1,64}(?:(?:${QUOTE})?\w{1,32}(?:${QUOTE})?[ \t]?[:=][ \t]?(?:${QUOTE})?\w{1,32}(?:${QUOTE})?${BETWEEN}{1,64})?(?:- )?(?:${QUOTE})?(?:${VALUES})(?:${QUOTE})?[ \t]{0,8}[:=][ \t]{0,8}(?=[^\s])`,
  'iy',
);
const VALUE_BEFORE = new RegExp(
  String.raw`(?<![\w-])(?:${QUOTE})?(?:${VALUES})(?:${QUOTE})?[ \t]{0,8}[:=][ \t]{0,8}(?=[^\s])`,
  'gi',
);

/** `name: DB_PASSWORD` and `value: x` beside it, in either order. */
export function hideNamed(text: string, hide: Hide): string {
  return edited(text, NAMED, (found) => {
    const name = found[1] ?? '';
    if (!isCredential(name)) return undefined;
    return before(text, found.index, name, hide) ?? after(text, found, name, hide);
  });
}

function after(text: string, found: RegExpExecArray, name: string, hide: Hide): Edit | undefined {
  VALUE_AFTER.lastIndex = found.index + found[0].length;
  const next = VALUE_AFTER.exec(text);
  if (next === null) return undefined;
  const at = next.index + next[0].length;
  const value = isWholeHeader(name)
    ? readRest(text, at, next.index)
    : readValue(text, at, next.index);
  if (text.charAt(at) === '{' || isHarmless(name, text.slice(value.from, value.to)))
    return undefined;
  return hidden(text, value, hide);
}

function before(text: string, index: number, name: string, hide: Hide): Edit | undefined {
  const window = text.slice(Math.max(0, index - DOUBTFUL), index);
  const last = [...window.matchAll(VALUE_BEFORE)].at(-1);
  if (last === undefined) return undefined;
  const at = last.index + last[0].length;
  const value = readValue(window, at, last.index);
  const bare = window.slice(value.from, value.to);
  if (!/^[\s,;]{1,64}(?:- )?$/.test(window.slice(value.end).replace(/\\{1,63}[nrt]/g, ' ')))
    return undefined;
  if (isMask(bare) || isHarmless(name, bare)) return undefined;
  const shift = index - window.length;
  return { from: value.from + shift, to: value.to + shift, end: index + 1, text: hide(bare) };
}
