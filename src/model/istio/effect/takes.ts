// Whether one match of an HTTP route takes every request that another would take.
import { part, record, text, type Loose } from '../../kube/loose.ts';

const TEXTS = ['uri', 'method', 'authority', 'scheme'] as const;
const MAPS = ['headers', 'queryParams'] as const;

// istio/istio pilot/pkg/networking/core/route/route.go TranslateRouteMatch: all conditions of a match must hold, so the
// earlier takes all when each of its conditions follows from one of the later. Whose sidecar and which port istiod
// decides before that: match.ts.
export function takesAll(earlier: Loose, later: Loose): boolean {
  const ignoresCase = earlier['ignoreUriCase'] === true;
  if (!ignoresCase && later['ignoreUriCase'] === true && record(earlier['uri'])) return false;
  return (
    TEXTS.every((key) => textTakes(earlier, later, key, key === 'uri' && ignoresCase)) &&
    MAPS.every((key) => mapTakes(part(earlier, key), part(later, key))) &&
    // What excludes a header is compared as it is written: there a wider condition takes less.
    mapEquals(part(earlier, 'withoutHeaders'), part(later, 'withoutHeaders'))
  );
}

function textTakes(earlier: Loose, later: Loose, key: string, ignoresCase: boolean): boolean {
  const wide = asked(earlier, key);
  if (Object.keys(wide).length === 0) return true;
  return stringTakes(lowered(wide, ignoresCase), lowered(asked(later, key), ignoresCase));
}

function asked(match: Loose, key: string): Loose {
  const found = part(match, key);
  return key === 'uri' && takesAnyPath(found) ? {} : found;
}

// route.go IsCatchAllMatch
function takesAnyPath(uri: Loose): boolean {
  return uri['prefix'] === '/' || uri['regex'] === '.*';
}

/** A header or parameter without a condition only has to be there. */
function mapTakes(wide: Loose, narrow: Loose): boolean {
  return Object.keys(wide).every((key) => {
    if (!(key in narrow)) return false;
    const condition = part(wide, key);
    return Object.keys(condition).length === 0 || stringTakes(condition, part(narrow, key));
  });
}

function mapEquals(wide: Loose, narrow: Loose): boolean {
  return Object.keys(wide).every(
    (key) => JSON.stringify(wide[key]) === JSON.stringify(narrow[key]),
  );
}

function stringTakes(wide: Loose, narrow: Loose): boolean {
  const [exact, prefix, regex] = [text(wide, 'exact'), text(wide, 'prefix'), text(wide, 'regex')];
  if (exact !== undefined) return text(narrow, 'exact') === exact;
  if (regex !== undefined) return text(narrow, 'regex') === regex;
  if (prefix === undefined) return false;
  const starts = text(narrow, 'exact') ?? text(narrow, 'prefix');
  return starts?.startsWith(prefix) ?? false;
}

function lowered(condition: Loose, really: boolean): Loose {
  if (!really) return condition;
  const pairs = Object.entries(condition).map(([key, value]) =>
    typeof value === 'string' && key !== 'regex' ? [key, value.toLowerCase()] : [key, value],
  );
  return Object.fromEntries(pairs) as Loose;
}

/** The path that a match asks for, in words. */
export function pathText(match: Loose): string | undefined {
  const uri = part(match, 'uri');
  const prefix = text(uri, 'prefix');
  if (prefix !== undefined) return `every path that starts with ${prefix}`;
  const path = text(uri, 'exact') ?? text(uri, 'regex');
  return path && `path ${path}`;
}
