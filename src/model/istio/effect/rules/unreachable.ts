// Rule: an HTTP route that is never reached, because one before it takes every request (IST0130).
import { claimants } from '../claims.ts';
import { shortHost } from '../host-name.ts';
import { blockOf } from '../gateway.ts';
import { bindings } from '../router.ts';
import { httpRoutes, type Routed } from '../live-routes.ts';
import { called, editing, fieldOf, problem } from '../problem.ts';
import { requests } from '../words.ts';
import type { Problem } from '../scene.ts';
import type { HttpRoute, VirtualService } from '../virtual-service.ts';
import { concerns, servicesOf, type World } from '../world.ts';

type Dead = { readonly route: HttpRoute; readonly behind: HttpRoute; readonly host: string };

// istio/istio pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService stops at the first route
// that catches all, so later ones are not even sent.
export function* unreachable(world: World): Generator<Problem> {
  for (const vs of world.inEffect.filter((one) => concerns(world, one.namespace, one.hosts))) {
    for (const { route, behind, host } of deadRoutes(world, vs)) {
      const name = shortHost(host, world.scene.clusterDomain);
      const does = `Move ${place(route)} before ${place(behind)}, or delete it`;
      const touches = `every client of ${name}`;
      yield problem(route.of, {
        rule: 'unreachable-route',
        sure: true,
        says: `${called(route.of)} has ${place(route)} after ${place(behind)}, which matches every request.`,
        consequence: `${requests(world)} to ${name} never use ${place(route)}.`,
        fixes: [editing({ of: route.of, does, touches }, route.at)],
      });
    }
  }
}

/** Routes for this pod that can be reached on none of the ports where the VirtualService is used. */
function deadRoutes(world: World, vs: VirtualService): Dead[] {
  const dead = new Map<string, Dead>();
  const live = new Set<string>();
  for (const { host, routed } of routedFor(world, vs)) {
    for (const route of routed.live) live.add(key(route));
    const behind = routed.catchAll;
    if (!behind) continue;
    for (const route of routed.dead) dead.set(key(route), { route, behind, host });
  }
  return [...dead].filter(([at]) => !live.has(at)).map(([, found]) => found);
}

type RoutedFor = { readonly host: string; readonly routed: Routed };

/** Its routes as they are on each port, or server of a Gateway, where it is used. */
function routedFor(world: World, vs: VirtualService): RoutedFor[] {
  const { router, scene } = world;
  if (router) {
    return bindings(router, vs)
      .filter(({ server }) => blockOf(server) === 'http')
      .map(({ gateway, server, hosts: [host = ''] }) => ({
        host,
        routed: httpRoutes(vs, { ...scene.pod, via: gateway.id }, server.port),
      }));
  }
  return servicesOf(world, vs).flatMap((host) =>
    host.ports
      .filter((port) => claimants(world, host, port, 'http').at(0) === vs)
      .map((port) => ({ host: host.hostname, routed: httpRoutes(vs, scene.pod, port.number) })),
  );
}

function key(route: HttpRoute): string {
  return `${called(route.of)} ${route.at}`;
}

/** `spec.http[1] (canary)` */
function place(route: HttpRoute): string {
  return fieldOf(route.at) + (route.name === undefined ? '' : ` (${route.name})`);
}
