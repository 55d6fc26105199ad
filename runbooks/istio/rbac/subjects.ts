// Who calls: the caller that was named, those whose requests were logged as refused, or anyone at all.
import { tlsOf, type ClientRules } from '../../../src/facts/istio/client-rules.ts';
import type { DenialLog, Refused } from '../../../src/facts/istio/denial-log.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { attach } from '../../../src/model/istio/authz/attach.ts';
import { peerMode } from '../../../src/model/istio/authz/peer-mode.ts';
import { callerIdentity, type CallerIdentity } from '../../../src/model/istio/caller.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import { clusterDomain } from '../../../src/model/istio/sync-verdict.ts';
import type { Arrival } from '../../../src/model/kube/services.ts';
import { arrivalsOf, lastPolicyChange, type At } from './picture.ts';
import type { Visit } from './request.ts';

export type Caller = {
  readonly about: Pod | undefined;
  readonly rules: ClientRules | undefined;
};

const nobody: Caller = { about: undefined, rules: undefined };

/** The caller that was named, or anyone, at each port that may be meant. */
export function visitsOf(
  at: At,
  named: Caller | 'anyone',
  log: DenialLog | undefined,
): readonly Visit[] {
  const anyone = named === 'anyone';
  const caller = anyone ? nobody : named;
  const ip = caller.about?.ip;
  const seen = (log?.refused ?? []).filter((line) => ip !== undefined && line.ip === ip);
  return arrivalsOf(at.picture).map((arrival) => {
    const identity = identityAt(at, caller, arrival);
    return { arrival, subject: { caller: caller.about, identity, ip, anyone, seen } };
  });
}

const mostCallers = 5;

/** The addresses that were refused lately, the latest first. */
export function refusedIps(log: DenialLog | undefined): readonly string[] {
  const ips = (log?.refused ?? []).flatMap((line) => line.ip ?? []);
  return [...new Set(ips)].slice(0, mostCallers);
}

/** Those who were refused since the policies are what they are, each at the ports where it was. */
export function refusedVisits(
  at: At,
  log: DenialLog | undefined,
  callers: ReadonlyMap<string, Caller>,
): readonly Visit[] {
  const arrivals = arrivalsOf(at.picture);
  const changed = lastPolicyChange(attach(at.scene));
  const refused = (log?.refused ?? []).filter((l) => l.at === undefined || l.at > changed);
  return refusedIps({ refused }).flatMap((ip) => {
    const seen = refused.filter((line) => line.ip === ip);
    const caller = callers.get(ip) ?? nobody;
    const ports = new Set(seen.flatMap((line) => line.port ?? []));
    return [...ports].flatMap((port): readonly Visit[] => {
      const known = arrivals.find((a) => a.port === port);
      // Another port than the one that was asked about.
      if (!known && at.picture.destination.port !== undefined) return [];
      const arrival = known ?? unserved(port);
      const identity = caller.about ? identityAt(at, caller, arrival) : loggedIdentity(seen);
      return [{ arrival, subject: { caller: caller.about, identity, ip, anyone: false, seen } }];
    });
  });
}

function unserved(port: number): Arrival {
  return { port, protocol: 'sniffed', service: undefined, servicePort: undefined };
}

/** What the log itself says of who called: a principal, or that there was no TLS. */
function loggedIdentity(seen: readonly Refused[]): CallerIdentity {
  const principal = seen.find((line) => line.principal !== undefined)?.principal;
  return principal === undefined ? { is: 'unknown' } : { is: 'mtls', principal };
}

function identityAt(
  { picture, scene }: At,
  { about, rules }: Caller,
  { service, servicePort, port }: Arrival,
): CallerIdentity {
  if (!about) return { is: 'unknown' };
  const role = meshRole(about);
  const mesh = { root: scene.root, clusterDomain: clusterDomain(role) };
  const from = { namespace: about.ref.namespace, labels: about.labels };
  const tls = rules && service ? tlsOf(rules.rules, from, service, servicePort, mesh) : undefined;
  const sidecar = role.is === 'sidecar' || role.is === 'gateway';
  // A rule that could not be read may take the identity away.
  if (sidecar && !tls && (rules === undefined || rules.unseen.length > 0)) return { is: 'unknown' };
  return callerIdentity({
    caller: about,
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
