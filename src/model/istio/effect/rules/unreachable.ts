// Rule: a route that is never reached, because one before it takes all of its requests (IST0130).
import { claimants } from '../claims.ts';
import { shortHost } from '../host-name.ts';
import { blockOf } from '../gateway.ts';
import { bindings } from '../router.ts';
import { httpRoutes, streamRoutes, type Dead } from '../live-routes.ts';
import { carries, type Port } from '../../../kube/service-port.ts';
import { pathText } from '../takes.ts';
import { called, editing, fieldOf, problem } from '../problem.ts';
import { requests } from '../words.ts';
import type { Host } from '../registry.ts';
import type { Problem } from '../scene.ts';
import type { HttpRoute, StreamRoute, VirtualService } from '../virtual-service.ts';
import { concerns, servicesOf, type World } from '../world.ts';

type Route = HttpRoute | StreamRoute;
type Lost = Dead<Route> & { readonly host: string };

export function* unreachable(world: World): Generator<Problem> {
  for (const vs of world.inEffect.filter((one) => concerns(world, one.namespace, one.hosts))) {
    for (const lost of lostRoutes(world, vs)) {
      if (makesADifference(lost)) yield report(world, lost);
    }
  }
}

/** A route that does the same as the one before it is superfluous, and harms nobody. */
function makesADifference({ route, behind, takes }: Lost): boolean {
  if (takes === 'everything') return true;
  return 'does' in route && 'does' in behind
    ? route.does !== behind.does
    : JSON.stringify(route.destinations) !== JSON.stringify(behind.destinations);
}

/** Routes for this pod that can be reached on none of the ports where the VirtualService is used. */
function lostRoutes(world: World, vs: VirtualService): Lost[] {
  const lost = new Map<string, Lost>();
  const live = new Set<string>();
  for (const { host, routed } of routedFor(world, vs)) {
    for (const route of routed.live) live.add(key(route));
    for (const dead of routed.dead) lost.set(key(dead.route), { ...dead, host });
  }
  return [...lost].filter(([at]) => !live.has(at)).map(([, found]) => found);
}

type AnyRouted = { readonly live: readonly Route[]; readonly dead: readonly Dead<Route>[] };
type RoutedFor = { readonly host: string; readonly routed: AnyRouted };

/** Its routes as they are on each port, or server of a Gateway, where it is used. */
function routedFor(world: World, vs: VirtualService): RoutedFor[] {
  const { router, scene } = world;
  if (router) {
    return bindings(router, vs).map(({ gateway, server, hosts: [host = ''] }) => {
      const block = blockOf(server);
      const viewer = { ...scene.pod, via: gateway.id };
      const routed =
        block === 'http'
          ? httpRoutes(vs, viewer, server.port)
          : streamRoutes(vs, block, viewer, server.port);
      return { host, routed };
    });
  }
  return servicesOf(world, vs).flatMap((host) =>
    host.ports.flatMap((port) =>
      usedOn(world, vs, host, port).map((routed) => ({ host: host.hostname, routed })),
    ),
  );
}

function usedOn(world: World, vs: VirtualService, host: Host, port: Port): AnyRouted[] {
  const { pod } = world.scene;
  const wins = (block: 'http' | 'tcp') => claimants(world, host, port, block).at(0) === vs;
  return [
    ...(wins('http') ? [httpRoutes(vs, pod, port.number)] : []),
    ...(wins('tcp') ? [streamRoutes(vs, 'tcp', pod, port.number)] : []),
    ...(carries(port, 'tls') ? [streamRoutes(vs, 'tls', pod, port.number)] : []),
  ];
}

function report(world: World, { route, behind, takes, host }: Lost): Problem {
  const name = shortHost(host, world.scene.clusterDomain);
  const does = `Move ${place(route)} before ${place(behind)}, or delete it`;
  const what = takes === 'everything' ? 'matches every request' : `already takes ${taken(behind)}`;
  return problem(route.of, {
    rule: 'unreachable-route',
    sure: true,
    says: `${called(route.of)} has ${place(route)} after ${place(behind)}, which ${what}.`,
    consequence: `${requests(world)} to ${name} never use ${place(route)}.`,
    fixes: [editing({ of: route.of, does, touches: `every client of ${name}` }, route.at)],
  });
}

function taken({ matches: [first] }: Route): string {
  return (first && pathText(first)) ?? 'all of its requests';
}

function key(route: Route): string {
  return `${called(route.of)} ${route.at}`;
}

/** `spec.http[1] (canary)` */
function place(route: Route): string {
  const name = 'name' in route && route.name !== undefined ? ` (${route.name})` : '';
  return fieldOf(route.at) + name;
}
