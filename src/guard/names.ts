// What a name says about its value: which keys, variables, flags and headers carry credentials.
import { isKeyName, isKeyOfMap } from './key-names.ts';
import { isMask } from './tokens.ts';

/** Ends of names whose value is a credential, whatever stands before them: `db_password`, `clientSecret`. */
const ENDS = [
  'passw(?:or)?ds?',
  'passwort',
  'passphrase',
  'passcode',
  'secret',
  'secret[-_.]?(?:value|string|text)',
  'tokens?',
  'token[-_.]?value',
  'credentials?',
  '(?:api|auth|access|secret|private|signing|encryption|hmac|account|license|shared|master|storage|client|ssh|session|subscription|functions|goog-api|allow(?:ed)?)[-_.]?keys?',
  '(?:client|private)[-_.]?key[-_.]?data',
  'access[-_.]?key[-_.]?id',
  'secret[-_.]?id',
  '(?:bind|root)pw',
  'x-?hub-?signature',
  'x-?honeycomb-?team',
  'connection[-_.]?string',
  'j?session[-_.]?id',
  'sessid',
  'saml[-_.]?(?:response|request)',
  'assertion',
  'code[-_.]?verifier',
  'webhook[-_.]?url',
  'pwd',
  'pass',
  '(?:master|primary|redis(?:cli)?)auth',
];
/** Short words that count as a whole part of a name: `DB_PW`, `auth`, `x-otp`. */
const PARTS = [
  'pw',
  'auth',
  'otp',
  'totp',
  'pin',
  'session',
  'sid',
  'dsn',
  'creds?',
  'jwt',
  'csrf',
  'xsrf',
  'pat',
  'encrypt',
];
/** Which of several: `DB_PASSWORD_PROD`, `JWT_SECRET_OLD`, `SECRET_KEY_BASE`. */
const WHICH =
  '[-_.](?:prod|production|stage|staging|dev|test|qa|uat|live|old|new|prev|previous|current|next|primary|secondary|backup|base|main|bot|v\\d{1,3})';
/** What may follow the end of a name in a text. */
export const COUNT = String.raw`(?:${WHICH})?(?:[-_.]?\d{1,3}|\[\d{1,3}\])?`;

/** Every end of a name that says something; what stands before it is for `isSecretName` to judge. */
export const SECRET_WORDS = [...ENDS, ...PARTS, '[-_a-z0-9]key'].join('|');

const SECRET_END = new RegExp(`(?:${ENDS.join('|')})$`, 'i');
const SECRET_PART = new RegExp(`(?:^|[^A-Za-z0-9])(?:${PARTS.join('|')})$`, 'i');
const WHICH_END = new RegExp(`${WHICH}$`, 'i');
const NUMBER_OF_TOKENS =
  /(?:max|min|total|prompt|completion|input|output|cached|used|remaining|num|of|per[-_]?[a-z]{1,16})[-_ ]?tokens$/i;
const NO_PASS =
  /(?:by|com|tres|sur|under|over|hour|en|im|last|first|single|one|two|each|per)[-_ ]?pass$/i;
const CAMEL = /([a-z0-9])([A-Z])/g;
const COUNTED = /(?:[-_.]?\d{1,3}|\[\d{1,3}\])$/; // password1, password[0]
const EXTENSION = /\.(?:txt|json|ya?ml|properties|env|conf|cfg|ini|key|pem)$/i;
// Names of Secrets, which are topology: WasmPlugin's imagePullSecret.
const NAMES_A_SECRET = /pull[-_.]?secret$/i;
const BRACKETED = /\[([^\]]{1,256})\]$/;

/**
 * Headers that carry credentials and whose names do not say so; the others end in a word of the list above. As the
 * gateways and clouds that read them document them.
 */
const HEADERS =
  /(?:^|[-_.[])(?:(?:proxy-?)?authorization|cookies?2?|x-?amz-?security-?token|x-?goog-?(?:api-?key|iap-?jwt-?assertion|authenticated-?user-?jwt)|x-?auth|x-?access|x-?forwarded-?client-?credentials?|x-?hub-?signature(?:-?256)?|x-?honeycomb-?team|x-?signature|x-?ms-?client-?principal|cf-?access-?jwt-?assertion)\]?$/i;
const COOKIE_OR_AUTHORIZATION = /(?:^|[-_.[])(?:authorization|cookies?2?)\]?$/i;

/** The value under this name is a credential. */
export const isSecretName = remembered((name) => {
  const inner = BRACKETED.exec(name)?.[1];
  const whole = inner !== undefined && !/^\d+$/.test(inner) ? inner : name;
  const plain = whole.replace(COUNTED, '');
  if (NO_PASS.test(plain) || NAMES_A_SECRET.test(plain) || NUMBER_OF_TOKENS.test(plain))
    return false;
  return (
    SECRET_END.test(plain) ||
    SECRET_PART.test(plain.replace(CAMEL, '$1-$2')) ||
    isKeyName(plain) ||
    isOneOfSeveral(whole) ||
    isOneOfSeveral(plain)
  );
});

function isOneOfSeveral(name: string): boolean {
  const first = name.replace(WHICH_END, '');
  return first !== name && (SECRET_END.test(first) || isKeyName(first));
}

/** The value of a field or header of this name is a credential. */
export const isCredential = remembered((name) => isSecretName(name) || isCredentialHeader(name));

/** Dumps have a hundred thousand fields of a few hundred names. */
function remembered(test: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (known.size > 5_000) known.clear();
    const now = name.length <= LONGEST_NAME && test(name);
    known.set(name, now);
    return now;
  };
}
/** Longer names are texts. */
const LONGEST_NAME = 512;

/** A file's name, as keys of a ConfigMap are. */
export function isSecretFile(name: string): boolean {
  return isSecretName(name.replace(EXTENSION, ''));
}

/** `authorization`, `set-cookie`, `request.headers[authorization]`. */
export function isCredentialHeader(name: string): boolean {
  return HEADERS.test(name);
}

/** Of these the whole value is secret to its end, spaces and all. */
export function isWholeHeader(name: string): boolean {
  return COOKIE_OR_AUTHORIZATION.test(name);
}

const PASSWORD =
  /passw(?:or)?d|passphrase|passwort|passcode|pass$|pwd$|(?:bind|root)pw$|(?:^|[-_.])pw$/i;

/** A name that nothing but a credential is called by: its value is hidden in a sentence, too, and if it is a number. */
export const isPasswordName = remembered(
  (name) => PASSWORD.test(name.replace(COUNTED, '').replace(WHICH_END, '')) && !NO_PASS.test(name),
);

/** Words that are also the names of settings: `auth: mutual`, `session: none`, `token: jwt`. */
const SETTING =
  /(?:^|[^a-z0-9])(?:auth|session|sid|pin|pat|jwt|csrf|xsrf|dsn|creds?|assertion|encrypt)$/i;
const PLAIN_WORDS = /^[A-Za-z]+(?:[-_./ ][A-Za-z]+){0,6}$/;

// Annotations are named by people: a word anywhere counts, unless the name says it is about the word.
const ANNOTATION = /passw(?:or)?d|passphrase|token|credential|api-?key/i;
const ABOUT =
  /[-_./]?(?:name|file|path|dir|ref|type|audience|expiration|expiry|policy|enabled?|mode|version|count|ttl|length|hash)$/i;

export function isSecretAnnotation(key: string): boolean {
  return isSecretName(key) || (ANNOTATION.test(key) && !ABOUT.test(key));
}

const HARMLESS = [
  /^(?:true|false|null|none|nil|unknown|yes|no|disabled?|enabled?|\d{1,3})?$/i,
  /^(?:trace|debug|info|warn|warning|error|critical|off)$/, // the level of Envoy's logger `secret`
  /^[[<*]{0,3}redacted[\]>*]{0,3}$|^<(?:secret|nil|none|unset)>$|^\*+$/i,
  /^W3JlZGFjdGVkXQ==$/, // base64 of Envoy's own `[redacted]`
  /^\/(?:var|etc|run|tmp|mnt)\/[\w./-]+$/, // where a token lies
  /^[\w./-]{1,200}\.(?:pem|key|crt|cert)$/,
  /^kubernetes(?:-gateway)?:\/\/[\w./-]+$/, // how istiod names a certificate to a gateway
  /^\$[A-Z_][A-Z0-9_]*$|^\$[({][\w.-]+[)}]$|^\{\{[^{}]{1,200}\}\}$|^%[A-Z_]+(?:\([^()]{0,100}\))?(?::\d+)?%$/, // a reference
  /^(?:bearer|basic)? ?(?:\.[*+]|\*)?$/i, // a matcher for the scheme alone
  /^[A-Za-z-]{1,20} $/, // the prefix of RequestAuthentication's fromHeaders
];
const NAMESPACED_NAME = /^[a-z0-9][a-z0-9.-]{0,62}\/[a-z0-9][a-z0-9.-]{0,252}$/;

/** A value that tells nothing, whatever its name: a flag, a path, a reference, a value already hidden. */
export function isHarmless(name: string, value: string): boolean {
  if (isMask(value)) return true;
  if (value.length > 400) return false;
  // istiod logs `secret=istio-system/istio-remote-secret-west` (pkg/kube/multicluster/secretcontroller.go).
  if (/secret$/i.test(name) && NAMESPACED_NAME.test(value)) return true;
  // The shell's own: the working directory.
  if (/^(?:old)?pwd$/i.test(name) && value.startsWith('/')) return true;
  if (/tokens$/i.test(name) && /^\d+$/.test(value)) return true;
  if (isKeyName(name) && !SECRET_END.test(name) && isKeyOfMap(name, value)) return true;
  if (SETTING.test(name.replace(CAMEL, '$1-$2')) && PLAIN_WORDS.test(value)) return true;
  return HARMLESS.some((pattern) => pattern.test(value));
}

/** For `token: word` in a sentence: long, mixed, and not the name of a thing. */
export function looksRandom(value: string): boolean {
  return (
    value.length >= 8 &&
    value.length <= 4096 &&
    !/\s/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !NAME_OF_A_THING.test(value)
  );
}
/** Names, versions, addresses, paths, times: nothing upper case but the T and Z of a time, and parts. */
const NAME_OF_A_THING =
  /^(?=[a-z0-9./:_@,()-]*[-./:])[a-z0-9./:_@,()-]+$|^\d{4}-\d\d-\d\dT[\d:.]+Z?$/;
