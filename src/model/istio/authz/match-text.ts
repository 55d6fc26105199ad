// Istio's patterns for text: exact, `prefix*`, `*suffix`, and `*` for any value that is present
// (istio/istio pilot/pkg/security/authz/matcher/string.go, header.go).

/** `*` needs at least one character (StringMatcherWithPrefix makes it the regex `.+`). */
export function fitsText(pattern: string, value: string): boolean {
  return pattern === '*' ? value !== '' : fitsShape(pattern, value);
}

/** For a header, `*` means it is present, so an empty one matches (HeaderMatcher). */
export function fitsHeader(pattern: string, value: string): boolean {
  return pattern === '*' || fitsShape(pattern, value);
}

/** Hosts are compared in any case (HostMatcher). */
export function fitsHost(pattern: string, value: string): boolean {
  return fitsHeader(pattern.toLowerCase(), value.toLowerCase());
}

/** A leading `*` wins, so `*a*` means the suffix `a*`. */
function fitsShape(pattern: string, value: string): boolean {
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return value === pattern;
}

export function quoted(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
