// What happens to the requests of one caller on one port: what the policies say, compared with what the proxy logged
// and counted. A verdict is sure only when everything was read.
import { lastChange } from '../../kube/origin.ts';
import type { Arrival } from '../../kube/services.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { beside, type Beside } from './beside.ts';
import { asIdentity, type CallerIdentity } from './caller.ts';
import type { Counted } from '../../../facts/linkerd/policy/counters.ts';
import { decide, tryAuthz, type Outcome } from './decide.ts';
import type { Denials } from '../../../facts/linkerd/policy/denial-log.ts';
import type { Request } from './match.ts';
import { isPastProxy, isWhole, proxyStart, sceneOf, type Picture } from './picture.ts';
import { portServer } from './server.ts';
import { policyKinds, type PortServer } from './types.ts';

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
      !isContradicted(visit, outcome),
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

/** The proxy denied it since the policies last changed: a counter grows, or the log has a line. */
export function deniesNow(picture: Picture, { subject }: Visit): boolean {
  const since = Math.max(picture.now - recentMs, changedAt(picture) + settleMs);
  const lines = subject.seen.filter((line) => (loggedAt(picture, line) ?? 0) > since);
  return lines.length > 0 || subject.counted.some((c) => c.what === 'denied' && c.now > 0);
}

const recentMs = 60_000;
/** The controller sends a change at once; an open connection may still follow the old policy. */
const settleMs = 5000;

function loggedAt(picture: Picture, { at }: Denials): number | undefined {
  const start = proxyStart(picture);
  return start === undefined || at === undefined ? undefined : start + at * 1000;
}

function changedAt({ policies }: Picture): number {
  const times = policyKinds.flatMap((kind) =>
    policies.objects[kind].map((object) => Date.parse(lastChange(object)?.at ?? '')),
  );
  return Math.max(0, ...times.filter((time) => !Number.isNaN(time)));
}

/** Whether any authorization is there at all, for anybody but the kubelet. */
export function isClosed({ authzs, routes }: PortServer): boolean {
  const ofRoutes = routes.filter(({ ref }) => !(ref.kind === 'default' && ref.name === 'probe'));
  return [...authzs, ...ofRoutes.flatMap((route) => route.authzs)].length === 0;
}
