// Headers whose whole value is secret, `authorization` and `cookie`, and the schemes of the former alone.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { isHarmless, isWholeHeader, looksRandom } from './names.ts';
import { inBrackets, noBrackets, type Brackets } from './brackets.ts';
import { isMask, MASK } from './tokens.ts';
import { nameStart, quoteBefore, readRest, type Value } from './value.ts';
import { hideBlock, isAbove, isLineStart } from './yaml.ts';

const HEADER = new RegExp(
  String.raw`(?:authorization|cookie2?)(\\{0,63}["'\`])?\]?(=>|:=|[ \t]{0,8}[:=,])[ \t]{0,8}`,
  'gi',
);

export function hideHeaders(text: string, hide: Hide): string {
  const read = noBrackets();
  return edited(text, HEADER, (found) => header(text, found, hide, read));
}

function header(
  text: string,
  found: RegExpExecArray,
  hide: Hide,
  read: Brackets,
): Edit | undefined {
  const [all, quote, separator = ''] = found;
  const start = nameStart(text, found.index);
  const at = found.index + all.length;
  const name = /^\w+/.exec(text.slice(found.index, at))?.[0] ?? '';
  if (!isWholeHeader(text.slice(start, found.index) + name)) return undefined;
  if (separator.includes(',') && (quote === undefined || !text.startsWith(quote, at)))
    return undefined;
  // A list or a map of JSON inside text: its own items are looked at one by one.
  if (quote !== undefined && /^(?:\[(?!hidden)|\{)/.test(text.slice(at, at + 8)))
    return inBrackets(text, at, hide, read);
  if (separator === ':' && isLineStart(text, start) && isAbove(text, at))
    return hideBlock(text, { start, at, password: true }, hide);
  if (separator.startsWith(':') && quote === undefined && isVerdict(text, at, start))
    return undefined;
  const value = /^cookie/i.test(name)
    ? readRest(text, at, start)
    : authorization(text, at, start, quote);
  const bare = text.slice(value.from, value.to);
  return isHarmless(name, bare) ? undefined : hidden(text, value, hide);
}

/** `inbound authorization: denied`: a sentence about it, with nothing in it that could be a credential. */
function isVerdict(text: string, at: number, start: number): boolean {
  if (isLineOfItsOwn(text, start) || quoteBefore(text, start) !== undefined) return false;
  const said = VERDICT.exec(text.slice(at, at + 80));
  return said !== null && !looksRandom(said[1] ?? '');
}
const VERDICT =
  /^(?:denied|allowed|granted|rejected|failed|server message:)(?:[.,;:]?$|[.,;:]?\s+(\S*))/;

/** In quotes, in a bracket, or on a line of its own to the end; else the scheme and what belongs to it. */
function authorization(text: string, at: number, start: number, quote: string | undefined): Value {
  const bounded = /["'`[\\]/.test(text.charAt(at)) || quoteBefore(text, start) !== undefined;
  if (bounded || quote !== undefined || isLineOfItsOwn(text, start))
    return readRest(text, at, start);
  const rest = readRest(text, at, start, SENTENCE);
  const to = at + credentials(text.slice(at, rest.to));
  return { from: at, to, end: to, quote: undefined };
}

/** How much of a sentence may be credentials. */
const SENTENCE = 4096;

/** `> authorization: x`, as curl prints it, and the lines of a file or a request. */
function isLineOfItsOwn(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 40), start);
  return (
    /(?:^|\n|\\n)[ \t]{0,16}(?:[<>*-] ?)?$/.test(before) && (start <= 40 || /\n|\\n/.test(before))
  );
}

const WORD = String.raw`(?:${MASK}|"[^"\n]{0,4096}"|[^\s"'])+`;
const SCHEME = /^[A-Za-z][A-Za-z0-9_-]{0,40}$/;
const PLAIN = /^[a-z]{1,24}[.,:;]?$/;

/** The length of `Scheme credentials`, of a list of parameters to its end, or of one word. */
function credentials(text: string): number {
  const words = new RegExp(WORD, 'g');
  const first = words.exec(text);
  if (first === null) return 0;
  let end = words.lastIndex;
  if (isMask(first[0]) || !SCHEME.test(first[0])) return end;
  const second = words.exec(text);
  if (second === null || (PLAIN.test(first[0]) && PLAIN.test(second[0]) && !KNOWN.test(first[0])))
    return end;
  end = words.lastIndex;
  for (let next = words.exec(text); next !== null; next = words.exec(text)) {
    const goesOn =
      text.charAt(end - 1) === ',' || /^[\w-]{1,64}=/.test(next[0]) || looksRandom(next[0]);
    if (!goesOn) break;
    end = words.lastIndex;
  }
  return end;
}
const KNOWN =
  /^(?:bearer|basic|digest|negotiate|ntlm|token|apikey|hmac|ssws|hawk|key|splunk|genie\w*)$/i;

const BARE_SCHEME = /\b(bearer|basic|ssws)([ \t]+|%20)([\w.~+/=-]{8,})/gi;

/** `Bearer x` without its header. */
export function hideSchemes(text: string, hide: Hide): string {
  return text.replace(BARE_SCHEME, (all, scheme: string, gap: string, value: string) =>
    isCredentialOf(scheme, value) ? `${scheme}${gap}${hide(value)}` : all,
  );
}

function isCredentialOf(scheme: string, value: string): boolean {
  if (/^realm=/i.test(value)) return false;
  if (scheme.toLowerCase() !== 'basic') return /[\d=+/]|\w\.\w|[a-z][A-Z]/.test(value);
  return Buffer.from(value, 'base64').toString('latin1').includes(':');
}
