// What is known about a destination, with the answers as evidence.
import { cite, podText, valueOf, type Rest, type Seen } from '../../../../src/authoring.ts';
import type { Gathered } from '../checks.ts';
import { atOf, pointOf, type At } from '../picture.ts';
import type { Verdict } from '../verdict.ts';
import { callerText, seenText } from '../words.ts';
import type { Input } from '../../../shared/request.ts';

export type Known = At & { readonly policies: Seen; readonly seen: Gathered };

export function knownOf({ dst, root }: Input, seen: Gathered): Known | undefined {
  const pod = valueOf(seen.destination?.about);
  const point = pod && pointOf(pod);
  const { policies } = seen;
  if (!pod || !point || policies?.kind !== 'known') return undefined;
  const picture = {
    destination: dst,
    pod,
    services: valueOf(seen.destination?.services),
    mesh: valueOf(seen.mesh),
    policies: policies.value,
    proxy: valueOf(seen.proxy),
    root,
    now: Date.parse(policies.evidence.at),
  };
  return { ...atOf(picture, point), policies, seen };
}

/** The evidence of every finding about one request. */
export function restOf(known: Known, verdict: Verdict): Rest {
  const { policies, seen } = known;
  const { subject, request, proof } = verdict;
  const { caller, about } = subject;
  return {
    from: cite(
      policies,
      seen.proxy,
      proof && seen.refusals?.log,
      caller && about,
      seen.now,
      seen.mesh,
    ),
    sure: isSure(known, verdict),
    reach: proof && seenText(proof),
    about: { src: callerText(subject), port: request.port },
    ...(caller ? { goesOn: podText(caller.ref) } : {}),
  };
}

function isSure({ proxy }: Known, { is, sure }: Verdict): boolean {
  if (is.is === 'contradicted' || is.is === 'unknown') return false;
  // The application is the sure cause only if no policy in the proxy can be the one that refuses.
  if (is.is === 'elsewhere') return is.line.by.is !== 'application' || proxy.is !== 'differs';
  return sure;
}
