// The rules for text: logs, metrics, what tools print, and every string inside a tree. Each rule keeps the
// name of what it hides. They run until nothing changes, which is what makes guarding twice the same.
import { isHarmless, isPasswordName, looksRandom, SECRET_WORDS } from './names.ts';
import { hideBlobs, hideJwt, hidePem } from './scan.ts';
import { isMask, MASK, type Tokens } from './tokens.ts';

export type Scrub = (text: string) => string;
type Hide = (value: string) => string;
type Rule = (text: string, hide: Hide) => string;

const QUOTED = String.raw`\\{1,3}"[^"\\\n]*(?:\\{1,3}")?|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?`;
const WORD = String.raw`(?:${MASK}|[^\s"',;&\\])+`;
const PAIR = new RegExp(
  String.raw`(${SECRET_WORDS})(\\{0,3}["'])?([ \t]{0,3}[:=,][ \t]{0,3})(${QUOTED}|${WORD})`,
  'gi',
);
const FLAG = new RegExp(
  String.raw`((?<![\w-])--[\w-]{0,40}?(?:${SECRET_WORDS})[ \t]+)(?!-)(${QUOTED}|${WORD})`,
  'gi',
);
const SCHEMES = 'bearer|basic|negotiate|ntlm|token|apikey';
// Schemes whose credentials are a list of parameters to the end of the line.
const LISTS = 'digest|hmac|aws4-hmac-sha256';
const HEADER = new RegExp(
  String.raw`((?<![\w-])(?:(?:proxy-)?authorization|(?:set-)?cookie)(\\{0,3}["'])?([ \t]{0,3}[:=,][ \t]{0,3}))` +
    String.raw`(${QUOTED}|(?:${LISTS})[ \t]+[^\n'\\]+|(?:${SCHEMES})[ \t]+${WORD}|(?:${MASK}|[^\s"',;\\])+(?:;[ \t]*[^\s"',;\\]*)*)`,
  'gi',
);
const SCHEME = /\b(bearer|basic)([ \t]+|%20)([\w.~+/=-]{8,})/gi;
const USERINFO = /(:\/\/)([^\s/?#"'<>\\]{1,512})@(?!sha256:)/g;
const QUERY = new RegExp(String.raw`([?&]\w[\w.~%[\]-]{0,63}=)((?:${MASK}|[^\s&"'<>\\#])+)`, 'g');
// What a query may say aloud: switches, the deadline the API server puts on a webhook call, and the parts
// of a config dump that istioctl asked for.
const PLAIN_QUERY =
  /^(?:true|false|json|text|prometheus|istioctl-[a-z]+|\d{1,3}|\d{1,6}(?:ms|s|m|h)|(?:dynamic|static)_[a-z_]+(?:,(?:dynamic|static)_[a-z_]+)*)$/;

/** Keys whose issuers gave them a shape (formats as published by each, and as secret scanners match them). */
const SHAPES =
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|AIza[\w-]{35}|\bya29\.[\w-]{20,400}|\bGOCSPX-[\w-]{20,60}|\bxox[abeoprs]-[\w-]{10,200}|\bxapp-[\w-]{10,200}|hooks\.slack\.com\/services\/[\w/]{10,100}|\bgh[pousr]_\w{36,255}|\bgithub_pat_\w{22,255}|\bglpat-[\w-]{20,100}|\bhv[sbr]\.[\w-]{24,400}|\b[sr]k_live_\w{16,200}|\bnpm_\w{36}\b/g;

const MASK_LAST = new RegExp(`${MASK}$`);

/** Cheap: a string without any of these holds nothing a rule could find. */
const SUSPECT =
  /passw|passphrase|secret|token|credential|key|connection|authorization|cookie|bearer|basic|PRIVATE KEY|eyJ|:\/\/|[?&]\w[\w.~%[\]-]{0,63}=|AKIA|ASIA|AIza|ya29|GOCSPX|xox|xapp|slack|gh[pousr]_|github_pat|glpat|hv[sbr]\.|_live_|npm_|\[hidden #|[A-Za-z0-9+/_-]{40}/i;

const RULES: readonly Rule[] = [
  hidePem,
  (text, hide) =>
    text.replace(USERINFO, (_, scheme: string, user: string) => `${scheme}${hide(user)}@`),
  (text, hide) =>
    text.replace(
      HEADER,
      (all, head: string, quote: string | undefined, separator: string, value: string) =>
        separator.includes(',') && !isHeaderPair(quote, value) ? all : head + inQuotes(value, hide),
    ),
  (text, hide) => text.replace(PAIR, pairRule(hide)),
  (text, hide) =>
    text.replace(FLAG, (_, flag: string, value: string) => flag + inQuotes(value, hide)),
  (text, hide) =>
    text.replace(SCHEME, (all, scheme: string, gap: string, value: string) =>
      isCredential(scheme, value) ? `${scheme}${gap}${hide(value)}` : all,
    ),
  (text, hide) =>
    text.replace(QUERY, (all, key: string, value: string) =>
      PLAIN_QUERY.test(value) || isMask(value) ? all : key + hide(value),
    ),
  hideJwt,
  (text, hide) => text.replace(SHAPES, hide),
];

/** Rounds until a text stays as it is. Two suffice for anything real; each shortens what is left to find. */
const ROUNDS = 6;
/** How deep base64 in base64 is looked into. */
const LAYERS = 2;

export function createScrub(tokens: Tokens): Scrub {
  const hide = (value: string) => tokens.hide(value);
  const clean = new Set<string>();
  return (text) => {
    if (!SUSPECT.test(text) || clean.has(text)) return text;
    tokens.reserve(text);
    const safe = settle(text, hide);
    // Dumps repeat themselves; strings that were found clean need not be read again.
    if (safe === text && text.length < 256) {
      if (clean.size > 20_000) clean.clear();
      clean.add(text);
    }
    return safe;
  };
}

function settle(text: string, hide: Hide): string {
  let current = text;
  for (let round = 0; round < ROUNDS; round++) {
    const next = once(current, hide, LAYERS);
    if (next === current) break;
    current = next;
  }
  return current;
}

function once(text: string, hide: Hide, layers: number): string {
  if (!SUSPECT.test(text)) return text;
  const safe = RULES.reduce((current, rule) => rule(current, hide), text);
  if (layers === 0) return safe;
  return hideBlobs(
    safe,
    hide,
    (decoded) => once(decoded, (value) => (isMask(value) ? value : ''), layers - 1) !== decoded,
  );
}

function pairRule(hide: Hide) {
  return (
    all: string,
    name: string,
    quote: string | undefined,
    separator: string,
    value: string,
    offset: number,
    text: string,
  ): string => {
    const { bare } = parts(value);
    if (isHarmless(name, bare)) return all;
    const quoted = quote !== undefined;
    // An object of JSON inside text: its own fields are looked at one by one.
    if (quoted && /^[{[]/.test(value) && !isMask(bare)) return all;
    if (separator.includes(',') && !isHeaderPair(quote, value)) return all;
    const sentence = separator.includes(':') && !quoted && !isPasswordName(name);
    if (sentence && !isYamlLine(text, offset, offset + all.length) && !looksRandom(bare))
      return all;
    return `${name}${quote ?? ''}${separator}${inQuotes(value, hide)}`;
  };
}

/** `  db-token: value` and nothing else on its line; in a sentence the word after `token:` is prose. */
function isYamlLine(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 120), from);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const whole = line.length < before.length || from <= 120;
  return (
    whole &&
    /^[ \t]*(?:- )?[\w.-]*$/.test(line) &&
    /^[ \t]*(?:#|\r?\n|$)/.test(text.slice(to, to + 40))
  );
}

/** `'x-auth-token', 'value'`, as Envoy logs headers. In double quotes it is a list of names in JSON. */
function isHeaderPair(quote: string | undefined, value: string): boolean {
  return quote === "'" && value.startsWith("'");
}

type Parts = { readonly open: string; readonly bare: string; readonly close: string };

/** What is inside the quotes, or the word without the brackets that close around it. */
function parts(value: string): Parts {
  const open = /^\\*["']/.exec(value)?.[0];
  if (open !== undefined) {
    const close = value.length > open.length && value.endsWith(open) ? open : '';
    return { open, bare: value.slice(open.length, value.length - close.length), close };
  }
  let end = value.length;
  while (end > 1 && ')]}'.includes(value.charAt(end - 1))) {
    if (MASK_LAST.test(value.slice(Math.max(0, end - 40), end))) break;
    end--;
  }
  return { open: '', bare: value.slice(0, end), close: value.slice(end) };
}

function inQuotes(value: string, hide: Hide): string {
  const { open, bare, close } = parts(value);
  return bare === '' ? value : open + hide(bare) + close;
}

function isCredential(scheme: string, value: string): boolean {
  if (/^realm=/i.test(value)) return false;
  if (scheme.toLowerCase() === 'bearer') return /[\d=+/]|\w\.\w|[a-z][A-Z]/.test(value);
  return Buffer.from(value, 'base64').toString('latin1').includes(':');
}
