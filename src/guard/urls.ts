// Credentials in addresses: user info, queries, fragments, parameters of a path, forms, and the forms in which drivers
// of databases take an address.
import { meshes } from '../meshes/meshes.ts';
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { isSecretName, looksRandom } from './names.ts';
import { isMask, MASK } from './tokens.ts';
import { wordStart } from './value.ts';

const AUTHORITY = /([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\//g;
/** What may be an address: to a space or what never stands in one unescaped. */
const ADDRESS = /(?:[^\s<>\\"'`]|["'`](?=[^\s"'`,;:)\]}>\\]{1,128}@[A-Za-z0-9[]))*/y;
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?(?=[/?#,;)\]}]|$)/;
/** The longest user info that is looked for. */
const LONGEST = 512;

/** `scheme://user:password@host`, whatever the password's characters. */
export function hideUserInfo(text: string, hide: Hide): string {
  return edited(text, AUTHORITY, (found) => {
    const from = found.index + found[0].length;
    ADDRESS.lastIndex = from;
    const window = text.slice(from, from + LONGEST);
    ADDRESS.lastIndex = 0;
    const length = userInfo(ADDRESS.exec(window)?.[0] ?? '', found[1] ?? '');
    return length === 0
      ? undefined
      : hidden(text, { from, to: from + length, end: from + length }, hide);
  });
}

/** Web addresses have ports and paths; those of databases have passwords. */
const WEB = /^(?:https?|wss?|docker\S*|oci|registry|git\S*|ssh|spiffe|file|unix)$/i;

/** The length of what stands before the last `@` that a host follows. */
function userInfo(address: string, scheme: string): number {
  const plain = address.search(/[/?#]/);
  const authority = plain < 0 ? address : address.slice(0, plain);
  const inside = authority.includes('@') || passwordBegun(authority, scheme);
  for (let at = address.lastIndexOf('@'); at >= 0; at = address.lastIndexOf('@', at - 1)) {
    if (at === 0 || address.startsWith('sha256:', at + 1)) return 0;
    if ((inside || at < authority.length) && HOST.test(address.slice(at + 1, at + 1 + 300)))
      return at;
    if (at < authority.length) return authority.lastIndexOf('@');
  }
  return 0;
}

/** `user:pa` before a slash of the password: what follows the colon is no port. */
function passwordBegun(authority: string, scheme: string): boolean {
  const colon = authority.indexOf(':');
  if (colon < 0) return false;
  return !WEB.test(scheme) || !/^\d{1,5}$/.test(authority.slice(colon + 1));
}

const DRIVER = /@(?=(?:tcp|udp|unix)[46]?\(|\/[\w?])|@(?=[A-Za-z0-9.-]{1,253}:\d{2,5}(?!\d))/g;
const DRIVER_USER = /^(?:[\w.-]{1,64}[=(,[])?([\w.+%-]{0,64}:[^\s"'`]{1,400})$/;
const ORACLE = /(jdbc:oracle:[a-z]{2,8}:)([^\s@"']{1,256})@/gi;

/** `user:password@tcp(host:3306)/db`, `user:password@host:5672`, `jdbc:oracle:thin:user/password@host`. */
export function hideDriverAddresses(text: string, hide: Hide): string {
  const safe = edited(text, DRIVER, (found) => {
    const word = text.slice(wordStart(text, found.index), found.index);
    const user = DRIVER_USER.exec(word)?.[1];
    if (user === undefined || /\/\/|@sha256|^\w+:(?:\d{1,5}\/|\[hidden)/.test(user))
      return undefined;
    return hidden(
      text,
      { from: found.index - user.length, to: found.index, end: found.index + 1 },
      hide,
    );
  });
  return safe.replace(ORACLE, (_, driver: string, user: string) => `${driver}${hide(user)}@`);
}

const QUERY = new RegExp(
  String.raw`((?:[?&]|(?<=\S)#|&amp;|\\{1,63}u0026)([\w%-][\w.~%[\]$:@!*+-]*)=)((?:${MASK}|[^\s&"'\`<>\\#]|'(?=[\w%]))+)`,
  'g',
);
/**
 * What a query may say aloud: switches, the deadline the API server puts on a webhook call, and the parts of a config
 * dump that a mesh's program asked for.
 */
const PLAIN_QUERY =
  /^(?:true|false|unknown|json|text|prometheus|\d{1,3}|\d{1,6}(?:ms|s|m|h)|(?:dynamic|static)_[a-z_]+(?:,(?:dynamic|static)_[a-z_]+)*)$/;
const SAID_BY_PROGRAMS = meshes.flatMap(({ words }) => words?.queryValues ?? []);
/** Parameters of meshes' own addresses, of Kubernetes and of Consul. */
const PLAIN_PARAMETER =
  /^(?:timeout|version|source|segment|state|filter|format|resource|mask|name_regex|usedonly|namespace|proxyID|brief|watch|resourceVersion|limit|labelSelector|fieldSelector|dc|index|wait|stale|passing|filter-\w+)$/;
/** Where those are asked for; in anybody else's address they may carry anything. */
const MESH_PATH =
  /(?:^|[/=])(?:debug\/|(?:config_dump|stats|clusters|listeners|logging|certs|memory|server_info|ready|healthz|livez|readyz|inject|validate)\b|api\/v1\/(?:query|targets|rules|series|labels?|metadata|status|alerts|namespaces|nodes|pods|services|endpoints|configmaps|secrets|events|serviceaccounts)|apis\/[\w.-]{1,64}\/v\d|v1\/(?:agent|catalog|health|connect|config|discovery-chain|coordinate|kv|internal|acl)\b|version\.json)/;
/** Nothing random is in them: the longest are lists of names, and patterns. */
const SAID_ANYWHERE =
  /^(?:timeout|watch|limit|usedonly|format|namespace|labelSelector|fieldSelector|dc|wait|stale|passing)$/;
const PLAIN_VALUE = /^[\w.,:*|/-]{1,128}$/;

export function hideQueries(text: string, hide: Hide): string {
  const safe = text.replace(
    QUERY,
    (all, head: string, key: string, value: string, index: number) =>
      isPlain(key, value, () => isOfMesh(text, index)) ? all : head + hide(value),
  );
  return safe.replace(KEYLESS, (all, head: string, value: string) =>
    isMixed(value) ? head + hide(value) : all,
  );
}

/** A query without a name, at the end of an address. */
const KEYLESS = /(?<=[\w/])(\?)([\w.~+-]{16,512})(?=[\s"'`,;)\]}#]|$)/g;

function isMixed(value: string): boolean {
  return looksRandom(value) && /[a-z]/.test(value) && /\d.*\d/.test(value);
}

function isOfMesh(text: string, index: number): boolean {
  return MESH_PATH.test(text.slice(wordStart(text, index), index));
}

function isPlain(key: string, value: string, isMesh: () => boolean): boolean {
  if (isMask(value)) return true;
  if (isSecretName(key))
    return /^(?:true|false|\d{1,3})$/.test(value) && !(NUMBER.test(key) && /\d/.test(value));
  if (PLAIN_QUERY.test(value) || SAID_BY_PROGRAMS.some((one) => one.test(value)))
    return !NUMBER.test(decode(key) ?? key);
  if (!PLAIN_PARAMETER.test(key) || !PLAIN_VALUE.test(value)) return false;
  if (looksRandom(value) || (key === 'state' && !/^[a-z]{1,16}$/.test(value))) return false;
  return SAID_ANYWHERE.test(key) || isMesh();
}
/** Of these a number of three digits is one. */
const NUMBER = /(?:^|[^a-z])(?:pin|otp|totp|code|passcode|cvv|cvc)$/i;

const FORM = new RegExp(
  String.raw`(^|[\s"'\`({>:=])(\w[\w.~%[\]-]*)=([^\s&"'\`<>=\\]+)(?=&\w[\w.~%[\]-]*=)`,
  'gm',
);

/** The first field of a form; the others have an `&` before them, as in a query. */
export function hideForms(text: string, hide: Hide): string {
  return text.replace(FORM, (all, before: string, key: string, value: string) =>
    isPlain(key, value, () => false) || /^[a-z_]+$/.test(value)
      ? all
      : `${before}${key}=${hide(value)}`,
  );
}

const MATRIX = new RegExp(String.raw`;(\w[\w.~-]{0,127})=((?:${MASK}|[^\s;,/?#&"'<>\\])+)`, 'g');
/** Behind `/`, or behind `scheme://host`; `text/html;charset=utf-8` is none. */
const PATH = /^[(=]?(?:[a-z][a-z0-9+.-]{0,31}:\/)?\//;

/** `/cart;jsessionid=x` */
export function hideMatrix(text: string, hide: Hide): string {
  return edited(text, MATRIX, (found): Edit | undefined => {
    const [all, key = '', value = ''] = found;
    const to = found.index + all.length;
    if (isPlain(key, value, () => false)) return undefined;
    if (!isSecretName(key) && !PATH.test(text.slice(wordStart(text, found.index), found.index)))
      return undefined;
    return hidden(text, { from: to - value.length, to, end: to }, hide);
  });
}

const ENCODED = /(?<![\w.~+*!()-])[\w.~+*!()-]*(?:%[0-9A-Fa-f]{2}[\w.~+*!()-]*)+/g;
const MASKS = new RegExp(`(${MASK})`);

/** What is percent-encoded is decoded, searched and encoded again. */
export function hideEncoded(text: string, scrub: (decoded: string) => string): string {
  return text.replace(ENCODED, (run) => {
    const decoded = decode(run);
    const safe = decoded === undefined ? undefined : scrub(decoded);
    if (safe === undefined || safe === decoded) return run;
    return safe
      .split(MASKS)
      .map((part) => (isMask(part) ? part : encodeURIComponent(part)))
      .join('');
  });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
