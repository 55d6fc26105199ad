// One caller's request on one port, as the sentences and fixes of `linkerd-policy` need it.
import { destinationText, meshdoc, podText, words, type Command } from '../../../src/authoring.ts';
import { sceneOf, type Picture } from '../../../src/model/linkerd/policy/picture.ts';
import type { Verdict } from '../../../src/model/linkerd/policy/verdict.ts';
import { repairOf } from './repair.ts';
import {
  closestText,
  plaintextText,
  refIn,
  requestText,
  subjectText,
  upperFirst,
} from './words.ts';

export function requestOf({ pod }: Picture, { visit, request, server }: Verdict) {
  const { subject, arrival } = visit;
  const decides = refIn(server.ref, pod.ref.namespace);
  return {
    src: subjectText(subject),
    request: requestText(request, arrival.port),
    pod: pod.ref,
    port: arrival.port,
    server: decides,
    decider: upperFirst(decides),
  };
}

export type Refused = ReturnType<typeof refusedOf>;

/** A request that the proxy refuses. */
export function refusedOf(picture: Picture, verdict: Verdict) {
  const { is, visit, server } = verdict;
  const { caller, identity, ip } = visit.subject;
  return {
    ...requestOf(picture, verdict),
    caller: caller?.ref,
    from: caller,
    identity: identity.is === 'tls' ? identity.id : undefined,
    ip,
    because: identity.is === 'none' ? plaintextText(identity.because) : undefined,
    closest: upperFirst(closestText(is.is === 'denied' ? is.tried : [])),
    decides: server.ref,
    root: sceneOf(picture).cluster.controlPlane,
    repair: repairOf(picture, verdict),
    again: againOf(picture, verdict),
  };
}

/** Quick, and it only reads. */
export function againOf({ destination }: Picture, { visit, request }: Verdict): Command {
  const { arrival, subject } = visit;
  const { path, params = {}, method, host, headers } = request;
  const query = new URLSearchParams(params).toString();
  const sent = Object.entries({ ...(host === undefined ? {} : { host }), ...headers });
  return meshdoc`diagnose linkerd-policy ${subject.caller ? podText(subject.caller.ref) : []}
    ${destinationText({ ...destination, port: destination.port ?? arrival.port })}
    ${path === undefined ? [] : words`--path ${query === '' ? path : `${path}?${query}`}`}
    ${method === undefined ? [] : words`--method ${method}`}
    ${sent.map(([name, value]) => words`--header ${`${name}=${value}`}`)}`;
}
