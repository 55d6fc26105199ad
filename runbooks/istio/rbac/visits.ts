// Who calls (the named caller, callers whose requests were logged as refused, or anyone), at which port, and with which
// requests, as the user or a log line describes them.
import { holdsHidden, valueOf, type Answer } from '../../../src/authoring.ts';
import { tlsOf, type ClientRules } from '../../../src/facts/istio/client-rules.ts';
import type { DenialLog, Refused } from '../../../src/facts/istio/denial-log.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { attach } from '../../../src/model/istio/authz/attach.ts';
import { peerMode } from '../../../src/model/istio/authz/peer-mode.ts';
import { unknownRequest, type Request } from '../../../src/model/istio/authz/types.ts';
import { callerIdentity, type CallerIdentity } from '../../../src/model/istio/caller.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import { clusterDomain } from '../../../src/model/istio/sync-verdict.ts';
import type { Arrival } from '../../../src/model/kube/services.ts';
import { arrivalsOf, chainsFor, lastPolicyChange, type At, type Picture } from './picture.ts';

/** What the user said about the request. */
export type Given = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

export type Subject = {
  readonly caller: Pod | undefined;
  /** The answer it comes from. */
  readonly about?: Answer<Pod> | undefined;
  readonly identity: CallerIdentity;
  readonly ip: string | undefined;
  /** Any caller, not one in particular. */
  readonly anyone: boolean;
  /** What the proxy logged about this caller. */
  readonly seen: readonly Refused[];
};

/** Who calls, and where. */
export type Visit = { readonly subject: Subject; readonly arrival: Arrival };

/** What is known about a request: from the user, from a log line, or nothing. */
export type Said = Given & { readonly host: string | undefined };

/** A caller's pod, and the DestinationRules that its proxy may use. */
export type Caller = {
  readonly about: Answer<Pod> | undefined;
  readonly rules: Answer<ClientRules> | undefined;
};

const nobody: Caller = { about: undefined, rules: undefined };

/** The named caller, at each port that may be meant. */
export function visitsOf(
  at: At,
  named: Caller | undefined,
  log: DenialLog | undefined,
): readonly Visit[] {
  const ip = valueOf(named?.about)?.ip;
  const seen = (log?.refused ?? []).filter((line) => ip !== undefined && line.ip === ip);
  return arrivalsOf(at.picture).map((arrival) => visitOf(at, named, arrival, ip, seen));
}

export function anyone(at: At): readonly Visit[] {
  return visitsOf(at, undefined, undefined).map(({ arrival, subject }) => ({
    arrival,
    subject: { ...subject, anyone: true },
  }));
}

const mostCallers = 5;

/** The addresses that were refused recently, the latest first. */
export function refusedIps(log: DenialLog | undefined): readonly string[] {
  const ips = (log?.refused ?? []).flatMap((line) => line.ip ?? []);
  return [...new Set(ips)].slice(0, mostCallers);
}

/** Callers refused since the policies last changed, each at the ports where it was refused. */
export function refusedVisits(
  at: At,
  log: DenialLog | undefined,
  callers: readonly (Caller & { readonly ip: string })[],
): readonly Visit[] {
  const arrivals = arrivalsOf(at.picture);
  const changed = lastPolicyChange(attach(at.scene));
  const refused = (log?.refused ?? []).filter((l) => l.at === undefined || l.at > changed);
  return refusedIps({ refused }).flatMap((ip) => {
    const seen = refused.filter((line) => line.ip === ip);
    const ports = [...new Set(seen.flatMap((line) => line.port ?? []))];
    const caller = callers.find((one) => one.ip === ip);
    return ports.flatMap((port) => {
      const known = arrivals.find((a) => a.port === port);
      // Not the port that the user asked about.
      if (!known && at.picture.destination.port !== undefined) return [];
      return visitOf(at, caller, known ?? unserved(port), ip, seen);
    });
  });
}

function unserved(port: number): Arrival {
  return { port, protocol: 'sniffed', service: undefined, servicePort: undefined };
}

function visitOf(
  at: At,
  { about, rules }: Caller = nobody,
  arrival: Arrival,
  ip: string | undefined,
  seen: readonly Refused[],
): Visit {
  const caller = valueOf(about);
  const identity = caller ? identityAt(at, caller, valueOf(rules), arrival) : loggedIdentity(seen);
  return { arrival, subject: { caller, about, identity, ip, anyone: false, seen } };
}

/** The identity that the log itself shows. */
function loggedIdentity(seen: readonly Refused[]): CallerIdentity {
  const principal = seen.find((line) => line.principal !== undefined)?.principal;
  return principal === undefined ? { is: 'unknown' } : { is: 'mtls', principal };
}

function identityAt(
  { picture, scene }: At,
  caller: Pod,
  rules: ClientRules | undefined,
  { service, servicePort, port }: Arrival,
): CallerIdentity {
  const role = meshRole(caller);
  const mesh = { root: scene.root, clusterDomain: clusterDomain(role) };
  const from = { namespace: caller.ref.namespace, labels: caller.labels };
  const tls = rules && service ? tlsOf(rules.rules, from, service, servicePort, mesh) : undefined;
  const sidecar = role.is === 'sidecar' || role.is === 'gateway';
  // A rule that could not be read may turn mutual TLS off.
  if (sidecar && !tls && (rules === undefined || rules.unseen.length > 0)) return { is: 'unknown' };
  return callerIdentity({
    caller,
    trustDomain: scene.trustDomain,
    autoMtls: picture.mesh?.autoMtls ?? true,
    mode: peerMode(scene, port).mode,
    tls,
    port: servicePort,
    ip: service?.ip,
    tunnel:
      meshRole(picture.pod).is === 'ambient' ||
      picture.pod.labels['networking.istio.io/tunnel'] === 'http',
  });
}

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
    // The query does not matter here (authz/match-path.ts), so a secret in it does not matter either.
    path: holdsHidden(said.path?.split('?')[0] ?? '') ? undefined : said.path,
    method: said.method?.toUpperCase(),
    host,
    headers,
  };
}

/** What the proxy says counts first; on a port that it sniffs, the request decides. */
function protocolOf(picture: Picture, arrival: Arrival, http: boolean): Request['protocol'] {
  const kinds = chainsFor(picture.proxy, arrival.port).map((chain) => chain.kind);
  const [only] = kinds;
  if (only && kinds.every((kind) => kind === only)) return only;
  if (!only && arrival.protocol !== 'sniffed') return arrival.protocol === 'http' ? 'http' : 'tcp';
  return http ? 'http' : 'unknown';
}

const mostRequests = 5;

/** The requests to decide: the described one, else those logged as refused, else one about which nothing is known. */
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
