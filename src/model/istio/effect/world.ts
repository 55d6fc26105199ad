// A scene read as istiod reads it: what is in effect for the pod, and what concerns it.
//
// A resource concerns a pod when it lives in the pod's namespace, or has a host that is one of the pod's own
// Services or one the pod is known to call. What another team gets wrong is visible mesh-wide, and is none of
// this pod's business until then.
import { matchesAll } from '../../kube/labels.ts';
import { byNameOf, withDelegates, type ByName } from './delegate.ts';
import { readDestinationRule, type DestinationRule } from './destination-rule.ts';
import { exportedTo } from './export-to.ts';
import { isWildcard, resolveHost } from './host-name.ts';
import { byAge, once } from '../../kube/order.ts';
import {
  find,
  isDiscovered,
  readRegistry,
  type Found,
  type Host,
  type Registry,
} from './registry.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { Scene } from './scene.ts';
import { bindings, readRouter, type Router } from './router.ts';
import { readScope, seesService, seesVirtualService, type Scope } from './sidecar.ts';
import { readVirtualService, type VirtualService } from './virtual-service.ts';

export type World = {
  readonly scene: Scene;
  readonly registry: Registry;
  readonly scope: Scope;
  /** Of a gateway pod. */
  readonly router: Router | undefined;
  /** Roots and delegates, as written. */
  readonly virtualServices: readonly VirtualService[];
  readonly byName: ByName;
  /** Those this proxy is given, the one that wins first, delegates merged in. */
  readonly inEffect: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  /** Hosts that make a resource of another namespace concern the pod. */
  readonly ours: ReadonlySet<string>;
  /** Filled while rules look things up. */
  readonly unchecked: Set<string>;
  /** Namespaces to list, filled in the same way. */
  readonly wants: { readonly workloads: Set<string>; readonly services: Set<string> };
};

export function readWorld(given: Scene): World {
  const scene = tidy(given);
  const registry = readRegistry(scene);
  const scope = readScope(scene);
  const virtualServices = mine(scene.virtualServices, scene)
    .sort(byAge)
    .map((object) => readVirtualService(object, scene));
  const byName = byNameOf(virtualServices);
  const router = readRouter(scene);
  const selected = router
    ? served(virtualServices, router, scene)
    : select(virtualServices, scope, scene);
  return {
    scene,
    registry,
    scope,
    router,
    virtualServices,
    byName,
    inEffect: selected.map((vs) => withDelegates(vs, byName)),
    destinationRules: mine(scene.destinationRules, scene)
      .sort(byAge)
      .map((object) => readDestinationRule(object, scene)),
    ours: new Set([
      ...ownHosts(registry, scene),
      ...calledHosts(scene),
      // Whoever wrote it, what is bound to a gateway is the gateway's business.
      ...(router ? selected.flatMap((vs) => vs.hosts) : []),
    ]),
    unchecked: new Set(),
    wants: { workloads: new Set(), services: new Set() },
  };
}

function tidy(scene: Scene): Scene {
  const seen = (objects: readonly KubeObject[]) =>
    once(objects).filter((object) => isDiscovered(scene, object.metadata.namespace ?? ''));
  return {
    ...scene,
    services: seen(scene.services),
    virtualServices: seen(scene.virtualServices),
    destinationRules: seen(scene.destinationRules),
    serviceEntries: mine(seen(scene.serviceEntries), scene),
    sidecars: mine(seen(scene.sidecars), scene),
    gateways: seen(scene.gateways),
  };
}

function mine(objects: readonly KubeObject[], scene: Scene): KubeObject[] {
  return objects.filter((object) => !ofOtherRevision(object, scene));
}

// istio/istio pilot/pkg/config/kube/crdclient/client.go inRevision, pkg/config/model.go LabelsInRevision: an istiod reads what has its own `istio.io/rev`, or none.
export function ofOtherRevision(object: KubeObject, scene: Scene): boolean {
  const wanted = object.metadata.labels?.['istio.io/rev'];
  return wanted !== undefined && Boolean(scene.revision) && wanted !== scene.revision;
}

export function isMeshBound(vs: VirtualService): boolean {
  return vs.hosts.length > 0 && vs.gateways.includes('mesh');
}

// pilot/pkg/model/virtualservice.go SelectVirtualServices: first those the pod's namespace keeps to itself,
// then those exported to it by name, then the public ones; in each group the oldest first.
function select(all: readonly VirtualService[], scope: Scope, scene: Scene): VirtualService[] {
  const client = scene.pod.namespace;
  return all
    .filter((vs) => isMeshBound(vs) && exportedTo(vs.exportTo, vs.namespace, client))
    .filter((vs) => seesVirtualService(scope, vs.namespace, vs.hosts) === 'visible')
    .sort((a, b) => precedence(a, client) - precedence(b, client) || byAge(a.object, b.object));
}

// pilot/pkg/model/push_context.go VirtualServicesForGateway, networking/core/gateway.go buildGatewayHTTPRouteConfig
function served(all: readonly VirtualService[], router: Router, scene: Scene): VirtualService[] {
  const { namespace } = scene.pod;
  return all
    .filter((vs) => vs.hosts.length > 0 && exportedTo(vs.exportTo, vs.namespace, namespace))
    .filter((vs) => bindings(router, vs).length > 0);
}

// pilot/pkg/model/push_context.go initVirtualServices
export function precedence(vs: VirtualService, client: string): 0 | 1 | 2 {
  if (vs.exportTo.includes('*')) return 2;
  return vs.namespace === client ? 0 : 1;
}

function ownHosts(registry: Registry, scene: Scene): string[] {
  const { namespace, labels } = scene.pod;
  const selects = (host: Host) =>
    host.namespace === namespace &&
    Object.keys(host.selector).length > 0 &&
    matchesAll(host.selector, labels);
  return [...registry.values()]
    .flat()
    .filter(selects)
    .map((host) => host.hostname);
}

/** The hosts the pod is known to call, complete. */
export function calledHosts(scene: Scene): string[] {
  return (scene.calls ?? []).map((host) =>
    resolveHost(host, scene.pod.namespace, scene.clusterDomain),
  );
}

export function concerns(world: World, namespace: string, hosts: readonly string[]): boolean {
  return namespace === world.scene.pod.namespace || hosts.some((host) => world.ours.has(host));
}

/** Where a host is for this pod. */
export function locate(world: World, host: string): Found {
  return find(world.registry, host, world.scene);
}

/** The same for a host that matters: when nobody could look it up, that is remembered. */
export function lookUp(world: World, host: string): Found {
  const found = locate(world, host);
  if (found.is === 'unchecked' && !isWildcard(host)) world.unchecked.add(host);
  return found;
}

/** The Services this sidecar knows among a VirtualService's hosts; wildcards aside. */
export function servicesOf(world: World, vs: VirtualService): readonly Host[] {
  return [...new Set(vs.hosts)].flatMap((name) => {
    const found = locate(world, name);
    if (found.is !== 'defined') return [];
    const sight = seesService(world.scope, found.host.namespace, name);
    return sight === 'visible' ? [found.host] : [];
  });
}
