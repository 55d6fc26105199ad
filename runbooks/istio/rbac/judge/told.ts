// What all findings about one request have in common: what they name, what they rest on, how they are asked again.
import { cite, podText, valueOf, type Fix, type Rest } from '../../../../src/authoring.ts';
import { repair } from '../../../../src/model/istio/authz/repair.ts';
import type { PolicyRef } from '../../../../src/model/istio/authz/types.ts';
import { again, avoidEdit, readPolicy, repairFixes } from '../fixes.ts';
import type { Known } from '../known.ts';
import type { Verdict } from '../verdict.ts';
import { callerText, requestText, seenText } from '../words.ts';

export type Told = ReturnType<typeof toldOf>;

export function toldOf(known: Known, verdict: Verdict) {
  const { picture, policies, seen } = known;
  const { subject, request, proof } = verdict;
  const { caller } = subject;
  const about = caller && callerAnswer(known, verdict);
  const src = callerText(subject);
  return {
    known,
    verdict,
    /** Slots of their sentences. */
    said: {
      pod: picture.pod.ref,
      src,
      request: requestText(request),
    },
    rest: {
      from: cite(policies, seen.proxy, proof && seen.refusals?.log, about, seen.now, seen.mesh),
      sure: isSure(known, verdict),
      reach: proof && seenText(proof),
      about: { src, port: request.port },
      ...(caller ? { goesOn: podText(caller.ref) } : {}),
    },
    verify: again(picture, caller, request),
  };
}

function callerAnswer({ seen }: Known, { subject }: Verdict) {
  if (valueOf(seen.caller?.about) === subject.caller) return seen.caller?.about;
  return seen.refusals?.callers.find((one) => one.ip === subject.ip)?.about;
}

function isSure({ proxy }: Known, { is, sure }: Verdict): boolean {
  switch (is.is) {
    case 'elsewhere':
      // Only where no policy refuses it either is the application all there is.
      return is.line.by.is !== 'application' || proxy.is !== 'differs';
    case 'contradicted':
    case 'unknown':
      return false;
    default:
      return sure;
  }
}

/** For a policy that is to blame: it is read, then changed. */
export function mending(
  { known, verdict, rest, verify }: Told,
  policy: PolicyRef | undefined,
  ...between: readonly Fix[]
): Rest {
  const { scene } = known;
  const policies = scene.authorizationPolicies;
  const repairs = repair(scene, verdict.request, verdict.decision);
  return {
    ...rest,
    avoid: avoidEdit(policies, policy),
    fixes: [...readPolicy(policy, verify), ...between, ...repairFixes(repairs, policies, verify)],
  };
}
