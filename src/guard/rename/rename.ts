// Names out, stand-ins in: the same name is the same `ns-1` everywhere in one run, whatever the text around it.
// Runs after the guard, on what is about to leave: a finished diagnosis, or a case about to be written.
import type { NameKind } from './learn.ts';
import { isPlainWord, isPublicHost, isVocabulary } from './vocabulary.ts';

export type Rename = (text: string) => string;

/** Certificates and other things in base64 hold names where no word search finds them. */
const encoded = /-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----\n?|[A-Za-z0-9+/]{64,}={0,2}/g;
/** A name, or what ends in `_`: words of Envoy and Prometheus, as an object called `jwt` is no part of `jwt_authn_access_denied`. */
const word =
  /(?<![A-Za-z0-9])(?:envoy\.filters\.(?:http|network)\.)?(?:jwt|ext|rbac|scrape|requested|request|response|route|upstream|downstream|cluster)_(?=[a-z])|[A-Za-z0-9]+(?:[-.@][A-Za-z0-9]+)*/g;
/** Stands for what cannot be renamed. */
export const leftOut = '[left out: it may hold names]';

export function renamer(names: ReadonlyMap<string, NameKind>, ip: Rename): Rename {
  const tokens = tokensFor(names);
  const longest = Math.max(1, ...[...names.keys()].map((name) => name.split(/[-.@]/).length));
  const known = new Map<string, string>();
  const one = (text: string, asName: boolean): string => {
    const key = `${asName ? '=' : ' '}${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const now = replaced(text, asName, tokens, longest);
    known.set(key, now);
    return now;
  };
  const bare = [...names.keys()].filter((name) => name.length > 3);
  const blob = (text: string): string => {
    if (!holds(text, bare)) return text;
    const plain = plainIn(text);
    return plain === undefined ? leftOut : Buffer.from(rename(plain)).toString('base64');
  };
  const rename = (text: string): string => {
    const safe = text.replace(encoded, blob);
    const whole = wholeWord(safe);
    const renamed = safe.replace(word, (found, at: number) =>
      found.endsWith('_') ? found : one(found, whole || standsAsName(safe, at, found.length)),
    );
    return ip(renamed);
  };
  return rename;
}

/** Words in base64, such as the address from which keys could not be fetched; `undefined` for a key or a certificate. */
function plainIn(encodedText: string): string | undefined {
  const text = Buffer.from(encodedText, 'base64').toString('latin1');
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function wholeWord(text: string): boolean {
  return /^[A-Za-z0-9]+(?:[-.@][A-Za-z0-9]+)*$/.test(text);
}

/** In `shop/config`, `-n config`, `"config"` and `config.shop` it is a name. */
function standsAsName(text: string, at: number, length: number): boolean {
  const [before, after] = [
    text.slice(Math.max(0, at - 12), at),
    text.slice(at + length, at + length + 2),
  ];
  if (/(?:^logs |\/|-n |--context |[a-z]=|namespace |\|)$/.test(before)) return true;
  if (before.endsWith('[')) return after.startsWith(']');
  if (/["'`]$/.test(before)) return /^["'`]/.test(after) && after !== '":';
  return /^\/[a-z]/.test(after);
}

/** The longest known names first, from the left; parts of a mesh's own names are none. */
function replaced(
  text: string,
  asName: boolean,
  tokens: ReadonlyMap<string, string>,
  longest: number,
): string {
  if (isPublicHost(text)) return text;
  const parts = text.split(/([-.@])/);
  // Joined to others by a dot it is a name: `config.shop.svc`.
  const dotted = text.includes('.');
  let out = '';
  for (let at = 0; at < parts.length;) {
    const end = longestAt(parts, at, longest, tokens);
    const ours = vocabularyAt(parts, at);
    if (ours > (end ?? at)) {
      out += parts.slice(at, ours).join('') + (parts[ours] ?? '');
      at = ours + 1;
      continue;
    }
    const name = parts.slice(at, end ?? at + 1).join('');
    const token = end === undefined ? undefined : tokens.get(name);
    const plain =
      token !== undefined && !asName && !dotted && parts.length === 1 && isPlainWord(name);
    out += token === undefined || plain ? name : token;
    at = end ?? at + 1;
    if (at < parts.length) out += parts[at] ?? '';
    at += 1;
  }
  return out;
}

/** Where the words of a mesh's own end that begin a name here: `linkerd-proxy-injector` of `linkerd-proxy-injector-5fcd7`. */
function vocabularyAt(parts: readonly string[], at: number): number {
  if (at > 0 && parts[at - 1] === '-') return at;
  let end = at + 1;
  while (parts[end] === '-') end += 2;
  for (; end > at; end -= 2) if (isVocabulary(parts.slice(at, end).join(''))) return end;
  return at;
}

function longestAt(
  parts: readonly string[],
  at: number,
  longest: number,
  tokens: ReadonlyMap<string, string>,
): number | undefined {
  for (let n = Math.min(longest, (parts.length - at + 1) / 2); n > 0; n -= 1) {
    const end = at + 2 * n - 1;
    if (tokens.has(parts.slice(at, end).join(''))) return end;
  }
  return undefined;
}

function tokensFor(names: ReadonlyMap<string, NameKind>): ReadonlyMap<string, string> {
  const counts = new Map<NameKind, number>();
  return new Map(
    [...names]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, kind]) => {
        // A name that looks like a stand-in is none: the number goes on.
        let token: string;
        do {
          const n = (counts.get(kind) ?? 0) + 1;
          counts.set(kind, n);
          token = kind === 'domain' ? `host-${n}.test` : `${kind}-${n}`;
        } while (names.has(token));
        return [name, token];
      }),
  );
}

function holds(text: string, names: readonly string[]): boolean {
  const base64 = text.replace(/-----[A-Z ]+-----|\s/g, '');
  const decoded = Buffer.from(base64, 'base64').toString('latin1');
  // A certificate's name inside base64 inside base64, as in a webhook's caBundle.
  const inner = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(decoded)?.[1] ?? '';
  const all = decoded + Buffer.from(inner, 'base64').toString('latin1');
  return (
    names.some((name) => all.includes(name)) || /(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)/.test(all)
  );
}
