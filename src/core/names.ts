// What Kubernetes takes as a name. Its API server holds every object to these rules when it is written, so what breaks
// one came from no API server. (apimachinery pkg/util/validation/validation.go and pkg/api/validation/path/name.go;
// kubernetes pkg/apis/core/validation/validation.go.)

import { isName } from './refs.ts';

const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** A namespace, a container, a volume (IsDNS1123Label; ValidateNamespaceName is NameIsDNSLabel). */
export function isLabelName(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

/**
 * The loosest rule, for names in a path (IsValidPathSegmentName). RBAC's kinds have no other, so that `system:node` is a
 * name there. Control characters it allows; nobody means them.
 */
export function isPathName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[/%\p{Cc}]/u.test(text);
}

const word = /^[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;

/** A port's name (IsValidPortName). */
export function isPortName(text: string): boolean {
  return text.length <= 15 && isLabelName(text) && /[a-z]/.test(text) && !text.includes('--');
}

/** `app`, `istio.io/rev` (IsQualifiedName). */
export function isLabelKey(text: string): boolean {
  const [first = '', name = first, ...more] = text.split('/');
  const prefixed = text.includes('/');
  return more.length === 0 && (!prefixed || isName(first)) && isWord(name);
}

/** (IsValidLabelValue) */
export function isLabelValue(text: string): boolean {
  return text === '' || isWord(text);
}

function isWord(text: string): boolean {
  return text.length <= 63 && word.test(text);
}

/** A name that stands before what the server makes it unique with: a dash may end it (NameIsDNSSubdomain, prefix). */
export function isPrefixOf(isRule: (name: string) => boolean, text: string): boolean {
  return isRule(text.replace(/-$/, 'a'));
}

/** Controls, format characters (bidi, tags, soft hyphen), line separators, and halves of a character. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * What has no rule of Kubernetes' (a user's name, a context's, the words of a saved case) is printed, put into commands
 * and compared: nothing in it may be invisible, move a cursor or turn the direction of a line.
 */
export function isOneLine(text: string): boolean {
  return !hidden.test(text);
}

/** Labels as kubectl's -l takes them: `app=web,tier!=front`. */
export function isSelector(word: string): boolean {
  return word.split(',').every((term) => {
    const [, key, value] = /^([^=!]+)(?:==?|!=)([^=!]*)$/.exec(term) ?? [];
    return key !== undefined && value !== undefined && isLabelKey(key) && isLabelValue(value);
  });
}
