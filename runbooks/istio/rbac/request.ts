// A request as the evaluator takes it: what the caller is, where it goes, and what the user or a log line says of it.
import { holdsHidden } from '../../../src/authoring.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { unknownRequest, type Request } from '../../../src/model/istio/authz/types.ts';
import type { CallerIdentity } from '../../../src/model/istio/caller.ts';
import type { Arrival } from '../../../src/model/kube/services.ts';
import { chainsFor, type Picture } from './picture.ts';

/** What the user said of the request. */
export type Given = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

export type Subject = {
  readonly caller: Pod | undefined;
  readonly identity: CallerIdentity;
  readonly ip: string | undefined;
  /** Not one caller: whoever calls. */
  readonly anyone: boolean;
  /** What the proxy logged of this caller. */
  readonly seen: readonly Refused[];
};

/** Who calls, and where. */
export type Visit = { readonly subject: Subject; readonly arrival: Arrival };

/** What is said of a request: by the user, by a log line, or nothing. */
export type Said = Given & { readonly host: string | undefined };

export function requestOf(picture: Picture, { subject, arrival }: Visit, said: Said): Request {
  const { host, ...headers } = { host: said.host, ...said.headers };
  const { identity, ip } = subject;
  const http = said.path !== undefined || said.method !== undefined;
  return {
    ...unknownRequest(arrival.port),
    source: identity.is === 'plaintext' ? { is: 'plaintext' } : identity,
    sourceIp: ip,
    destinationIp: picture.pod.ip,
    protocol: protocolOf(picture, arrival, http),
    // The query decides nothing here (authz/match-path.ts), so that a secret in it does not either.
    path: holdsHidden(said.path?.split('?')[0] ?? '') ? undefined : said.path,
    method: said.method?.toUpperCase(),
    host,
    headers,
  };
}

/** The proxy's own word first; a port that it sniffs is what the request is. */
function protocolOf(picture: Picture, arrival: Arrival, http: boolean): Request['protocol'] {
  const kinds = chainsFor(picture.proxy, arrival.port).map((chain) => chain.kind);
  const [only] = kinds;
  if (only && kinds.every((kind) => kind === only)) return only;
  if (!only && arrival.protocol !== 'sniffed') return arrival.protocol === 'http' ? 'http' : 'tcp';
  return http ? 'http' : 'unknown';
}

const mostRequests = 5;

/** The requests to decide: the one that was described, else those that were seen refused, else one of which nothing is known. */
export function requestsOf(given: Given, { subject, arrival }: Visit): readonly Said[] {
  const { path, method, headers } = given;
  const said = { ...given, host: undefined };
  if (path !== undefined || method !== undefined || Object.keys(headers).length > 0) return [said];
  const seen = subject.seen.filter(
    ({ port, by }) => (port === undefined || port === arrival.port) && by.is !== 'no-chain',
  );
  if (seen.length === 0) return [said];
  const different = new Map(
    seen.map(({ path, method, host }) => [
      [method, host, path].join(' '),
      { path, method, host, headers: {} },
    ]),
  );
  return [...different.values()].slice(0, mostRequests);
}
