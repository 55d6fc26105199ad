// A request's path as the RBAC filter sees it, and the two kinds of pattern for it.
import { fitsText, quoted } from './match-text.ts';

// envoyproxy/envoy source/extensions/path/uri_template_lib/uri_template_internal.cc: what `*` and `**` match.
const segment = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=]+";
const rest = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=/]*";

// pilot/pkg/security/authz/model/generator.go pathGenerator: `{*}` or `{**}` makes it a template.
export function fitsPath(pattern: string, path: string): boolean {
  // Envoy rejects a template with two `{**}` (source/extensions/path/uri_template_lib/uri_template_internal.cc).
  if (pattern.split('{**}').length > 2) return false;
  const isTemplate = pattern.includes('{*}') || pattern.includes('{**}');
  return isTemplate ? templateRegex(pattern).test(path) : fitsText(pattern, path);
}

/** `{*}` is one segment, `{**}` any number. */
function templateRegex(template: string): RegExp {
  const parts = template.split(/(\{\*\*?\})/);
  const source = parts.map((part) =>
    part === '{*}' ? segment : part === '{**}' ? rest : quoted(part),
  );
  return new RegExp(`^${source.join('')}$`);
}

/**
 * Without query and fragment, and normalised as Istio has Envoy do by default (mesh config
 * `pathNormalization: BASE`: envoy source/common/http/path_utility.cc PathUtil::canonicalPath).
 */
export function pathSeen(path: string): string {
  const bare = path.replace(/[?#].*/s, '').replace(/\\/g, '/');
  return withoutDots(bare.replace(/%[0-9a-f]{2}/gi, unescaped));
}

/** Only characters that never needed escaping are unescaped. */
function unescaped(escape: string): string {
  const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return /[a-zA-Z0-9\-._~]/.test(char) ? char : escape;
}

/** RFC 3986, 5.2.4. */
function withoutDots(path: string): string {
  const parts = path.split('/').slice(1);
  const kept: string[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '..') kept.pop();
    if (part !== '.' && part !== '..') kept.push(part);
    else if (last) kept.push('');
  }
  return `/${kept.join('/')}`;
}
