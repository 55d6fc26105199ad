// A destination in ambient mode: first the waypoint, if the caller goes through one, then the ztunnel.
import { cite, listed, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { attach } from '../../../../src/model/istio/authz/attach.ts';
import { kindText } from '../../../../src/model/istio/authz/refs.ts';
import type { DeniedBy } from '../../../../src/model/istio/authz/types.ts';
import { principalOf } from '../../../../src/model/istio/caller.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import { serviceOf } from '../../../../src/model/kube/services.ts';
import { askedOf, caseOf } from '../case.ts';
import { avoidEdit, mend, type Blame } from '../fixes.ts';
import { atOf } from '../picture.ts';
import { tell } from '../says.ts';
import { verdicts, type Judged } from '../verdict.ts';
import type { Given, Subject, Visit } from '../visits.ts';
import { callerText, closestText, heldText } from '../words.ts';
import { restOf, type Known } from './known.ts';
import { ofVisits } from './request.ts';

export function inAmbient(known: Known, visits: readonly Visit[], given: Given): Judged {
  const waypoint = valueOf(known.seen.waypoint?.about);
  if (!waypoint) return ofVisits(known, visits, given);
  const through = visits.filter(({ subject }) => passes(subject));
  const straight = visits.filter(({ subject }) => !passes(subject));
  const atWaypoint = atThe(known, waypoint);
  const first = ofVisits(atWaypoint, through, given);
  const stopped = first.verdicts.filter((v) => v.is.is === 'denied');
  const second = through
    .filter((visit) => !stopped.some((one) => isSameVisit(one, visit)))
    .map((visit) => behind(known, waypoint, visit));
  const all = [first, ...second, ofVisits(known, straight, given)];
  return {
    verdicts: all.flatMap((one) => one.verdicts),
    found: [
      ...straight.flatMap(({ subject }) => bypassed(atWaypoint, known, subject)),
      ...all.flatMap((one) => one.found),
    ],
  };
}

/** One caller's denial says nothing about another's. */
function isSameVisit(one: Visit, other: Visit): boolean {
  const { caller, ip } = one.subject;
  return (
    one.arrival === other.arrival && caller === other.subject.caller && ip === other.subject.ip
  );
}

/** Only a ztunnel sends traffic through a waypoint. */
function passes({ caller }: Subject): boolean {
  return caller !== undefined && meshRole(caller).is === 'ambient';
}

function atThe(known: Known, waypoint: Pod): Known {
  const { picture } = known;
  const service = serviceOf(picture.services, picture.pod, picture.destination);
  const at = atOf(
    { ...picture, pod: waypoint, proxy: undefined },
    {
      is: 'waypoint',
      namespace: waypoint.ref.namespace,
      labels: waypoint.labels,
      service: service && { namespace: service.namespace, name: service.name, from: 'Service' },
    },
  );
  return { ...known, ...at };
}

/** What the destination's ztunnel decides about the waypoint itself. */
function behind(known: Known, waypoint: Pod, { subject, arrival }: Visit): Judged {
  const { scene, policies, seen } = known;
  const refusals = valueOf(seen.refusals?.log)?.refused ?? [];
  const instead: Subject = {
    ...subject,
    identity: { is: 'mtls', principal: principalOf(waypoint, scene.trustDomain) },
    ip: waypoint.ip,
    seen: refusals.filter((line) => line.ip === waypoint.ip),
  };
  const nothing = { path: undefined, method: undefined, headers: {} };
  const all = verdicts(known, { subject: instead, arrival }, nothing);
  const found = all.flatMap((verdict) => {
    if (verdict.is.is !== 'denied') return [];
    const c = caseOf(known, verdict);
    const { closest, resource, ...blame } = refuser(verdict.is.by);
    return tell(
      'waypoint-identity',
      { ...askedOf(known, verdict), waypoint: waypoint.ref, resource, closest },
      {
        ...restOf(known, verdict),
        from: cite(policies, seen.waypoint?.about, seen.refusals?.log),
        avoid: avoidEdit(c, blame),
        fixes: mend(c, blame),
      },
    );
  });
  return { verdicts: all, found };
}

type Refuser = Blame & { readonly resource: string; readonly closest: string };

function refuser(by: DeniedBy): Refuser {
  switch (by.is) {
    case 'no-allow': {
      const mends = by.misses[0]?.rule.policy;
      const resource = mends ? kindText(mends) : unnamed;
      return { mends, resource, closest: closestText(by.misses) };
    }
    case 'deny-rule': {
      const { rule, holds } = by.matched;
      const closest = `rule ${rule.index} denies it and ${heldText(holds)}`;
      return { mends: rule.policy, resource: kindText(rule.policy), closest };
    }
    default:
      return { resource: unnamed, closest: 'the request is refused' };
  }
}

const unnamed = 'A policy';

function bypassed(atWaypoint: Known, known: Known, subject: Subject): readonly Found[] {
  const attached = attach(atWaypoint.scene).filter((a) => a.because.attaches);
  if (!subject.caller || attached.length === 0) return [];
  const slots = {
    src: callerText(subject),
    waypoint: atWaypoint.picture.pod.ref,
    pod: known.picture.pod.ref,
    policies: listed(attached.map((a) => kindText(a.policy))),
  };
  const from = cite(known.policies, known.seen.waypoint?.about);
  return [tell('waypoint-bypassed', slots, { from })];
}
