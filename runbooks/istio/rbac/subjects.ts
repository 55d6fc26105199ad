// Who calls: the caller that was named, those whose requests were logged as refused, or anyone at all.
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { attach } from '../../../src/model/istio/authz/attach.ts';
import { peerMode } from '../../../src/model/istio/authz/peer-mode.ts';
import type { Scene } from '../../../src/model/istio/authz/types.ts';
import { callerIdentity, type CallerIdentity } from '../../../src/model/istio/caller.ts';
import { tlsOf, type ClientRules } from '../../../src/facts/istio/client-rules.ts';
import type { DenialLog, Refused } from '../../../src/facts/istio/denial-log.ts';
import { clusterDomain } from '../../../src/model/istio/sync-verdict.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import type { Arrival } from '../../../src/model/kube/services.ts';
import { arrivalsOf, lastPolicyChange, type Picture } from './picture.ts';
import type { Subject } from './request.ts';

export type Caller = {
  readonly about: Pod | undefined;
  readonly rules: ClientRules | undefined;
};
export type Visit = { readonly subject: Subject; readonly arrival: Arrival };

/** The caller that was named, at each port it may mean. */
export function visitsOf(
  picture: Picture,
  scene: Scene,
  caller: Caller,
  log: DenialLog | undefined,
): readonly Visit[] {
  const ip = caller.about?.ip;
  const seen = (log?.refused ?? []).filter((line) => ip !== undefined && line.ip === ip);
  return arrivalsOf(picture).map((arrival) => ({
    arrival,
    subject: {
      caller: caller.about,
      identity: identityAt(picture, scene, caller, arrival),
      ip,
      anyone: false,
      seen,
    },
  }));
}

export const mostCallers = 5;

/** The addresses that were refused lately, the latest first. */
export function refusedIps(log: DenialLog | undefined): readonly string[] {
  const ips = (log?.refused ?? []).flatMap((line) => line.ip ?? []);
  return [...new Set(ips)].slice(0, mostCallers);
}

/** Those who were refused since the policies are what they are, each at the ports where it was. */
export function refusedVisits(
  picture: Picture,
  scene: Scene,
  log: DenialLog | undefined,
  callers: ReadonlyMap<string, Caller>,
): readonly Visit[] {
  const all = arrivalsOf(picture);
  const asked = picture.destination.port !== undefined;
  const changed = lastPolicyChange(attach(scene));
  const current = (log?.refused ?? []).filter((l) => l.at === undefined || l.at > changed);
  return refusedIps({ refused: current }).flatMap((ip) => {
    const seen = current.filter((line) => line.ip === ip);
    const ports = [...new Set(seen.flatMap((line) => line.port ?? []))];
    return ports.flatMap((port): readonly Visit[] => {
      const known = all.find((a) => a.port === port);
      if (!known && asked) return [];
      const arrival: Arrival = known ?? {
        port,
        protocol: 'sniffed',
        service: undefined,
        servicePort: undefined,
      };
      const caller = callers.get(ip) ?? { about: undefined, rules: undefined };
      const identity = caller.about
        ? identityAt(picture, scene, caller, arrival)
        : loggedIdentity(seen);
      return [{ arrival, subject: { caller: caller.about, identity, ip, anyone: false, seen } }];
    });
  });
}

/** What the log itself says of who called: a principal, or that there was no TLS. */
function loggedIdentity(seen: readonly Refused[]): CallerIdentity {
  const principal = seen.find((line) => line.principal !== undefined)?.principal;
  return principal === undefined ? { is: 'unknown' } : { is: 'mtls', principal };
}

export function anyone(picture: Picture): readonly Visit[] {
  return arrivalsOf(picture).map((arrival) => ({
    arrival,
    subject: {
      caller: undefined,
      identity: { is: 'unknown' },
      ip: undefined,
      anyone: true,
      seen: [],
    },
  }));
}

function identityAt(
  picture: Picture,
  scene: Scene,
  { about, rules }: Caller,
  { service, servicePort, port }: Arrival,
): CallerIdentity {
  if (!about) return { is: 'unknown' };
  const mesh = { root: scene.root, clusterDomain: clusterDomain(meshRole(about)) };
  const from = { namespace: about.ref.namespace, labels: about.labels };
  const tls = rules && service ? tlsOf(rules.rules, from, service, servicePort, mesh) : undefined;
  const sidecar = meshRole(about).is === 'sidecar' || meshRole(about).is === 'gateway';
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
