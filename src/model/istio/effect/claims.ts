// Which VirtualService a sidecar uses for a host and port, and the destinations it sends to.
import { blockOf } from './gateway.ts';
import { httpRoutes, streamRoutes } from './live-routes.ts';
import type { Viewer } from './match.ts';
import { bindings, type Router } from './router.ts';
import { filled } from '../../kube/loose.ts';
import { carries, type Port } from '../../kube/service-port.ts';
import type { Block } from './block.ts';
import type { Host } from './registry.ts';
import type { Destination, VirtualService } from './virtual-service.ts';
import { locate, servicesOf, type World } from './world.ts';

/** A destination in use, and the ports of the VirtualService's own host that lead there. */
export type Used = {
  readonly to: Destination;
  readonly block: Block;
  readonly ports: readonly (number | undefined)[];
};
/** `sure` when the host is one this sidecar knows, so that the routes are certainly there. */
export type Usage = { readonly sure: boolean; readonly used: readonly Used[] };

// istio/istio pilot/pkg/networking/core/httproute.go BuildSidecarOutboundVirtualHosts: the first VirtualService
// with a route for the host and port gets its virtual host; that of a later one is a duplicate and dropped.
// route.go separateVSHostsAndServices: wildcards only get hosts nobody names.
export function claimants(
  world: World,
  host: Host,
  port: Port,
  block: 'http' | 'tcp',
): readonly VirtualService[] {
  return world.inEffect.filter(
    (vs) => vs.hosts.includes(host.hostname) && claims(world, vs, port, block),
  );
}

function claims(world: World, vs: VirtualService, port: Port, block: 'http' | 'tcp'): boolean {
  if (!carries(port, block)) return false;
  return destinationsOn(world, vs, port.number, block).length > 0;
}

/** Live routes on a port; with streams, only such as end the search. */
function destinationsOn(
  world: World,
  vs: VirtualService,
  port: number,
  block: 'http' | 'tcp',
): readonly unknown[] {
  const { pod } = world.scene;
  if (block === 'http') return httpRoutes(vs, pod, port).live;
  // core/tls.go buildSidecarOutboundTCPFilterChainOpts: a match of subnets lets later ones add theirs.
  return streamRoutes(vs, 'tcp', pod, port).live.filter(
    (route) =>
      route.matches.length === 0 ||
      route.matches.some((match) => !filled(match, 'destinationSubnets')),
  );
}

/** The destinations this pod's proxy uses because of a VirtualService that is in effect. */
export function usageOf(world: World, vs: VirtualService): Usage {
  if (world.router) return { sure: true, used: gather(throughGateways(world.router, world, vs)) };
  const hosts = servicesOf(world, vs);
  if (hosts.length > 0)
    return { sure: true, used: gather(hosts.flatMap((h) => onHost(world, vs, h))) };
  const nowhere = vs.hosts.every((host) =>
    ['missing', 'defined', 'hidden'].includes(locate(world, host).is),
  );
  return { sure: false, used: nowhere ? [] : gather(onPort(world.scene.pod, vs, undefined)) };
}

/** The ports that a match names are those of the Gateway, not those that its pod listens on. */
function throughGateways(router: Router, world: World, vs: VirtualService): Used[] {
  return bindings(router, vs).flatMap(({ gateway, server }) =>
    onPort({ ...world.scene.pod, via: gateway.id }, vs, server.port).filter(
      ({ block }) => block === blockOf(server),
    ),
  );
}

function onHost(world: World, vs: VirtualService, host: Host): Used[] {
  return host.ports.flatMap((port) =>
    onPort(world.scene.pod, vs, port.number).filter(({ block }) => {
      if (!carries(port, block)) return false;
      if (block === 'tls') return true;
      const [winner = vs] = claimants(world, host, port, block);
      return winner === vs;
    }),
  );
}

function onPort(pod: Viewer, vs: VirtualService, port: number | undefined): Used[] {
  const blocks: [Block, readonly { destinations: readonly Destination[] }[]][] = [
    ['http', httpRoutes(vs, pod, port).live],
    ['tcp', streamRoutes(vs, 'tcp', pod, port).live],
    ['tls', streamRoutes(vs, 'tls', pod, port).live],
  ];
  return blocks.flatMap(([block, routes]) =>
    routes.flatMap((route) => route.destinations.map((to) => ({ to, block, ports: [port] }))),
  );
}

/** One entry for each destination, with all its ports. */
function gather(found: readonly Used[]): Used[] {
  const byPlace = new Map<string, Used>();
  for (const one of found) {
    const key = `${one.to.of.metadata.name} ${one.to.at}`;
    const known = byPlace.get(key);
    byPlace.set(key, known ? { ...known, ports: [...known.ports, ...one.ports] } : one);
  }
  return [...byPlace.values()];
}
