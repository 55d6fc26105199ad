// The values that the sentences and fixes of `linkerd-policy` are filled with.
import { destinationText, podText } from '../../../src/authoring.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import { targetOf } from '../../../src/model/linkerd/policy/authorizations.ts';
import { notInForceText, type Beside } from '../../../src/model/linkerd/policy/beside.ts';
import type { Tried } from '../../../src/model/linkerd/policy/decide.ts';
import { againSlot, repairSlot } from './fixes.ts';
import { nameOf } from '../../../src/facts/linkerd/policy/objects.ts';
import { sceneOf, type Picture } from '../../../src/model/linkerd/policy/picture.ts';
import { repairOf } from './repair.ts';
import { defaultPolicyAt } from '../../../src/model/linkerd/policy/server.ts';
import type { Verdict } from '../../../src/model/linkerd/policy/verdict.ts';
import {
  closest,
  closestText,
  plaintextText,
  requestText,
  seenText,
  serverText,
  subjectText,
} from './words.ts';
import { defaultPolicyOf } from '../../../src/model/linkerd/policy/workload.ts';

export function requestSlots(picture: Picture, verdict: Verdict) {
  const { pod, destination } = picture;
  const { visit, request, server } = verdict;
  const { subject, arrival } = visit;
  const { identity, caller } = subject;
  const { cluster } = sceneOf(picture);
  const { namespace, name } = pod.ref;
  return {
    pod: podText(pod.ref),
    namespace,
    name,
    src: subjectText(subject),
    caller: caller ? podText(caller.ref) : '',
    callerName: caller?.ref.name ?? '',
    callerNamespace: caller?.ref.namespace ?? '',
    request: requestText(request, arrival.port),
    port: arrival.port,
    server: serverText(server),
    serverName: server.ref.kind === 'Server' ? server.ref.name : '',
    identity: identity.is === 'tls' ? identity.id : '',
    ip: subject.ip ?? '',
    because: identity.is === 'none' ? plaintextText(identity.because) : '',
    seen: seenText(visit),
    controlPlane: cluster.controlPlane,
    repairs: repairSlot(repairOf(picture, verdict)),
    again: againSlot([
      ...(caller ? [podText(caller.ref)] : []),
      destinationText({ ...destination, port: destination.port ?? arrival.port }),
      ...(request.path === undefined ? [] : ['--path', request.path]),
      ...(request.method === undefined ? [] : ['--method', request.method]),
      ...Object.entries(request.headers).flatMap(([key, value]) => ['--header', `${key}=${value}`]),
    ]),
  };
}

/** What findings say of the authorization that came closest. */
export function closestSlots(picture: Picture, tried: readonly Tried[]) {
  const ref = closest(tried)?.authz.ref;
  return {
    closest: closestText(tried).replace(/^[a-z]/, (first) => first.toUpperCase()),
    policyName: ref?.name ?? '',
    policyNamespace: picture.pod.ref.namespace,
  };
}

export function meantSlots({ policy, why }: Beside) {
  const owner = ownerOf(policy);
  const { namespace = '', name } = policy.metadata;
  const target = targetOf(policy);
  return {
    policy: `${policy.kind} ${nameOf(policy)}`,
    policyName: name,
    policyNamespace: namespace,
    why: notInForceText(why),
    target: JSON.stringify(
      target ? { group: target.group, kind: target.kind, name: target.name } : {},
    ),
    owned:
      owner === undefined
        ? ''
        : `Do not edit ${nameOf(policy)} by hand: ${owner} owns it and puts it back.`,
  };
}

/** Where the default policy of the port comes from. */
export function originText(picture: Picture, port: number): string {
  const policy = defaultPolicyAt(sceneOf(picture), port);
  return defaultPolicyOf(picture.workload) === undefined
    ? `is ${policy} for the whole mesh`
    : `an annotation of the pod sets to ${policy}`;
}
