// The values that the sentences and fixes of `rbac` are filled with.
import { destinationText, listed, podText } from '../../../src/authoring.ts';
import { repair } from '../../../src/model/istio/authz/repair.ts';
import type { PolicyRef, Scene } from '../../../src/model/istio/authz/types.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import { againSlot, repairSlot } from './fixes.ts';
import type { Picture } from './picture.ts';
import type { Subject } from './request.ts';
import type { Verdict } from './verdict.ts';
import { plaintextText, policyText, requestText, seenText } from './words.ts';

export function srcText({ caller, ip, seen }: Subject): string {
  if (caller) return `${podText(caller.ref)} (service account ${caller.serviceAccount})`;
  const principal = seen.find((line) => line.principal !== undefined)?.principal;
  return principal ?? ip ?? 'an unknown caller';
}

/** What every finding about one request says. */
export function requestSlots(picture: Picture, verdict: Verdict) {
  const { pod, destination } = picture;
  const { subject, request, proof } = verdict;
  const { namespace, name } = pod.ref;
  const { identity } = subject;
  return {
    pod: podText(pod.ref),
    namespace,
    name,
    src: srcText(subject),
    caller: subject.caller ? podText(subject.caller.ref) : '',
    callerNamespace: subject.caller?.ref.namespace ?? namespace,
    request: requestText(request),
    port: request.port,
    seen: proof === undefined ? '' : seenText(proof),
    because:
      identity.is === 'plaintext'
        ? plaintextText(identity.because)
        : 'the connection carries no identity',
    again: againSlot([
      ...(subject.caller ? [podText(subject.caller.ref)] : []),
      destinationText({ ...destination, port: destination.port ?? request.port }),
      ...(request.path === undefined ? [] : ['--path', request.path]),
      ...(request.method === undefined ? [] : ['--method', request.method]),
      ...Object.entries(request.headers).flatMap(([key, value]) =>
        value === null ? [] : ['--header', `${key}=${value}`],
      ),
    ]),
  };
}

/** What findings say that a policy is to blame for. */
export function policySlots(
  picture: Picture,
  scene: Scene,
  verdict: Verdict,
  ref: PolicyRef | undefined,
) {
  const all = scene.authorizationPolicies;
  const object = all.find(
    ({ metadata }) => metadata.namespace === ref?.namespace && metadata.name === ref?.name,
  );
  const owner = object === undefined ? undefined : ownerOf(object);
  const { decision, request } = verdict;
  const repairs = decision.outcome.is === 'denied' ? repair(scene, request, decision) : [];
  const inForce = decision.attached.filter((a) => a.because.attaches && a.action === 'ALLOW');
  return {
    ...requestSlots(picture, verdict),
    policy: ref === undefined ? 'a policy' : policyText(ref),
    policyName: ref?.name ?? '',
    policyNamespace: ref?.namespace ?? '',
    repairs: repairSlot(repairs, all),
    owned:
      owner === undefined
        ? ''
        : `Do not edit ${policyText(ref ?? { namespace: '', name: '' })} by hand: ${owner} owns it and puts it back.`,
    inForce: listed(inForce.slice(0, 4).map((a) => policyText(a.policy))) || 'none',
  };
}
