// A request as the evaluator takes it: what the caller is, where it goes, and what the user or a log line says of it.
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { unknownRequest, type Request, type Source } from '../../../src/model/istio/authz/types.ts';
import type { CallerIdentity } from '../../../src/model/istio/caller.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import type { Arrival } from '../../../src/model/kube/services.ts';
import { holdsHidden } from '../../../src/authoring.ts';
import { chainsFor, type Picture } from './picture.ts';

/** What the user said of the request. */
export type Given = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

export function isGiven({ path, method, headers }: Given): boolean {
  return path !== undefined || method !== undefined || Object.keys(headers).length > 0;
}

export type Subject = {
  readonly caller: Pod | undefined;
  readonly identity: CallerIdentity;
  readonly ip: string | undefined;
  /** Not one caller: whoever calls. */
  readonly anyone: boolean;
  /** What the proxy logged of this caller. */
  readonly seen: readonly Refused[];
};

export function sourceOf(identity: CallerIdentity): Source {
  if (identity.is === 'mtls') return identity;
  return { is: identity.is === 'plaintext' ? 'plaintext' : 'unknown' };
}

/** What is said of a request: by the user, by a log line, or nothing. */
export type Said = Given & { readonly host: string | undefined };

export function requestOf(
  picture: Picture,
  subject: Subject,
  arrival: Arrival,
  said: Said,
): Request {
  const { host, ...others } = { host: said.host, ...said.headers };
  const http = said.path !== undefined || said.method !== undefined;
  return {
    ...unknownRequest(arrival.port),
    source: sourceOf(subject.identity),
    sourceIp: subject.ip,
    destinationIp: picture.pod.ip,
    protocol: protocolOf(picture, arrival, http),
    path: knownPath(said.path),
    method: said.method?.toUpperCase(),
    host,
    headers: others,
  };
}

/** The query decides nothing here (authz/match-path.ts), so that a secret in it does not either. */
function knownPath(path: string | undefined): string | undefined {
  return holdsHidden(path?.split('?')[0] ?? '') ? undefined : path;
}

/** The proxy's own word first; a port that it sniffs is what the request is. */
function protocolOf(picture: Picture, arrival: Arrival, http: boolean): Request['protocol'] {
  const kinds = new Set(chainsFor(picture.proxy, arrival.port).map((chain) => chain.kind));
  if (kinds.size === 1) return kinds.has('http') ? 'http' : 'tcp';
  if (kinds.size === 0 && arrival.protocol !== 'sniffed') {
    return arrival.protocol === 'http' ? 'http' : 'tcp';
  }
  return http ? 'http' : 'unknown';
}

const mostRequests = 5;

/** The requests to decide: the one that was described, else those that were seen refused, else one of which nothing is known. */
export function requestsOf(given: Given, subject: Subject, port: number): readonly Said[] {
  if (isGiven(given)) return [{ ...given, host: undefined }];
  const seen = subject.seen
    .filter((r) => (r.port === undefined || r.port === port) && r.by.is !== 'no-chain')
    .map(({ path, method, host }): Said => ({ path, method, host, headers: {} }));
  const different = seen.filter(
    (one, i) => seen.findIndex((other) => wordOf(other) === wordOf(one)) === i,
  );
  return seen.length === 0 ? [{ ...given, host: undefined }] : different.slice(0, mostRequests);
}

function wordOf({ method, host, path }: Said): string {
  return [method, host, path].join(' ');
}
