// How `rbac` concludes about the proxy itself: whether it can be asked, what it has, what it counts.
import { cite, count, listed, meshdoc, type Found, type Rest } from '../../../../src/authoring.ts';
import { attach } from '../../../../src/model/istio/authz/attach.ts';
import type { Attached } from '../../../../src/model/istio/authz/types.ts';
import { matchesAll } from '../../../../src/model/kube/labels.ts';
import { labelsAt } from '../../../../src/model/kube/read.ts';
import { serviceOf } from '../../../../src/model/kube/services.ts';
import { askStale, logRefusals, readPolicy } from '../fixes.ts';
import type { Known } from '../known.ts';
import type { Picture } from '../picture.ts';
import { tell } from '../says.ts';
import { policyText } from '../words.ts';

export function ofProxy(known: Known): readonly Found[] {
  return [...unheard(known), ...differing(known)];
}

function unheard({ picture, seen }: Known): readonly Found[] {
  if (!picture.proxy || picture.proxy.is === 'heard' || seen.proxy?.kind !== 'known') return [];
  const pod = picture.pod.ref;
  const silent = 'takes connections at its admin port and answers nothing';
  const trouble = picture.proxy.is === 'silent' ? silent : 'does not run';
  const fixes = askStale('See what ails the proxy', pod);
  return [tell('proxy-silent', { pod, trouble }, { from: [seen.proxy], fixes })];
}

function differing({ picture, proxy, policies, seen }: Known): readonly Found[] {
  if (proxy.is !== 'differs') return [];
  const pod = picture.pod.ref;
  const rest = (sure: boolean): Rest => ({
    from: cite(policies, seen.proxy),
    sure,
    fixes: askStale('See why the proxy is behind', pod),
  });
  const refused = proxy.refused && `Envoy refuses the newer config: ${proxy.refused}`;
  const slots = (names: readonly string[]) => ({
    pod,
    policies: listed(names.map((name) => `AuthorizationPolicy ${name}`)),
    refused,
  });
  const whole = picture.policies?.unseen.authorization.length === 0;
  // A change takes a moment to arrive.
  const late = !proxy.young || proxy.refused !== undefined;
  const { missing, extra } = proxy;
  return [
    ...(extra.length > 0 ? [tell('stale-in-proxy', slots(extra), rest(whole))] : []),
    ...(missing.length > 0
      ? [tell('not-in-proxy', slots(missing.map((a) => policyText(a.policy))), rest(late))]
      : []),
  ];
}

/** What its counters tell where its log does not. */
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
  const pod = picture.pod.ref;
  return attach(scene).flatMap((one) => {
    const reason = ignoredBecause(one, picture);
    if (reason === undefined) return [];
    const fixes = readPolicy(one.policy, meshdoc`diagnose rbac <src> <dst>`);
    return [
      tell('ignored-policy', { policy: one.policy, pod, reason }, { from: [policies], fixes }),
    ];
  });
}

/** Why a policy that names this workload is not in force for it. */
function ignoredBecause({ because, object }: Attached, { pod }: Picture): string | undefined {
  if (because.attaches) return undefined;
  const selector = labelsAt(object.spec, 'selector', 'matchLabels');
  const names = Object.keys(selector).length > 0 && matchesAll(selector, pod.labels);
  switch (because.why.is) {
    case 'target-at-sidecar':
      return 'it has a targetRef, which only gateways and waypoints take';
    case 'target-at-ztunnel':
      return undefined;
    case 'other-namespace':
      return names
        ? 'it is in another namespace, and a selector reaches pods of its own namespace alone'
        : undefined;
    case 'action-at-ztunnel':
      return 'a ztunnel takes neither AUDIT nor CUSTOM';
    case 'dry-run-at-ztunnel':
      return 'a ztunnel takes no dry run';
    case 'no-target-at-waypoint':
      return names ? 'a waypoint takes only policies with a targetRef' : undefined;
    default:
      return undefined;
  }
}
