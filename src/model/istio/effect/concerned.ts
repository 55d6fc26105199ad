// The resources that are in effect for a pod and concern it: what a report may talk about.
import type { KubeObject } from '../../../core/object.ts';
import { delegation } from './delegate.ts';
import { rulesFor } from './destination-rule.ts';
import { servicesOf, concerns, locate, type World } from './world.ts';
import type { VirtualService } from './virtual-service.ts';

export function concernedBy(world: World): readonly KubeObject[] {
  const routed = world.inEffect.filter((vs) => concerns(world, vs.namespace, vs.hosts));
  const hosts = new Set(routed.flatMap((vs) => hostsOf(world, vs)));
  return [
    ...(world.scope.sidecar ? [world.scope.sidecar] : []),
    ...(world.router?.gateways ?? []).map((gateway) => gateway.object),
    ...routed.flatMap((vs) => [vs.object, ...delegatesOf(world, vs)]),
    ...[...hosts, ...world.ours].flatMap((host) => rulesOf(world, host)),
    ...ownRules(world),
  ];
}

function hostsOf(world: World, vs: VirtualService): string[] {
  const routes = [...vs.http, ...vs.streams].flatMap((route) => route.destinations);
  return [...servicesOf(world, vs).map((host) => host.hostname), ...routes.map((to) => to.host)];
}

function delegatesOf(world: World, vs: VirtualService): KubeObject[] {
  const written = world.byName.get(`${vs.namespace}/${vs.name}`);
  return (written?.http ?? []).flatMap((route) => {
    const found = delegation(route, vs, world.byName);
    return found.is === 'merged' ? found.routes.map((sub) => sub.of) : [];
  });
}

function rulesOf(world: World, host: string): KubeObject[] {
  const found = locate(world, host);
  if (found.is !== 'defined') return [];
  const { namespace } = found.host;
  return rulesFor(world.destinationRules, host, namespace, world.scene).map((rule) => rule.object);
}

/** DestinationRules of the pod's namespace that istiod would use for it. */
function ownRules(world: World): KubeObject[] {
  const { namespace } = world.scene.pod;
  return world.destinationRules
    .filter((rule) => rule.namespace === namespace)
    .filter((rule) => {
      const found = locate(world, rule.host);
      return found.is === 'defined' && rulesOf(world, rule.host).includes(rule.object);
    })
    .map((rule) => rule.object);
}
