// One request, as the sentences and fixes of `rbac` need it.
import { again } from '../../shared/request.ts';
import type { At } from './picture.ts';
import type { Verdict } from './verdict.ts';
import { callerText, requestText } from './words.ts';

export type Asked = ReturnType<typeof askedOf>;

/** What the sentences about it name. */
export function askedOf({ picture }: At, { subject, request }: Verdict) {
  return { pod: picture.pod.ref, src: callerText(subject), request: requestText(request) };
}

export type Case = ReturnType<typeof caseOf>;

export function caseOf({ picture: { destination, pod }, scene }: At, verdict: Verdict) {
  const { subject, request } = verdict;
  return {
    called: pod,
    caller: subject.caller,
    scene,
    verdict,
    verify: again('rbac', subject.caller?.ref, destination, request.port, request),
  };
}
