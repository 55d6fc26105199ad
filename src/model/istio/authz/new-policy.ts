// A new ALLOW policy for one workload, where a rule in an existing policy would affect more.
import type { Json, KubeObject } from '../../../core/object.ts';
import type { Labels } from '../../kube/labels.ts';
import { gatewayName } from './attach.ts';
import { refOf } from './parse.ts';
import type { Point, Scene } from './types.ts';

export function newPolicy(scene: Scene, principal: string, rule: Json): KubeObject {
  const { point } = scene;
  const namespace =
    (point.is === 'waypoint' ? point.service?.namespace : undefined) ?? point.namespace;
  return {
    // Every release in use serves this version.
    apiVersion: 'security.istio.io/v1beta1',
    kind: 'AuthorizationPolicy',
    metadata: { name: freeName(scene, namespace, principal), namespace },
    spec: { ...target(point), action: 'ALLOW', rules: [rule] },
  };
}

function freeName(scene: Scene, namespace: string, principal: string): string {
  const taken = scene.authorizationPolicies
    .map(refOf)
    .filter((ref) => ref.namespace === namespace)
    .map(({ name }) => name);
  const wanted = `allow-${principal.split('/').at(-1) ?? 'caller'}`;
  const numbered = Array.from({ length: taken.length }, (_, index) => `${wanted}-${index + 2}`);
  return [wanted, ...numbered].find((name) => !taken.includes(name)) ?? wanted;
}

function target(point: Point): { readonly [key: string]: Json } {
  if (point.is === 'waypoint' && point.service !== undefined) {
    const { from: kind, name } = point.service;
    const group = kind === 'Service' ? '' : 'networking.istio.io';
    return { targetRefs: [{ group, kind, name }] };
  }
  const gateway = gatewayName(point);
  return gateway === undefined
    ? { selector: { matchLabels: lasting(point.labels) } }
    : {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway }],
      };
}

const telling = [
  'app',
  'k8s-app',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
];
/** Labels of one pod or one rollout, and labels that Istio sets. */
const passing =
  /^(pod-template-hash|controller-revision-hash|version|statefulset\.kubernetes\.io\/|apps\.kubernetes\.io\/|batch\.kubernetes\.io\/|controller-uid|job-name|security\.istio\.io\/|service\.istio\.io\/|sidecar\.istio\.io\/|istio\.io\/rev)/;

/** Labels that identify the workload and survive a rollout. */
function lasting(labels: Labels): Labels {
  const entries = Object.entries(labels);
  const named = entries.filter(([key]) => telling.includes(key));
  const kept = named.length > 0 ? named : entries.filter(([key]) => !passing.test(key));
  return Object.fromEntries(kept.length > 0 ? kept : entries);
}
