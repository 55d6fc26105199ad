// Rule: an HTTP route that is never reached, because one before it takes every request (IST0130).
import { claimants } from '../claims.ts';
import { shortHost } from '../host-name.ts';
import { httpRoutes } from '../live-routes.ts';
import { called, editing, fieldOf, problem } from '../problem.ts';
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
        consequence: `This pod's requests to ${name} never use ${place(route)}.`,
        fixes: [editing({ of: route.of, does, touches }, route.at)],
      });
    }
  }
}

/** Routes for this pod that can be reached on none of the ports where the VirtualService is used. */
function deadRoutes(world: World, vs: VirtualService): Dead[] {
  const dead = new Map<string, Dead>();
  const live = new Set<string>();
  for (const host of servicesOf(world, vs)) {
    for (const port of host.ports) {
      if (claimants(world, host, port, 'http').at(0) !== vs) continue;
      const routed = httpRoutes(vs, world.scene.pod, port.number);
      for (const route of routed.live) live.add(key(route));
      const behind = routed.catchAll;
      if (!behind) continue;
      for (const route of routed.dead) dead.set(key(route), { route, behind, host: host.hostname });
    }
  }
  return [...dead].filter(([at]) => !live.has(at)).map(([, found]) => found);
}

function key(route: HttpRoute): string {
  return `${called(route.of)} ${route.at}`;
}

/** `spec.http[1] (canary)` */
function place(route: HttpRoute): string {
  return fieldOf(route.at) + (route.name === undefined ? '' : ` (${route.name})`);
}
