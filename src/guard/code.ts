// Credentials in pieces of programs and in values as programs print them: comparisons of a header in Lua and CEL, lists
// of Go, pairs of Python, messages of protobuf, keys of JOSE and cookies in JSON that stands in a line of a log.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { hideItems, QUOTE } from './brackets.ts';
import { isCredential, isHarmless, looksRandom } from './names.ts';
import { isMask } from './tokens.ts';
import { readValue } from './value.ts';

const OPERATOR = String.raw`(?:[~!=]==?|in\b|\.(?:contains|startsWith|endsWith|matches)\(|:(?:find|match|sub)\()`;
const COMPARED = new RegExp(
  String.raw`${QUOTE}([\w-]{2,128})${QUOTE}[ \t]{0,4}[)\]][ \t]{0,4}${OPERATOR}[ \t]{0,4}(?=[\["'\`\\])`,
  'g',
);
/** How much of a list is read. */
const LIST = 4096;

/** `headers():get("x-api-key") ~= "x"`, `request.headers['x-api-key'] in ['x', 'y']`. */
export function hideComparisons(text: string, hide: Hide): string {
  return edited(text, COMPARED, (found) => behind(text, found, hide));
}

const GO_LIST = new RegExp(
  String.raw`${QUOTE}([\w-]{2,128})${QUOTE}:[ \t]{0,4}\[\]string(?=\{)`,
  'g',
);
/** `"X-Api-Key":[]string{"x"}` */
export function hideGoLists(text: string, hide: Hide): string {
  return edited(text, GO_LIST, (found) => behind(text, found, hide));
}

/** What stands behind the name, in quotes or in a list of values in quotes. */
function behind(text: string, found: RegExpExecArray, hide: Hide): Edit | undefined {
  const [all, name = ''] = found;
  if (!isCredential(name)) return undefined;
  const at = found.index + all.length;
  const close = { '[': ']', '{': '}' }[text.charAt(at)];
  if (close !== undefined) return list(text, at, close, hide);
  const value = readValue(text, at, found.index);
  const bare = text.slice(value.from, value.to);
  return isMask(bare) || isHarmless(name, bare) ? undefined : hidden(text, value, hide);
}

function list(text: string, at: number, close: string, hide: Hide): Edit | undefined {
  const near = text.slice(at + 1, at + 1 + LIST);
  const stop = endOfList(near, close);
  const inner = near.slice(0, stop);
  const safe = hideItems(inner, hide);
  const to = at + 1 + stop;
  return safe === inner ? undefined : { from: at + 1, to, end: to, text: safe };
}

/** The bracket that closes a list stands behind a quote or at its beginning; one in a value does not end it. */
function endOfList(near: string, close: string): number {
  for (let end = near.indexOf(close); end >= 0; end = near.indexOf(close, end + 1))
    if (end === 0 || /["'\s]/.test(near.charAt(end - 1))) return end;
  const line = near.indexOf('\n');
  return line < 0 ? near.length : line;
}

const PAIR = new RegExp(
  String.raw`([([])[ \t]{0,4}b?${QUOTE}([\w-]{2,128})${QUOTE},[ \t]{0,4}b?(?=${QUOTE})`,
  'g',
);

/** `(b'x-api-key', b'x')`, and `["x-api-key","x"]` where the second is no name of a header. */
export function hideTuples(text: string, hide: Hide): string {
  return edited(text, PAIR, (found) => {
    const [all, bracket, name = ''] = found;
    if (!isCredential(name)) return undefined;
    const value = readValue(text, found.index + all.length, found.index);
    const bare = text.slice(value.from, value.to);
    if (isMask(bare) || isHarmless(name, bare) || (bracket === '[' && !looksRandom(bare)))
      return undefined;
    return hidden(text, value, hide);
  });
}

const MESSAGE =
  /\b(?:\w{0,32}_)?(?:private_key|password|secrets?|passwords|token_secret|hmac_secret|users|credential)[ \t]{0,4}:?\s{0,8}\{\s{0,64}inline_(?:string|bytes)[ \t]{0,4}:[ \t]{0,4}(?=["'\\])/g;

/** `private_key { inline_string: "x" }`, as protobuf's text format has it. */
export function hideMessages(text: string, hide: Hide): string {
  return edited(text, MESSAGE, (found) => {
    const value = readValue(text, found.index + found[0].length, found.index);
    return isMask(text.slice(value.from, value.to)) ? undefined : hidden(text, value, hide);
  });
}

const OBJECT = /\{[^{}]{1,8192}/g;
const KEY_TYPE = new RegExp(`${QUOTE}kty${QUOTE}`);
const KEY_MEMBER = new RegExp(
  String.raw`${QUOTE}(?:d|p|q|dp|dq|qi|k)${QUOTE}[ \t]{0,4}:[ \t]{0,4}(?=${QUOTE})`,
  'g',
);
const COOKIES = new RegExp(
  String.raw`${QUOTE}cookies${QUOTE}[ \t]{0,4}:[ \t]{0,4}\[[^\]]{1,8192}`,
  'gi',
);
const COOKIE_VALUE = new RegExp(
  String.raw`${QUOTE}value${QUOTE}[ \t]{0,4}:[ \t]{0,4}(?=${QUOTE})`,
  'gi',
);

/** Members of a JSON Web Key beside its `kty`, and values of a list of cookies, where JSON is a part of a text. */
export function hideMembers(text: string, hide: Hide): string {
  const safe = text.includes('kty')
    ? text.replace(OBJECT, (all) => (KEY_TYPE.test(all) ? values(all, KEY_MEMBER, hide) : all))
    : text;
  return /cookies/i.test(safe)
    ? safe.replace(COOKIES, (all) => values(all, COOKIE_VALUE, hide))
    : safe;
}

function values(text: string, finder: RegExp, hide: Hide): string {
  return edited(text, finder, (found) => {
    const value = readValue(text, found.index + found[0].length, found.index);
    const bare = text.slice(value.from, value.to);
    return isMask(bare) || isHarmless('', bare) ? undefined : hidden(text, value, hide);
  });
}

const HASHES = [
  String.raw`\$(?:2[abxy]?|argon2(?:id|i|d)|apr1|[1567y]|scrypt|pbkdf2[\w-]{0,16})\$[\w./$=,+-]{12,512}`,
  String.raw`\{(?:S?SHA\d{0,3}|S?MD5|CRYPT|PBKDF2[\w-]{0,16}|ARGON2)\}[\w+/=.$-]{8,512}`,
].join('|');
const HASHED = new RegExp(HASHES, 'g');

/** Passwords as crypt, bcrypt, Argon2 and LDAP keep them. */
export function hideHashes(text: string, hide: Hide): string {
  return text.replace(HASHED, (hash) => hide(hash));
}

/** What of these has no word of the list of names in it. */
export const CODE_SIGNS: readonly string[] = [
  String.raw`kty|inline_(?:string|bytes)|\$[\w-]{1,24}\$[\w./$=,+-]{12}|\{(?:S?SHA|S?MD5|CRYPT|PBKDF2|ARGON2)`,
];
