// Which route a request takes (linkerd2-proxy linkerd/http/route/src/lib.rs find, http/match/*.rs, grpc/match.rs): the
// best match of all routes, and of equal ones the first. If something about the request is not known, several may match.
import { holdsHidden, isSameText } from '../../../core/text.ts';
import { isTame } from '../../../core/glob.ts';
import type { PathMatch, Route, RouteMatch, Rpc, TextMatch } from './types.ts';

export type Request = {
  /** Without the query. */
  readonly path?: string | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly method?: string | undefined;
  readonly host?: string | undefined;
  /** By name in small letters; a header that is not here is not known. */
  readonly headers: Readonly<Record<string, string>>;
};

type Sure = 'yes' | 'maybe' | 'no';
/** How good a match is: compared from left to right. */
type Rank = readonly number[];
type Found = { readonly route: Route; readonly sure: Sure; readonly rank: Rank };

/** The route, or all that it may be; `undefined` means no route (404). */
export function routesFor(
  routes: readonly Route[],
  request: Request,
): readonly (Route | undefined)[] {
  const found = routes.flatMap((route) => bestOf(route, request));
  const sure = found
    .filter(({ sure }) => sure === 'yes')
    .reduce<Found | undefined>(better, undefined);
  const others = found.filter(
    (one) => one.sure === 'maybe' && (sure === undefined || beats(one, sure, found)),
  );
  const all = [...others.map(({ route }) => route), sure?.route];
  return all.filter((route, i) => all.indexOf(route) === i);
}

function beats(one: Found, other: Found, order: readonly Found[]): boolean {
  const way = compareRank(one.rank, other.rank);
  return way > 0 || (way === 0 && order.indexOf(one) < order.indexOf(other));
}

function better(best: Found | undefined, one: Found): Found {
  return best === undefined || compareRank(one.rank, best.rank) > 0 ? one : best;
}

function compareRank(a: Rank, b: Rank): number {
  for (const [i, value] of a.entries()) {
    const way = value - (b[i] ?? 0);
    if (way !== 0) return way;
  }
  return 0;
}

/** The best sure match of a route, and every match that is possible. */
function bestOf(route: Route, request: Request): readonly Found[] {
  const host = hostRank(route.hosts, request.host);
  if (host === undefined) return [];
  const all = route.rules.flatMap((matches) =>
    (matches.length === 0 ? [anything] : matches).map((match): Found => {
      const { sure, rank } = matchOf(match, request);
      return {
        route,
        sure: host.sure === 'maybe' && sure === 'yes' ? 'maybe' : sure,
        rank: [...host.rank, ...rank],
      };
    }),
  );
  return all.filter(({ sure }) => sure !== 'no');
}

const anything: RouteMatch = { path: { is: 'prefix', value: '/' }, headers: [], params: [] };

/** A route without hosts matches any host; a route that names the host ranks higher. */
export function hostRank(
  hosts: readonly string[],
  host: string | undefined,
): { readonly sure: Sure; readonly rank: Rank } | undefined {
  if (hosts.length === 0) return { sure: 'yes', rank: [0, 0] };
  if (host === undefined) return { sure: 'maybe', rank: [2, 0] };
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const ranks = hosts
    .map((h) => h.toLowerCase())
    .flatMap((h): Rank[] => {
      if (h === name) return [[2, h.length]];
      return h.startsWith('*.') && name.endsWith(h.slice(1)) ? [[1, h.length - 1]] : [];
    });
  const best = ranks.reduce<Rank | undefined>(
    (a, b) => (a === undefined || compareRank(b, a) > 0 ? b : a),
    undefined,
  );
  return best && { sure: 'yes', rank: best };
}

type Matched = { readonly sure: Sure; readonly rank: Rank };

function matchOf(match: RouteMatch, request: Request): Matched {
  if (match.rpc) return rpcOf(match, match.rpc, request);
  const path = pathOf(match.path, request.path);
  const method = match.method === undefined ? 'yes' : sameOr(match.method, request.method);
  const headers = match.headers.map((h) => headerOf(h, request));
  const params = match.params.map((p) => paramOf(p, request));
  return {
    sure: all([path.sure, method, ...headers, ...params]),
    rank: [path.length, headers.length, params.length, match.method === undefined ? 0 : 1],
  };
}

function rpcOf({ headers }: RouteMatch, rpc: Rpc | 'unset', request: Request): Matched {
  const [first, service, method] = request.path?.split('/') ?? [];
  const said = headers.map((h) => headerOf(h, request));
  if (rpc === 'unset') return { sure: 'maybe', rank: [0, 0, said.length, 0] };
  const bad = request.path !== undefined && (first !== '' || method === undefined);
  const verb = request.method === undefined ? 'yes' : sameOr('POST', request.method);
  const names = [
    rpc.service === '' ? ('yes' as const) : sameOr(rpc.service, service),
    rpc.method === '' ? ('yes' as const) : sameOr(rpc.method, method),
  ];
  const sure = all([bad ? 'no' : 'yes', verb, ...names, ...said]);
  return { sure, rank: [rpc.service.length, rpc.method.length, said.length, 0] };
}

function all(parts: readonly Sure[]): Sure {
  if (parts.includes('no')) return 'no';
  return parts.includes('maybe') ? 'maybe' : 'yes';
}

function sameOr(wanted: string, got: string | undefined): Sure {
  if (got === undefined) return 'maybe';
  return got === wanted ? 'yes' : 'no';
}

function pathOf(
  match: PathMatch | undefined,
  path: string | undefined,
): { readonly sure: Sure; readonly length: number } {
  if (match === undefined) return { sure: 'yes', length: 1 };
  const { is, value } = match;
  if (is === 'prefix' && value === '/') return { sure: 'yes', length: 1 };
  if (path === undefined)
    return { sure: 'maybe', length: is === 'regex' ? Infinity : value.length };
  switch (is) {
    case 'exact':
      return { sure: value === path ? 'yes' : 'no', length: value.length };
    case 'regex':
      return { sure: whole(value, path), length: path.length };
    case 'prefix': {
      const prefix = value.replace(/(?<!\/)\/+$/, '');
      const rest = path.replace(/(?<!\/)\/+$/, '');
      const holds = rest === prefix || rest.startsWith(`${prefix}/`);
      return { sure: holds ? 'yes' : 'no', length: prefix.length };
    }
  }
}

/** The whole text must match. The proxy has another regex dialect: a pattern that cannot run here, or not in time, may match. */
function whole(pattern: string, text: string): Sure {
  if (!isTame(pattern, text.length)) return 'maybe';
  try {
    const found = new RegExp(pattern, 'uy').exec(text);
    return found?.index === 0 && found[0].length === text.length ? 'yes' : 'no';
  } catch {
    return 'maybe';
  }
}

function headerOf({ is, name, value }: TextMatch, { headers }: Request): Sure {
  const got = headers[name.toLowerCase()];
  if (got === undefined) return 'maybe';
  return textOf(is, value, got);
}

/** Routes are read through the guard, as the request is. */
function textOf(is: TextMatch['is'], value: string, got: string): Sure {
  if (is === 'regex') return holdsHidden(value + got) ? 'maybe' : whole(value, got);
  const same = isSameText(value, got);
  if (same === undefined) return 'maybe';
  return same ? 'yes' : 'no';
}

function paramOf({ is, name, value }: TextMatch, { path, params }: Request): Sure {
  if (path === undefined) return 'maybe';
  const got = params?.[name];
  if (got === undefined) return 'no';
  return textOf(is, value, got);
}
