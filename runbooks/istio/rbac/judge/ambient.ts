// How `rbac` concludes for a destination in ambient mode: first the waypoint, if the caller passes one, then the ztunnel.
import { cite, listed, podText, valueOf } from '../../../../src/authoring.ts';
import { attach } from '../../../../src/model/istio/authz/attach.ts';
import { principalOf } from '../../../../src/model/istio/caller.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import { sceneOf } from '../picture.ts';
import type { Given, Subject } from '../request.ts';
import type { Visit } from '../subjects.ts';
import { verdicts, type Verdict } from '../verdict.ts';
import { closestText, heldText, policyText, ruleText } from '../words.ts';
import { serviceOf } from '../../../../src/model/kube/services.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { sayVisits, type Known, type RbacSay } from '../judge.ts';
import { policySlots, srcText } from '../slots.ts';

export function sayAmbient(
  say: RbacSay,
  known: Known,
  visits: readonly Visit[],
  given: Given,
): readonly Verdict[] {
  const waypoint = valueOf(known.sofar.waypoint?.about);
  if (!waypoint) return sayVisits(say, known, visits, given);
  const through = visits.filter(({ subject }) => passes(subject));
  const straight = visits.filter(({ subject }) => !passes(subject));
  const atWaypoint = atThe(known, waypoint);
  for (const { subject } of straight) sayBypassed(say, atWaypoint, known, subject);
  const first = sayVisits(say, atWaypoint, through, given);
  const second = through.flatMap((visit) =>
    first.some((v) => v.arrival === visit.arrival && v.is.is === 'denied')
      ? []
      : behind(say, known, waypoint, visit),
  );
  return [...first, ...second, ...sayVisits(say, known, straight, given)];
}

/** Only ztunnels send through a waypoint by themselves. */
function passes({ caller }: Subject): boolean {
  return caller !== undefined && meshRole(caller).is === 'ambient';
}

function atThe(known: Known, waypoint: Pod): Known {
  const { picture } = known;
  const service = serviceOf(picture.services, picture.pod, picture.destination);
  const at = { ...picture, pod: waypoint, proxy: undefined };
  const scene = sceneOf(at, {
    is: 'waypoint',
    namespace: waypoint.ref.namespace,
    labels: waypoint.labels,
    service: service && { namespace: service.namespace, name: service.name, from: 'Service' },
  });
  return { ...known, picture: at, scene, proxy: { is: 'unknown' } };
}

/** What the destination's ztunnel says of the waypoint itself. */
function behind(
  say: RbacSay,
  known: Known,
  waypoint: Pod,
  { subject, arrival }: Visit,
): readonly Verdict[] {
  const { picture, scene, policies, sofar } = known;
  const principal = principalOf(waypoint, scene.trustDomain);
  const seen = sofar.refusals?.log.kind === 'known' ? sofar.refusals.log.value.refused : [];
  const instead: Subject = {
    ...subject,
    identity: { is: 'mtls', principal },
    ip: waypoint.ip,
    seen: seen.filter((line) => line.ip === waypoint.ip),
  };
  const nothing = { path: undefined, method: undefined, headers: {} };
  const found = verdicts(picture, scene, instead, [arrival], nothing);
  for (const verdict of found) {
    const { is } = verdict;
    if (is.is !== 'denied') continue;
    const closest =
      is.by.is === 'no-allow'
        ? closestText(is.by.misses)
        : is.by.is === 'deny-rule'
          ? `${ruleText(is.by.matched)} denies it: ${heldText(is.by.matched.holds)}`
          : 'it is refused';
    const ref =
      is.by.is === 'no-allow'
        ? is.by.misses[0]?.rule.policy
        : is.by.is === 'deny-rule'
          ? is.by.matched.rule.policy
          : undefined;
    const slots = {
      ...policySlots(picture, scene, verdict, ref),
      waypoint: podText(waypoint.ref),
      closest,
    };
    const tell = verdict.sure ? say : say.likely;
    const about = sofar.waypoint?.about;
    tell('waypoint-identity', slots, ...cite(policies, about, sofar.refusals?.log));
  }
  return found;
}

function sayBypassed(say: RbacSay, atWaypoint: Known, known: Known, subject: Subject): void {
  if (!subject.caller) return;
  const attached = attach(atWaypoint.scene).filter((a) => a.because.attaches);
  if (attached.length === 0) return;
  const slots = {
    src: srcText(subject),
    waypoint: podText(atWaypoint.picture.pod.ref),
    pod: podText(known.picture.pod.ref),
    policies: listed(attached.map((a) => `AuthorizationPolicy ${policyText(a.policy)}`)),
  };
  say('waypoint-bypassed', slots, ...cite(known.policies, known.sofar.waypoint?.about));
}
