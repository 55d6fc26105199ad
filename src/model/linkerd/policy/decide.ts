// The proxy's decision (linkerd2-proxy linkerd/app/inbound/src/policy/{http,tcp}.rs, ../policy.rs is_authorized): a
// route first, then any one authorization of the route or the Server. Policies only allow; nothing denies.
import { fitsBlock } from '../../kube/match-ip.ts';
import { routesFor, type Request } from './match.ts';
import { defaultRef } from './refs.ts';
import type { Authz, Clients, Network, PortServer, Ref, Route } from './types.ts';

export type Identity =
  | { readonly is: 'tls'; readonly id: string }
  | { readonly is: 'none' }
  | { readonly is: 'unknown' };
export type Caller = { readonly identity: Identity; readonly ip: string | undefined };

export type Failed =
  | { readonly is: 'network'; readonly networks: readonly Network[] }
  | { readonly is: 'no-identity'; readonly wants: Clients }
  | { readonly is: 'other-identity'; readonly wants: Clients; readonly has: string };
/** An authorization checked against the caller. `maybe`: something about the caller is not known. */
export type Tried = {
  readonly authz: Authz;
  readonly holds: 'yes' | 'maybe' | 'no';
  readonly fails: readonly Failed[];
};

export type Outcome =
  | { readonly is: 'allowed'; readonly by: Authz; readonly route: Ref | undefined }
  /** 403, or a closed connection. */
  | { readonly is: 'denied'; readonly route: Ref | undefined; readonly tried: readonly Tried[] }
  /** 404 */
  | { readonly is: 'no-route' }
  | {
      readonly is: 'unknown';
      readonly mayBe: readonly Outcome[];
      /** What would tell. */
      readonly on: readonly Open[];
    };
/** What is not known: which route the request takes, the caller's address, its identity. */
export type Open = 'route' | 'address' | 'identity';

/** The proxy adds it to every Server's (linkerd2-proxy linkerd/proxy/server-policy/src/lib.rs). */
export const localhost: Authz = {
  ref: defaultRef('localhost'),
  clients: { is: 'anyone' },
  networks: [
    { cidr: '127.0.0.1/32', except: [] },
    { cidr: '::1/128', except: [] },
  ],
};

export function decide(server: PortServer, caller: Caller, request: Request): Outcome {
  if (isTcp(server)) return authorize(undefined, server.authzs, caller);
  const routes = routesFor(server.routes, request);
  const outcomes = routes.map((route) => throughRoute(route, server, caller));
  return together(withoutProbes(routes, outcomes, request));
}

/** Decided once, when the connection is made. */
export function isTcp({ protocol }: PortServer): boolean {
  return protocol === 'opaque' || protocol === 'tls';
}

function throughRoute(route: Route | undefined, server: PortServer, caller: Caller): Outcome {
  if (route === undefined) return { is: 'no-route' };
  return authorize(route.ref, [...route.authzs, ...server.authzs], caller);
}

/** A request without a given path is not one of the kubelet's probes. */
function withoutProbes(
  routes: readonly (Route | undefined)[],
  outcomes: readonly Outcome[],
  request: Request,
): readonly Outcome[] {
  if (request.path !== undefined) return outcomes;
  return outcomes.filter((_, i) => {
    const ref = routes[i]?.ref;
    return !(ref?.kind === 'default' && ref.name === 'probe');
  });
}

function together(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes;
  if (first === undefined) return { is: 'no-route' };
  const same = outcomes.every((one) => one.is === first.is);
  if (same && first.is !== 'unknown') return first;
  const on = outcomes.flatMap((one) => (one.is === 'unknown' ? one.on : []));
  return {
    is: 'unknown',
    mayBe: outcomes.flatMap(flat),
    on: [...new Set([...(same ? [] : ['route' as const]), ...on])],
  };
}

function flat(outcome: Outcome): readonly Outcome[] {
  return outcome.is === 'unknown' ? outcome.mayBe : [outcome];
}

function authorize(route: Ref | undefined, authzs: readonly Authz[], caller: Caller): Outcome {
  const tried = [...authzs, localhost].map((authz) => tryAuthz(authz, caller));
  const yes = tried.find(({ holds }) => holds === 'yes');
  if (yes) return { is: 'allowed', by: yes.authz, route };
  const denied: Outcome = {
    is: 'denied',
    route,
    tried: tried.filter(({ authz }) => authz !== localhost),
  };
  const maybe = tried.find(({ holds }) => holds === 'maybe');
  if (maybe === undefined) return denied;
  const mayBe = [{ is: 'allowed' as const, by: maybe.authz, route }, denied];
  const isByNetwork = fromNetwork(maybe.authz.networks, caller.ip) === 'maybe';
  return { is: 'unknown', mayBe, on: [isByNetwork ? 'address' : 'identity'] };
}

export function tryAuthz(authz: Authz, caller: Caller): Tried {
  const network = fromNetwork(authz.networks, caller.ip);
  const client = isClient(authz.clients, caller.identity);
  const fails = [
    ...(network === 'no' ? [{ is: 'network' as const, networks: authz.networks }] : []),
    ...(client === 'no' ? [identityFailed(authz.clients, caller.identity)] : []),
  ];
  const holds = fails.length > 0 ? 'no' : network === 'yes' && client === 'yes' ? 'yes' : 'maybe';
  return { authz, holds, fails };
}

function identityFailed(wants: Clients, identity: Identity): Failed {
  return identity.is === 'tls'
    ? { is: 'other-identity', wants, has: identity.id }
    : { is: 'no-identity', wants };
}

type Sure = Tried['holds'];

function fromNetwork(networks: readonly Network[], ip: string | undefined): Sure {
  if (ip !== undefined) return networks.some((network) => inNetwork(network, ip)) ? 'yes' : 'no';
  const open = (cidr: string) => networks.some((n) => n.cidr === cidr && n.except.length === 0);
  if (open('0.0.0.0/0') && open('::/0')) return 'yes';
  // A caller whose address is not known is a pod: it is not on the loopback of another.
  return networks.every(({ cidr }) => cidr === '127.0.0.1/32' || cidr === '::1/128')
    ? 'no'
    : 'maybe';
}

export function inNetwork({ cidr, except }: Network, ip: string): boolean {
  return fitsBlock(cidr, ip) && !except.some((block) => fitsBlock(block, ip));
}

function isClient(clients: Clients, identity: Identity): Sure {
  if (clients.is === 'anyone') return 'yes';
  if (identity.is === 'unknown') return 'maybe';
  if (identity.is === 'none') return 'no';
  if (clients.is === 'any-tls') return 'yes';
  const { id } = identity;
  // Suffixes never match a SPIFFE id (policy.rs is_tls_authorized).
  const ends = !id.includes('://') && clients.ends.some((end) => id.endsWith(end));
  return clients.exact.includes(id) || ends ? 'yes' : 'no';
}
