// What a name says about its value: which keys, variables, flags and headers carry credentials.
import { isMask } from './tokens.ts';

/** Ends of names whose value is a credential: `db_password`, `X-Api-Key`, `clientSecret`. */
export const SECRET_WORDS = [
  'passw(?:or)?d',
  'passphrase',
  'secret',
  'token',
  'credentials?',
  '(?:api|auth|access|secret|private|signing|encryption|hmac|account|license)[-_.]?key',
  'access[-_.]?key[-_.]?id',
  'connection[-_.]?string',
].join('|');

const SECRET_NAME = new RegExp(`(?:${SECRET_WORDS}|[-_.]pwd|(?:^|[-_.])dsn)$`, 'i');
const EXTENSION = /\.(?:txt|json|ya?ml|properties|env|conf)$/i;
// Names of Secrets, which are topology: WasmPlugin's imagePullSecret.
const NAMES_A_SECRET = /pull[-_.]?secret$/i;
const HEADER = /(?:^|[-_.[])(?:authorization|cookie)\]?$/i;
const BRACKETED = /\[([^\]]*)\]$/;

/** The value under this name is a credential. */
export function isSecretName(name: string): boolean {
  const plain = BRACKETED.exec(name)?.[1] ?? name;
  return SECRET_NAME.test(plain) && !NAMES_A_SECRET.test(plain);
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
    const now = test(name);
    known.set(name, now);
    return now;
  };
}

/** A file's name, as keys of a ConfigMap are. */
export function isSecretFile(name: string): boolean {
  return isSecretName(name.replace(EXTENSION, ''));
}

/** `authorization`, `set-cookie`, `request.headers[authorization]`. */
export function isCredentialHeader(name: string): boolean {
  return HEADER.test(name);
}

export function isPasswordName(name: string): boolean {
  return /passw(?:or)?d|passphrase/i.test(name);
}

// Annotations are named by people: a word anywhere counts, unless the name says it is about the word.
const ANNOTATION = /passw(?:or)?d|passphrase|token|credential|api-?key/i;
const ABOUT = /[-_./]?(?:name|file|path|dir|ref|type|audience|expiration|expiry|policy|enabled?)$/i;

export function isSecretAnnotation(key: string): boolean {
  return isSecretName(key) || (ANNOTATION.test(key) && !ABOUT.test(key));
}

const HARMLESS = [
  /^(?:|true|false|null|none|nil|unknown|yes|no|disabled?|enabled?|\d{1,3})$/i,
  /^(?:trace|debug|info|warn|warning|error|critical|off)$/, // the level of Envoy's logger `secret`
  /^[[<*]{0,3}redacted[\]>*]{0,3}$|^<(?:secret|nil|none|unset)>$|^\*+$/i,
  /^W3JlZGFjdGVkXQ==$/, // base64 of Envoy's own `[redacted]`
  /^\/(?:var|etc|run|tmp|mnt)\/[\w./-]+$/, // where a token lies
  /^[\w./-]{1,200}\.(?:pem|key|crt|cert)$/,
  /^kubernetes(?:-gateway)?:\/\/[\w./-]+$/, // how istiod names a certificate to a gateway
  /^\$[({][\w.-]+[)}]$|^\{\{[^{}]{1,200}\}\}$|^%[A-Z_]+(?:\([^()]{0,100}\))?(?::\d+)?%$/, // a reference
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
  return HARMLESS.some((pattern) => pattern.test(value));
}

/** For `token: word` in a sentence: long, mixed, and not the name of a thing. */
export function looksRandom(value: string): boolean {
  return (
    value.length >= 16 &&
    value.length <= 4096 &&
    /^[\w+/=.~-]+$/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !(/^[a-z0-9./:-]+$/.test(value) && /[-./]/.test(value))
  );
}
