// Which requests of a visit are judged: those the user describes, those a log line shows, or one of which nothing is known;
// and by which identity each of them comes.
import { holdsHidden } from '../../../src/authoring.ts';
import type { Transport } from '../../../src/facts/istio/denial-line.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import { remoteIp } from '../../../src/model/istio/authz/remote-ip.ts';
import { unknownRequest, type Request } from '../../../src/model/istio/authz/types.ts';
import { plaintext, principalOf, type CallerIdentity } from '../../../src/model/istio/caller.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import { chainsFor, tunnels, type At, type Picture } from './picture.ts';
import type { Given, Visit } from './visits.ts';

/** What is known about a request: from the user, from a log line, or nothing. */
export type Said = Given & {
  readonly host: string | undefined;
  readonly transport: Transport;
  /** The client's address as the proxy logged it. */
  readonly client: string | undefined;
};

const mostRequests = 5;

/** The requests to decide: the described one, else those logged as refused, else one about which nothing is known. */
export function requestsOf(given: Given, visit: Visit): readonly Said[] {
  const { path, method, headers } = given;
  const described = path !== undefined || method !== undefined || Object.keys(headers).length > 0;
  const seen = linesOf(visit, given);
  if (seen.length === 0) return [bare(given)];
  const different = new Map(
    seen.map((line) => {
      const { transport, host, ip: client } = line;
      const said: Said = described
        ? { ...given, host: undefined, transport, client }
        : { path: line.path, method: line.method, headers: {}, host, transport, client };
      return [[said.method, said.host, said.path, transport].join(' '), said] as const;
    }),
  );
  return [...different.values()].slice(0, mostRequests);
}

/** A request about which only the user says something. */
export function bare(given: Given): Said {
  return { ...given, host: undefined, transport: undefined, client: undefined };
}

/** Lines about this caller at this port that fit what is known of the request. */
export function linesOf(
  { subject, arrival }: Visit,
  said: Given & { readonly transport?: Transport },
): readonly Refused[] {
  return subject.seen.filter(
    ({ by, port, path, method, transport }) =>
      by.is !== 'no-chain' &&
      fits(port, arrival.port) &&
      fits(withoutQuery(path), withoutQuery(said.path)) &&
      fits(method, said.method?.toUpperCase()) &&
      fits(transport, said.transport),
  );
}

function fits<T>(logged: T | undefined, wanted: T | undefined): boolean {
  return logged === undefined || wanted === undefined || logged === wanted;
}

function withoutQuery(path: string | undefined): string | undefined {
  return path?.replace(/[?#].*/s, '');
}

/**
 * The connection has the last word: a sidecar that logged no server name was called in plaintext, whatever the caller is.
 * A waypoint and a tunnel have no server name.
 */
export function identityFor(
  { picture, scene }: At,
  { subject: { identity, caller } }: Visit,
  { transport, host }: Said,
): CallerIdentity {
  if (scene.point.is !== 'sidecar' || tunnels(picture.pod)) return identity;
  if (transport === 'plaintext' && (identity.is === 'mtls' || identity.is === 'unknown')) {
    const dialled = host?.replace(/:\d+$/, '');
    return plaintext(
      dialled !== undefined && dialled === picture.pod.ip
        ? { is: 'pod-address', host: dialled }
        : { is: 'logged' },
    );
  }
  if (transport !== 'mtls' || identity.is !== 'plaintext') return identity;
  const signs = caller !== undefined && 'proxy' in meshRole(caller);
  return signs
    ? { is: 'mtls', principal: principalOf(caller, scene.trustDomain) }
    : { is: 'unknown' };
}

export function requestOf(at: At, { subject, arrival }: Visit, said: Said): Request {
  const { picture, scene } = at;
  const sent: Request['headers'] = { host: said.host ?? null, ...said.headers };
  const { host, ...headers } = sent;
  const { identity, ip } = subject;
  const http = said.path !== undefined || said.method !== undefined;
  const protocol = protocolOf(picture, arrival, http);
  const source =
    identity.is === 'mtls'
      ? identity
      : { is: identity.is === 'plaintext' ? ('plaintext' as const) : ('unknown' as const) };
  return {
    ...unknownRequest(arrival.port),
    source,
    sourceIp: ip,
    remoteIp:
      protocol === 'tcp'
        ? ip
        : (said.client ??
          remoteIp(scene.point.is, picture.trustedProxies, ip, headers['x-forwarded-for'])),
    destinationIp: picture.pod.ip,
    protocol,
    // The query does not matter here (authz/match-path.ts), so a secret in it does not matter either.
    path: holdsHidden(said.path?.split('?')[0] ?? '') ? undefined : said.path,
    method: said.method?.toUpperCase(),
    host: host ?? undefined,
    headers,
  };
}

/** What the proxy says counts first; on a port that it sniffs, the request decides. */
function protocolOf(
  picture: Picture,
  arrival: Visit['arrival'],
  http: boolean,
): Request['protocol'] {
  const kinds = chainsFor(picture.proxy, arrival.port).map((chain) => chain.kind);
  const [only] = kinds;
  if (only && kinds.every((kind) => kind === only)) return only;
  if (!only && arrival.protocol !== 'sniffed') return arrival.protocol === 'http' ? 'http' : 'tcp';
  return http ? 'http' : 'unknown';
}
