// Conclusions about the proxy itself: whether it answers, what it has, what it counts.
import { cite, count, listed, meshdoc, type Found } from '../../../../src/authoring.ts';
import { attach, isKind, targetsOf } from '../../../../src/model/istio/authz/attach.ts';
import { policyText } from '../../../../src/model/istio/authz/refs.ts';
import type { Attached, NotAttached } from '../../../../src/model/istio/authz/types.ts';
import { matchesAll } from '../../../../src/model/kube/labels.ts';
import { labelsAt } from '../../../../src/model/kube/read.ts';
import { selectsPod, serviceOf } from '../../../../src/model/kube/services.ts';
import { askStale, logRefusals, readPolicy } from '../fixes.ts';
import type { Picture } from '../picture.ts';
import { tell } from '../says.ts';
import type { Known } from './known.ts';

/** Whether it answers, and has what Kubernetes says. */
export function ofProxy({ picture, proxy, policies, seen }: Known): readonly Found[] {
  const pod = picture.pod.ref;
  const has = picture.proxy;
  if (has && has.is !== 'heard' && seen.proxy?.kind === 'known') {
    const silent = 'accepts connections on its admin port but does not answer';
    const state = has.is === 'silent' ? silent : 'is not running';
    const fixes = askStale('See what is wrong with the proxy', pod);
    return [tell('proxy-silent', { pod, state }, { from: [seen.proxy], fixes })];
  }
  if (proxy.is !== 'differs') return [];
  const refused = proxy.refused && `Envoy rejects the newer config: ${proxy.refused}`;
  const differs = (
    id: 'stale-in-proxy' | 'not-in-proxy',
    names: readonly string[],
    sure: boolean,
  ): readonly Found[] => {
    if (names.length === 0) return [];
    const listedNames = listed(names.map((name) => `AuthorizationPolicy ${name}`));
    const fixes = askStale('See why the proxy is behind', pod);
    const rest = { from: cite(policies, seen.proxy), sure, fixes };
    return [tell(id, { pod, policies: listedNames, refused }, rest)];
  };
  const whole = picture.policies?.unseen.authorization.length === 0;
  // A change needs a moment to arrive.
  const late = !proxy.young || proxy.refused !== undefined;
  // Its discoverySelectors may leave the policy out.
  const selects = (picture.mesh?.discoverySelectors ?? []).length > 0;
  const read = picture.mesh !== undefined && !(selects && seen.beside?.discovery?.kind !== 'known');
  const missing = proxy.missing.map((a) => policyText(a.policy));
  return [
    ...differs('stale-in-proxy', proxy.extra, whole),
    ...differs('not-in-proxy', missing, late && read),
  ];
}

/** What its counters show where its log does not. */
export function counted({ picture, seen }: Known): readonly Found[] {
  const { now } = seen;
  if (now?.kind !== 'known' || now.value.is !== 'counted' || now.value.denied === 0) return [];
  const pod = picture.pod.ref;
  const figures = `${count(now.value.denied, 'request')} in ${now.value.seconds} s`;
  const fixes = [logRefusals(pod, selectorOf(picture))];
  return [tell('denied-now', { pod, figures }, { from: [now], fixes })];
}

/** The narrowest selector that is sure to hold for every pod of the workload. */
function selectorOf({ services, pod, destination }: Picture): Readonly<Record<string, string>> {
  const { 'pod-template-hash': _hash, ...labels } = pod.labels;
  return serviceOf(services, pod, destination)?.selector ?? labels;
}

export function ignored({ picture, scene, policies }: Known): readonly Found[] {
  return attach(scene).flatMap((one) => {
    const { policy } = one;
    const reason = ignoredBecause(one, picture);
    if (reason === undefined) return [];
    const fixes = [readPolicy(policy, meshdoc`diagnose rbac <src> <dst>`)];
    const slots = { policy, pod: picture.pod.ref, reason };
    return [tell('ignored-policy', slots, { from: [policies], fixes })];
  });
}

const reasons: Partial<Record<NotAttached['is'], string>> = {
  'target-at-sidecar': 'it has a targetRef, which works only for gateways and waypoints',
  'other-namespace':
    'it is in another namespace, and a selector selects only pods in its own namespace',
  'action-at-ztunnel': 'a ztunnel supports neither AUDIT nor CUSTOM',
  'dry-run-at-ztunnel': 'a ztunnel does not support dry runs',
  'no-target-at-waypoint': 'a waypoint enforces only policies with a targetRef',
};

/** Why a policy that names this workload does not apply to it. */
function ignoredBecause(one: Attached, picture: Picture): string | undefined {
  const { because } = one;
  if (because.attaches) return undefined;
  const { is } = because.why;
  // What attaches, and cannot be enforced, is meant for this workload.
  const meant = is === 'action-at-ztunnel' || is === 'dry-run-at-ztunnel';
  return meant || namesPod(one, picture) ? reasons[is] : undefined;
}

/** Its selector has the labels of the pod, or it targets a Service in front of it. */
function namesPod({ object }: Attached, { pod, services = [] }: Picture): boolean {
  const selector = labelsAt(object.spec, 'selector', 'matchLabels');
  if (Object.keys(selector).length > 0) return matchesAll(selector, pod.labels);
  return targetsOf(object.spec).some(
    (target) =>
      isKind(target, '', 'Service') &&
      object.metadata.namespace === pod.ref.namespace &&
      services.some((one) => one.name === target.name && selectsPod(one, pod)),
  );
}
