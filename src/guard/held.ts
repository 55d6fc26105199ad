// What stands inside a map or a list whose own name, or whose neighbour, says that it is a secret.
import type { Json, JsonObject } from '../core/object.ts';
import { isCredential, isPasswordName, looksRandom } from './names.ts';

/** Fields of a map under a password's name that say where the password is, and not what. */
const REFERENCE =
  /^(?:@type|kind|type|env|from|mode|group|namespace|optional|provider|algorithm|audience|header|version|api_?version|method|policy|field|format|encoding|scope|url|uri|issuer|title|description|pattern|default|users?|environment_?variable|.*(?:name|ref|path|file|key))$/i;
/** Maps of several: `passwords: {bob: x}`, `api_keys: {bob: x}`. */
const SEVERAL = /(?:tokens|keys|passwords|passwds)$/i;
/** Fields that hold one of the values a secret has had. */
const VERSIONS = /^(?:text|plain|current|old|new|previous|prev|next|primary|secondary|active)$/i;

/** Which fields of a map hold a secret as the map's name says. */
export type Held = 'all' | 'versions' | undefined;

export function heldBy(name: string): Held {
  if (isPasswordName(name) || (SEVERAL.test(name) && isCredential(name))) return 'all';
  return isCredential(name) ? 'versions' : undefined;
}

export function isHeld(held: Held, key: string, value: Json): boolean {
  if (held === undefined || typeof value !== 'string') return false;
  return held === 'all' ? !REFERENCE.test(key) : VERSIONS.test(key);
}

/** Fields that hold a name, and those that hold the value beside it where they are called otherwise than elsewhere. */
const NAMES = [
  ...['name', 'key', 'header', 'header_name', 'headerName', 'Name', 'Key', 'Header'],
  ...['field', 'param', 'parameter', 'variable', 'k'],
];

/** `{name: authorization, value: ...}` and its relatives. */
export function credentialNamed(value: JsonObject): string | undefined {
  for (const field of NAMES) {
    const name = value[field];
    if (typeof name === 'string' && isCredential(name)) return name;
  }
  return undefined;
}

/** `["x-api-key", "x"]`, which a list of two names of headers is not. */
export function isPair(items: readonly Json[]): items is readonly [string, string] {
  const [name, value] = items;
  if (items.length !== 2 || typeof name !== 'string' || typeof value !== 'string') return false;
  return isCredential(name) && looksRandom(value) && !isCredential(value);
}

const BASE64 = /^[A-Za-z0-9+/_-]{8,80}={0,2}$/;
const PRINTABLE = /^[\t\n\r\x20-\x7e]+$/;

/** The text that a field of bytes holds, where it is short; longer ones are found in any text. */
export function textOfBytes(key: string, value: string): string | undefined {
  if (!/^(?:inline_?)?bytes$/i.test(key) || !BASE64.test(value)) return undefined;
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return PRINTABLE.test(decoded) ? decoded : undefined;
}
