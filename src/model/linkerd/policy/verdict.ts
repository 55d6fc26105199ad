// What happens to the requests of one caller on one port: what the policies say, compared with what the proxy logged
// and counted. A verdict is sure only when everything was read.
import type { Arrival } from '../../kube/services.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { beside, type Beside } from './beside.ts';
import { asIdentity, type CallerIdentity } from './caller.ts';
import type { Counted } from '../../../facts/linkerd/policy/counters.ts';
import { decide, tryAuthz, type Outcome } from './decide.ts';
import type { Denials } from '../../../facts/linkerd/policy/denial-log.ts';
import type { Request } from './match.ts';
import { isPastProxy, isWhole, sceneOf, type Picture } from './picture.ts';
import { isCurrent, isRecent } from './recent.ts';
import { sameRef } from './refs.ts';
import { portServer } from './server.ts';
import type { PortServer } from './types.ts';

export type Subject = {
  readonly caller: Pod | undefined;
  readonly identity: CallerIdentity;
  readonly ip: string | undefined;
  /** What the proxy logged as denied of this caller at this port. */
  readonly seen: readonly Denials[];
  /** What it counts of this caller at this port. */
  readonly counted: readonly Counted[];
};
export type Visit = { readonly subject: Subject; readonly arrival: Arrival };

export type Verdict = {
  readonly visit: Visit;
  readonly request: Request;
  readonly server: PortServer;
  readonly is: Outcome | { readonly is: 'past-proxy' };
  readonly sure: boolean;
  /** Authorizations that would allow the caller if they were in force. */
  readonly meant: readonly Beside[];
  /** Authorizations that were meant for this port, but nobody can tell for which caller. */
  readonly void: readonly Beside[];
};

export function verdictOf(picture: Picture, visit: Visit, request: Request): Verdict {
  const scene = sceneOf(picture);
  const { port } = visit.arrival;
  const server = portServer(scene, port);
  const caller = { identity: asIdentity(visit.subject.identity), ip: visit.subject.ip };
  const known = { visit, request, server };
  if (isPastProxy(picture, port)) {
    return { ...known, is: { is: 'past-proxy' }, sure: true, meant: [], void: [] };
  }
  const outcome = decide(server, caller, request);
  const aside = beside(scene, port, server);
  return {
    ...known,
    is: outcome,
    sure:
      outcome.is !== 'unknown' &&
      isWhole(picture, port) &&
      !(outcome.is === 'denied' && picture.policies.besideUnseen) &&
      // For an unknown caller nobody can tell which of these were meant for it.
      (caller.identity.is !== 'unknown' || aside.length === 0) &&
      !isContradicted(visit, outcome) &&
      !isOld(picture, visit),
    meant: aside.filter(({ authz }) => authz && tryAuthz(authz, caller).holds === 'yes'),
    void: aside.filter(({ authz }) => authz === undefined),
  };
}

/** The proxy allows this caller right now, whatever the policies say. */
function isContradicted({ subject }: Visit, outcome: Outcome): boolean {
  const allows = subject.counted.some(({ what, now }) => what === 'allowed' && now > 0);
  const denies = subject.counted.some(({ what, now }) => what === 'denied' && now > 0);
  return outcome.is === 'denied' && allows && !denies;
}

/** Only a line of the log tells that it has no identity, and that line is not of now. */
function isOld(picture: Picture, visit: Visit): boolean {
  const { identity, seen } = visit.subject;
  const bySight = identity.is === 'none' && identity.because.is === 'seen';
  return bySight && !seen.some((line) => isRecent(picture, line));
}

/** The proxy denied it since the policies last changed: a counter grows, or the log has a line. */
export function deniesNow(picture: Picture, { subject }: Visit): boolean {
  const lines = subject.seen.filter((line) => isRecent(picture, line));
  return lines.length > 0 || subject.counted.some((c) => c.what === 'denied' && c.now > 0);
}

/** What it denied before, in a way that the policies of now do not explain; undefined if it allows the caller now. */
export function deniedEarlier(picture: Picture, verdict: Verdict): Denials | undefined {
  const { visit, server, is } = verdict;
  const { seen, counted } = visit.subject;
  if (is.is !== 'allowed' || counted.some((c) => c.what === 'allowed' && c.now > 0))
    return undefined;
  // A Server or a route that is gone may have denied it.
  const isSame = ({ server: by, route }: Denials) =>
    sameRef(by, server.ref) && (!route || !is.route || sameRef(route, is.route));
  return seen.find((line) => isCurrent(picture, line) && isSame(line));
}

/** Whether any authorization is there at all, for anybody but the kubelet. */
export function isClosed({ authzs, routes }: PortServer): boolean {
  const ofRoutes = routes.filter(({ ref }) => !(ref.kind === 'default' && ref.name === 'probe'));
  return [...authzs, ...ofRoutes.flatMap((route) => route.authzs)].length === 0;
}
