// Who calls (the named caller, callers whose requests were logged as refused, or anyone), and at which port.
import { valueOf, type Answer } from '../../../src/authoring.ts';
import { tlsOf, type ClientRules } from '../../../src/facts/istio/client-rules.ts';
import type { DenialLog, Refused } from '../../../src/facts/istio/denial-log.ts';
import type { RequestPeers } from '../../../src/facts/istio/request-peers.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { peerMode } from '../../../src/model/istio/authz/peer-mode.ts';
import { callerIdentity, plaintext, type CallerIdentity } from '../../../src/model/istio/caller.ts';
import { inboundBypass } from '../../../src/model/istio/interception.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import { clusterDomain } from '../../../src/model/istio/sync-verdict.ts';
import type { Arrival } from '../../../src/model/kube/services.ts';
import { arrivalsOf, chainsFor, lastPolicyChange, tunnels, type At } from './picture.ts';

/** What the user said about the request. */
export type Given = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

export type Subject = {
  readonly caller: Pod | undefined;
  /** The answer that shows who it is. */
  readonly about?: Answer<unknown> | undefined;
  readonly identity: CallerIdentity;
  /** The address of the peer of the connection. */
  readonly ip: string | undefined;
  /** It passes on a request of this client. */
  readonly forwards?: string | undefined;
  /** Any caller, not one in particular. */
  readonly anyone: boolean;
  /** What the proxy logged about this caller. */
  readonly seen: readonly Refused[];
};

/** Who calls, and where. */
export type Visit = { readonly subject: Subject; readonly arrival: Arrival };

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
  const caller = valueOf(named?.about);
  const ip = caller?.ip;
  // A gateway is not named in the line about a request that it passes on.
  const passesOn = caller !== undefined && meshRole(caller).is === 'gateway';
  const seen = refusalsIn(log).filter((line) =>
    line.peer === undefined
      ? passesOn && line.transport === 'mtls'
      : ip !== undefined && line.peer === ip,
  );
  return enforcedPorts(at).map((arrival) => visitOf(at, named, arrival, ip, seen));
}

/** The ports whose requests reach the proxy. */
function enforcedPorts({ picture }: At): readonly Arrival[] {
  return arrivalsOf(picture).filter(({ port }) => !inboundBypass(picture.pod, port));
}

export function anyone(at: At): readonly Visit[] {
  return visitsOf(at, undefined, undefined).map(({ arrival, subject }) => ({
    arrival,
    subject: { ...subject, anyone: true },
  }));
}

const mostCallers = 5;

/** What was refused to callers; what the proxy refuses to its own application is not among it. */
function refusalsIn(log: DenialLog | undefined): readonly Refused[] {
  return (log?.refused ?? []).filter((line) => line.by.is !== 'fault');
}

/** The peers that were refused recently, by address, the latest first. */
export function refusedIps(log: DenialLog | undefined): readonly string[] {
  const ips = refusalsIn(log).flatMap((line) => line.peer ?? []);
  return [...new Set(ips)].slice(0, mostCallers);
}

/** Requests of clients that some proxy passed on: the lines do not show the address of that proxy. */
export function forwardedIn(log: DenialLog | undefined): readonly Refused[] {
  return refusalsIn(log).filter((line) => line.peer === undefined && line.ip !== undefined);
}

export type Logged = {
  readonly callers: readonly (Caller & { readonly ip: string })[];
  readonly peers: Answer<RequestPeers> | undefined;
};

/** Callers refused since the policies last changed, each at the ports where it was refused. */
export function refusedVisits(
  at: At,
  log: DenialLog | undefined,
  logged: Logged,
): readonly Visit[] {
  const changed = lastPolicyChange(at.scene);
  const recent = (log?.refused ?? []).filter((l) => l.at === undefined || l.at > changed);
  return loggedVisits(at, { refused: recent }, logged);
}

/** Each caller that the log names, at the ports where it was refused. */
export function loggedVisits(
  at: At,
  log: DenialLog | undefined,
  { callers, peers }: Logged,
): readonly Visit[] {
  const refused = refusalsIn(log);
  const direct = refusedIps({ refused }).flatMap((ip) => {
    const seen = refused.filter((line) => line.peer === ip);
    const caller = callers.find((one) => one.ip === ip);
    return portsOf(at, seen).map((arrival) => visitOf(at, caller, arrival, ip, seen));
  });
  return [...direct, ...forwardedVisits(at, forwardedIn({ refused }), peers)];
}

/** The peer of a request that was passed on is whoever its line, or else the metrics of the proxy, name. */
function forwardedVisits(
  at: At,
  lines: readonly Refused[],
  peers: Answer<RequestPeers> | undefined,
): readonly Visit[] {
  const [only, more] = valueOf(peers) ?? [];
  const kinds = [
    ...new Set(lines.map((line) => `${line.transport ?? ''} ${line.principal ?? ''}`)),
  ];
  return kinds.flatMap((kind) => {
    const seen = lines.filter((l) => `${l.transport ?? ''} ${l.principal ?? ''}` === kind);
    const [first] = seen;
    const counted = first?.transport === 'mtls' && only && !more ? only.principal : undefined;
    const principal = first?.principal ?? counted;
    const identity: CallerIdentity =
      principal === undefined ? { is: 'unknown' } : { is: 'mtls', principal };
    const subject: Subject = {
      ...{ caller: undefined, identity, ip: undefined, forwards: first?.ip, anyone: false, seen },
      about: principal === counted ? peers : undefined,
    };
    return portsOf(at, seen).map((arrival) => ({
      arrival,
      subject: atPoint(at, arrival, subject),
    }));
  });
}

/** The ports where these were refused, as far as the user asked about them. */
function portsOf({ picture }: At, seen: readonly Refused[]): readonly Arrival[] {
  const arrivals = arrivalsOf(picture);
  return [...new Set(seen.flatMap((line) => line.port ?? []))].flatMap((port) => {
    const known = arrivals.find((a) => a.port === port);
    return !known && picture.destination.port !== undefined ? [] : [known ?? unserved(port)];
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
  const subject = { caller, about, identity, ip, anyone: false, seen };
  return { arrival, subject: atPoint(at, arrival, subject) };
}

/**
 * At a gateway only a server that asks for a certificate of the client learns an identity
 * (istio pilot/pkg/networking/core/gateway.go buildGatewayListenerTLSContext).
 */
function atPoint({ picture, scene }: At, { port }: Arrival, subject: Subject): Subject {
  if (scene.point.is !== 'gateway' || subject.identity.is === 'refused') return subject;
  const chains = chainsFor(picture.proxy, port);
  if (chains.length === 0) return { ...subject, identity: { is: 'unknown' } };
  const asks = chains.some((chain) => chain.asksCertificate);
  const identity: CallerIdentity = asks ? subject.identity : plaintext({ is: 'gateway' });
  return { ...subject, identity };
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
    tunnel: tunnels(picture.pod),
    labelled: picture.pod.labels['security.istio.io/tlsMode'] === 'istio',
  });
}
