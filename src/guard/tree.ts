// The walk over a tree of JSON, Kubernetes objects and dumps alike: what is hidden by the name of a field,
// and the text rules for every other string. A tree in which nothing is hidden is returned as it came.
import type { Json, JsonObject } from '../core/object.ts';
import { credentialNamed, heldBy, isHeld, isPair, textOfBytes, type Held } from './held.ts';
import { isCredential, isHarmless, isPasswordName } from './names.ts';
import { argv, guardField, isList, mapList, type Hands } from './objects.ts';
import { VALUES as VALUE_FIELDS } from './brackets.ts';
import type { Steps } from './steps.ts';
import { createPace, LIGHT, weigh } from './weight.ts';

/** Nothing a mesh prints is deeper; what is, is hidden whole rather than walked until the stack ends. */
const DEEPEST = 150;

/** Fields that hold key material in Envoy's DataSource (envoy.config.core.v3.DataSource). */
const INLINE = /^inline(?:_bytes|_string|Bytes|String)$/;
/** Envoy's messages whose DataSource is secret: TlsCertificate.private_key, GenericSecret, ticket keys... */
const HOLDER =
  /^(?:private_?key|password|(?:generic|hmac|token)?_?secrets?|session_?ticket_?keys|pkcs12|users|credentials?)$/i;
/** Public again inside a holder: Secret.tls_certificate.certificate_chain, Secret.validation_context. */
const PUBLIC =
  /^(?:certificate_?chain|(?:combined_?)?validation_?context|trusted_?ca|trust_?bundle|crl|ocsp_?staple)$/i;
/** Private members of a JSON Web Key (RFC 7518, section 6). */
const KEY_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);
/** Fields that hold the value beside a name. */
const VALUES = new RegExp(`^(?:${VALUE_FIELDS}|v)$`, 'i');

type Place = {
  readonly key: string;
  readonly depth: number;
  /** Inside one of Envoy's messages that hold key material. */
  readonly held: boolean;
  readonly parent?: JsonObject | undefined;
};
export type TreeHands = {
  readonly hide: (value: string) => string;
  readonly text: (value: string, depth: number) => string;
  /** The same, for strings that take long. */
  readonly longText: (value: string, depth: number) => Steps<string>;
};
export function guardTree(value: Json, depth: number, hands: TreeHands): Json {
  return walk(value, { key: '', depth, held: false }, hands);
}

/** The same, in steps: what is heavy member by member, what is light at once. */
export function* guardTreeInSteps(value: Json, depth: number, hands: TreeHands): Steps<Json> {
  const place: Place = { key: '', depth, held: false };
  return weigh(value) > LIGHT ? yield* walkHeavy(value, place, hands) : walk(value, place, hands);
}

function* walkHeavy(value: Json, place: Place, hands: TreeHands): Steps<Json> {
  yield;
  if (typeof value === 'string' && !isSecretPlace(place))
    return yield* hands.longText(value, place.depth);
  if (value === null || typeof value !== 'object' || place.depth > DEEPEST)
    return walk(value, place, hands);
  const depth = place.depth + 1;
  const own = guardField(place.key, value, place.parent, fieldHands(depth, hands));
  if (own !== undefined) return own;
  if (!isList(value)) return yield* mapHeavy(value, place, hands);
  const inner: Place = { ...place, depth, parent: undefined };
  const isEnough = createPace();
  const safe: Json[] = [];
  for (const item of value) {
    const weight = weigh(item);
    safe.push(weight > LIGHT ? yield* walkHeavy(item, inner, hands) : walk(item, inner, hands));
    if (isEnough(weight)) yield;
  }
  return safe.every((item, index) => item === value[index]) ? value : safe;
}

function* mapHeavy(value: JsonObject, place: Place, hands: TreeHands): Steps<JsonObject> {
  const scope = scopeOf(value, place);
  const isEnough = createPace();
  let same = true;
  const entries: (readonly [string, Json])[] = [];
  for (const key of Object.keys(value)) {
    const inner = value[key] ?? null;
    const weight = weigh(inner);
    const safe = isHidden(key, inner, scope)
      ? hideAll(inner, scope.named ?? key, hands)
      : weight > LIGHT
        ? yield* walkHeavy(inner, inside(key, scope), hands)
        : walk(inner, inside(key, scope), hands);
    const safeKey = hands.text(key, DEEPEST);
    same &&= safe === inner && safeKey === key;
    entries.push([safeKey, safe]);
    if (isEnough(weight)) yield;
  }
  return same ? value : Object.fromEntries(entries);
}

function walk(value: Json, place: Place, hands: TreeHands): Json {
  if (typeof value === 'string') return leaf(value, place, hands);
  if (typeof value === 'number') return number(value, place, hands);
  if (value === null || typeof value !== 'object') return value;
  if (place.depth > DEEPEST) return '[hidden]';
  const depth = place.depth + 1;
  const own = guardField(place.key, value, place.parent, fieldHands(depth, hands));
  if (own !== undefined) return own;
  const inner: Place = { ...place, depth, parent: undefined };
  if (!isList(value)) return map(value, place, hands);
  if (isPair(value)) return [value[0], hands.hide(value[1])];
  if (value.some(isLongFlag)) return argv(value, fieldHands(depth, hands), {}) ?? value;
  return mapList(value, (item) => walk(item, inner, hands));
}

/** A list with one of these is the arguments of a command, whatever it is called. */
function isLongFlag(item: Json): boolean {
  return typeof item === 'string' && item.startsWith('--');
}

function fieldHands(depth: number, hands: TreeHands): Hands {
  return {
    hide: hands.hide,
    text: (text) => hands.text(text, depth),
    walk: (inner) => walk(inner, { key: '', depth, held: false }, hands),
  };
}

function map(value: JsonObject, place: Place, hands: TreeHands): JsonObject {
  const scope = scopeOf(value, place);
  let same = true;
  const entries = Object.entries(value).map(([key, inner]) => {
    const safe = isHidden(key, inner, scope)
      ? hideAll(inner, scope.named ?? key, hands)
      : walk(inner, inside(key, scope), hands);
    const safeKey = hands.text(key, DEEPEST);
    same &&= safe === inner && safeKey === key;
    return [safeKey, safe] as const;
  });
  // `fromEntries` defines properties, so that a key named __proto__ stays a key.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the callback above
  return same ? value : Object.fromEntries(entries);
}

/** What a map says about its members. */
type Scope = {
  readonly held: boolean;
  readonly depth: number;
  readonly parent: JsonObject;
  /** The name of a credential whose value is one of the members. */
  readonly named: string | undefined;
  readonly jwk: boolean;
  readonly values: Held;
};

function scopeOf(parent: JsonObject, place: Place): Scope {
  const held =
    (place.held || HOLDER.test(place.key) || isPasswordName(place.key)) && !PUBLIC.test(place.key);
  const named = isCredential(place.key) ? place.key : credentialNamed(parent);
  const jwk = typeof parent['kty'] === 'string';
  return { held, depth: place.depth + 1, parent, named, jwk, values: heldBy(place.key) };
}

function isHidden(key: string, value: Json, { jwk, named, values }: Scope): boolean {
  if (jwk && KEY_MEMBERS.has(key)) return true;
  return (named !== undefined && VALUES.test(key)) || isHeld(values, key, value);
}

function inside(key: string, { held, depth, parent }: Scope): Place {
  return { key, held, depth, parent };
}

/** Every string under a name that says it is a credential. */
function hideAll(value: Json, name: string, hands: TreeHands): Json {
  if (typeof value === 'string') return isHarmless(name, value) ? value : hands.hide(value);
  if (typeof value === 'number')
    return isHarmless(name, String(value)) ? value : hands.hide(String(value));
  if (value === null || typeof value !== 'object') return value;
  return isList(value)
    ? mapList(value, (item) => hideAll(item, name, hands))
    : hands.hide(JSON.stringify(value));
}

/** A PIN is a number, and a password may be one; other small numbers are settings. */
function number(value: number, { key }: Place, hands: TreeHands): Json {
  const secret =
    isPasswordName(key) ||
    (value >= LEAST_SECRET && isCredential(key) && !isHarmless(key, String(value)));
  return secret ? hands.hide(String(value)) : value;
}
const LEAST_SECRET = 1000;

function leaf(value: string, place: Place, hands: TreeHands): string {
  if (!isSecretPlace(place)) {
    const bytes = textOfBytes(place.key, value);
    const shows = bytes !== undefined && hands.text(bytes, place.depth) !== bytes;
    return shows ? hands.hide(value) : hands.text(value, place.depth);
  }
  return isHarmless(place.key, value) ? value : hands.hide(value);
}

function isSecretPlace({ key, held }: Place): boolean {
  return (held && INLINE.test(key)) || isCredential(key);
}
