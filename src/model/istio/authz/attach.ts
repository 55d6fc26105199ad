// Which AuthorizationPolicies are in force at the point, and why the others are not
// (istio/istio pilot/pkg/model/authorization.go ListAuthorizationPolicies, policyattachment.go
// ShouldAttachPolicy; for ztunnel pilot/pkg/serviceregistry/ambient/authorization.go).
import type { KubeObject } from '../../../core/object.ts';
import { matchesAll } from '../../kube/labels.ts';
import { at, labelsAt, list, text } from '../../kube/read.ts';
import { readPolicy } from './parse.ts';
import { differing } from './peer-mode.ts';
import type { Attached, Attachment, NotAttached, Point, Scene } from './types.ts';

/** What a policy is attached to by name. */
export type Target = {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
};

export function attach(scene: Scene): readonly Attached[] {
  return scene.authorizationPolicies.map((object) => {
    const { ref, action, dryRun } = readPolicy(object);
    const because = attachment(object, scene);
    return {
      policy: ref,
      object,
      action,
      dryRun,
      because: because.attaches ? (unusable(action, dryRun, scene.point) ?? because) : because,
    };
  });
}

/** Of an AuthorizationPolicy or a RequestAuthentication. */
export function attachment(object: KubeObject, scene: Scene): Attachment {
  const { point } = scene;
  const targets = targetsOf(object.spec);
  if (!namespacesOf(scene).includes(object.metadata.namespace ?? '')) {
    return not({ is: 'other-namespace' });
  }
  const isGateway = gatewayName(point) !== undefined;
  if (!isGateway && point.is !== 'waypoint') {
    if (targets.length === 0) return bySelector(object, scene);
    return not({ is: point.is === 'ztunnel' ? 'target-at-ztunnel' : 'target-at-sidecar' });
  }
  if (targets.length === 0) {
    if (point.is === 'waypoint') return not({ is: 'no-target-at-waypoint' });
    if (!scene.switches.selectorOnGatewayApi) return not({ is: 'selector-at-gateway-off' });
    return bySelector(object, scene);
  }
  return targets.some((target) => isTarget(target, object, scene))
    ? { attaches: true, by: 'target' }
    : not({ is: 'other-target' });
}

/** The namespaces whose policies can apply at the point. */
export function namespacesOf({ root, point }: Scene): readonly string[] {
  const ofService = point.is === 'waypoint' ? point.service?.namespace : undefined;
  return [root, point.namespace, ...(ofService === undefined ? [] : [ofService])];
}

function not(why: NotAttached): Attachment {
  return { attaches: false, why };
}

function unusable(action: string, dryRun: boolean, point: Point): Attachment | undefined {
  if (action === 'unknown') return not({ is: 'unknown-action' });
  if (point.is !== 'ztunnel') return undefined;
  if (dryRun) return not({ is: 'dry-run-at-ztunnel' });
  return action === 'AUDIT' || action === 'CUSTOM' ? not({ is: 'action-at-ztunnel' }) : undefined;
}

function bySelector(object: KubeObject, { root, point }: Scene): Attachment {
  const wanted = labelsAt(object.spec, 'selector', 'matchLabels');
  if (!matchesAll(wanted, point.labels)) {
    return not({ is: 'selector', differs: differing(wanted, point.labels) });
  }
  if (Object.keys(wanted).length > 0) return { attaches: true, by: 'selector' };
  return { attaches: true, by: object.metadata.namespace === root ? 'root' : 'namespace' };
}

export function targetsOf(spec: unknown): readonly Target[] {
  const several = list(spec, 'targetRefs');
  const one = at(spec, 'targetRef');
  return (several.length > 0 ? several : one === undefined ? [] : [one]).map((target) => ({
    group: text(target, 'group') ?? '',
    kind: text(target, 'kind') ?? '',
    name: text(target, 'name') ?? '',
    namespace: text(target, 'namespace') ?? '',
  }));
}

function isTarget(target: Target, object: KubeObject, { root, point }: Scene): boolean {
  const namespace = object.metadata.namespace ?? '';
  if (point.is === 'waypoint') {
    if (namespace === root && isKind(target, gatewayApi, 'GatewayClass')) {
      return target.name === 'istio-waypoint';
    }
    if (isService(target, point)) {
      return target.name === point.service?.name && namespace === point.service.namespace;
    }
  }
  return (
    namespace === point.namespace &&
    ['', namespace].includes(target.namespace) &&
    isKind(target, gatewayApi, 'Gateway') &&
    target.name === gatewayName(point)
  );
}

const gatewayApi = 'gateway.networking.k8s.io';

function isService(target: Target, point: Extract<Point, { is: 'waypoint' }>): boolean {
  return point.service?.from === 'ServiceEntry'
    ? isKind(target, 'networking.istio.io', 'ServiceEntry')
    : isKind(target, '', 'Service');
}

/** The core group may be written `core`. */
export function isKind(target: Target, group: string, kind: string): boolean {
  return target.kind === kind && (target.group === 'core' ? '' : target.group) === group;
}

export function gatewayName(point: Point): string | undefined {
  return point.labels['gateway.networking.k8s.io/gateway-name'];
}
