// Who calls: the caller that was named, or those that the proxy denies now.
import type { Pod } from '../../../facts/kube/pod.ts';
import type { Arrival } from '../../kube/services.ts';
import { identityOfCaller, plaintextOf, type CallerIdentity } from './caller.ts';
import type { Counted } from '../../../facts/linkerd/policy/counters.ts';
import type { Denials } from '../../../facts/linkerd/policy/denial-log.ts';
import { arrivalsOf, sceneOf, type Picture } from './picture.ts';
import { isCurrent, mayBeOf } from './recent.ts';
import { sameRef } from './refs.ts';
import { portServer } from './server.ts';
import type { Visit } from './verdict.ts';

export type Seen = {
  readonly log: readonly Denials[] | undefined;
  readonly counted: readonly Counted[] | undefined;
};

export const mostCallers = 5;

/** The addresses that were denied recently, the latest first. */
export function deniedIps(log: readonly Denials[] | undefined): readonly string[] {
  return [...new Set((log ?? []).flatMap(({ ip }) => ip ?? []))].slice(0, mostCallers);
}

/** The caller that was named, at each port that may be meant. */
export function namedVisits(
  picture: Picture,
  caller: Pod | undefined,
  seen: Seen,
): readonly Visit[] {
  const { cluster } = sceneOf(picture);
  return arrivalsOf(picture).map((arrival) => {
    const dialed = arrival.servicePort ?? arrival.port;
    const expected: CallerIdentity = caller
      ? identityOfCaller(caller, dialed, cluster)
      : { is: 'unknown' };
    const lines = (seen.log ?? []).filter(
      (line) =>
        isOf(line, expected, caller?.ip) &&
        mayBeAt(picture, line, arrival.port) &&
        (caller === undefined || mayBeOf(picture, line, caller)),
    );
    // A pod on the network of its node may come from another of the node's addresses.
    const isLogged = lines.some((line) => line.ip === caller?.ip);
    const ip = caller?.hostNetwork && !isLogged ? undefined : caller?.ip;
    const [last] = lines.filter((line) => line.ip === ip);
    const isPlain = last?.plaintext === true && isCurrent(picture, last);
    const identity: CallerIdentity =
      caller && expected.is === 'tls' && isPlain
        ? { is: 'none', because: plaintextOf(caller, dialed, cluster) }
        : expected;
    const id = identity.is === 'tls' ? identity.id : undefined;
    // Without an identity the counters know nobody.
    const counted = (seen.counted ?? []).filter(
      (c) => c.port === arrival.port && id !== undefined && c.id === id,
    );
    return { arrival, subject: { caller, identity, ip, seen: lines, counted } };
  });
}

function isOf(line: Denials, identity: CallerIdentity, ip: string | undefined): boolean {
  if (line.ip !== undefined && line.ip === ip) return true;
  return identity.is === 'tls' && line.id === identity.id;
}

/** Callers whose requests were denied recently, each on the ports where that happened. */
export function deniedVisits(
  picture: Picture,
  callers: ReadonlyMap<string, Pod>,
  { log, counted }: Seen,
): readonly Visit[] {
  const logged = deniedIps(log).flatMap((ip) => {
    const lines = (log ?? []).filter((line) => line.ip === ip);
    return portsOf(picture, lines, counted ?? []).flatMap((port) => {
      const seen = lines.filter((line) => mayBeAt(picture, line, port));
      const pod = callers.get(ip);
      const caller = pod && seen.some((line) => mayBeOf(picture, line, pod)) ? pod : undefined;
      return visitAt(picture, port, caller, ip, seen, counted ?? []);
    });
  });
  const ids = new Set(logged.map(({ subject }) => idOf(subject.identity)));
  const others = (counted ?? []).filter(
    ({ what, now, id }) => what === 'denied' && now > 0 && id !== undefined && !ids.has(id),
  );
  const pairs = others.filter(
    (a, i) => others.findIndex((b) => b.id === a.id && b.port === a.port) === i,
  );
  const ofCounters = pairs.flatMap(({ id = '', port }): readonly Visit[] => {
    const arrival = arrivalAt(picture, port ?? 0);
    if (!arrival) return [];
    const mine = (counted ?? []).filter((c) => c.id === id && c.port === port);
    const identity: CallerIdentity = { is: 'tls', id };
    return [
      { arrival, subject: { caller: undefined, identity, ip: undefined, seen: [], counted: mine } },
    ];
  });
  return [...logged, ...ofCounters];
}

/** A line without a port names at least the Server. */
function mayBeAt(picture: Picture, line: Denials, port: number): boolean {
  if (line.port !== undefined) return line.port === port;
  const { ref } = portServer(sceneOf(picture), port);
  return line.server.kind === 'default' || sameRef(ref, line.server);
}

/** The ports of the lines; for lines without a port, those where the counters know the caller, or every possible one. */
function portsOf(
  picture: Picture,
  lines: readonly Denials[],
  counted: readonly Counted[],
): readonly number[] {
  const written = lines.flatMap(({ port }) => port ?? []);
  const others = lines.filter(({ port }) => port === undefined);
  const ids = others.flatMap(({ id }) => id ?? []);
  const known = counted.filter(
    (c) => c.what === 'denied' && c.id !== undefined && ids.includes(c.id),
  );
  const guessed = known.length > 0 ? known.flatMap(({ port }) => port ?? []) : may(picture, others);
  return [...new Set([...written, ...guessed])];
}

function may(picture: Picture, lines: readonly Denials[]): readonly number[] {
  const ports = arrivalsOf(picture).map(({ port }) => port);
  return ports.filter((port) => lines.some((line) => mayBeAt(picture, line, port)));
}

function visitAt(
  picture: Picture,
  port: number,
  caller: Pod | undefined,
  ip: string,
  seen: readonly Denials[],
  all: readonly Counted[],
): readonly Visit[] {
  const arrival = arrivalAt(picture, port);
  if (!arrival) return [];
  const id = seen.find((line) => line.id !== undefined)?.id;
  const identity =
    id === undefined ? plaintext(picture, caller, arrival, ip) : { is: 'tls' as const, id };
  const counted = all.filter((c) => c.port === port && id !== undefined && c.id === id);
  return [{ arrival, subject: { caller, identity, ip, seen, counted } }];
}

/** The proxy saw no identity; the caller's pod may tell why. */
function plaintext(
  picture: Picture,
  caller: Pod | undefined,
  arrival: Arrival,
  ip: string,
): CallerIdentity {
  const { cluster } = sceneOf(picture);
  const dialed = arrival.servicePort ?? arrival.port;
  if (caller) return { is: 'none', because: plaintextOf(caller, dialed, cluster) };
  const isNode = ip === picture.pod.nodeIp;
  return { is: 'none', because: { is: isNode ? 'own-node' : 'seen' } };
}

function arrivalAt(picture: Picture, port: number): Arrival | undefined {
  const known = arrivalsOf(picture).find((arrival) => arrival.port === port);
  if (known) return known;
  // Not the port that was asked about.
  if (picture.destination.port !== undefined) return undefined;
  return { port, protocol: 'sniffed', service: undefined, servicePort: undefined };
}

function idOf(identity: CallerIdentity): string | undefined {
  return identity.is === 'tls' ? identity.id : undefined;
}
