// Rule: routes of a kind that none of the host's ports can carry, so that istiod leaves them out.
import { listed } from '../../../../core/text.ts';
import type { Block } from '../block.ts';
import { shortHost } from '../host-name.ts';
import { httpRoutes, streamRoutes } from '../live-routes.ts';
import { items, text } from '../../../kube/loose.ts';
import { adding, called, editing, problem, replacing } from '../problem.ts';
import { carries, type Port } from '../../../kube/service-port.ts';
import type { Host } from '../registry.ts';
import type { Change, Problem } from '../scene.ts';
import type { VirtualService } from '../virtual-service.ts';
import { concerns, servicesOf, type World } from '../world.ts';

// istio/istio pilot/pkg/networking/core/route/route.go buildSidecarVirtualHostsForVirtualService (only HTTP or
// sniffed ports), core/tls.go buildSidecarOutboundTLSFilterChainOpts and ...TCPFilterChainOpts. A Sidecar's
// egress listener may give a port another protocol, so then nothing is said.
export function* wrongProtocol(world: World): Generator<Problem> {
  if (world.scope.byPort) return;
  for (const vs of world.inEffect.filter((one) => concerns(world, one.namespace, one.hosts))) {
    const hosts = servicesOf(world, vs);
    const blocks = blocksOf(world, vs);
    const ports = hosts.flatMap((host) => host.ports);
    const allKnown = hosts.length === new Set(vs.hosts).size && !hosts.some((host) => host.alias);
    if (!allKnown || blocks.length === 0 || hosts.some((host) => host.ports.length === 0)) continue;
    if (blocks.some((block) => ports.some((port) => carries(port, block)))) continue;
    yield report(world, vs, blocks, hosts);
  }
}

/** The kinds of routes it has for this pod. */
function blocksOf(world: World, vs: VirtualService): Block[] {
  const { pod } = world.scene;
  const streams = (['tcp', 'tls'] as const).filter(
    (block) => streamRoutes(vs, block, pod, undefined).live.length > 0,
  );
  return httpRoutes(vs, pod, undefined).live.length > 0 ? ['http', ...streams] : streams;
}

function report(
  world: World,
  vs: VirtualService,
  blocks: readonly Block[],
  hosts: readonly Host[],
): Problem {
  const names = listed(hosts.map((host) => shortHost(host.hostname, world.scene.clusterDomain)));
  const kinds = listed(blocks.map((block) => block.toUpperCase()));
  const ports = listed(hosts.flatMap((host) => host.ports.map(portText)));
  return problem(vs.object, {
    rule: 'wrong-protocol',
    sure: true,
    says: `${called(vs.object)} has ${kinds} routes for ${names}, but istiod treats ${ports}.`,
    consequence: `This pod's connections to ${names} ignore ${called(vs.object)}.`,
    fixes: blocks.includes('http') ? hosts.map(fix) : [],
  });
}

function portText(port: Port): string {
  const taken = port.protocol === 'sniffed' ? 'auto-detected' : port.protocol.toUpperCase();
  return `port ${port.number} as ${taken}`;
}

function fix(host: Host): Change {
  const of = host.object;
  const said = {
    of,
    does: 'Declare the port as HTTP, if it speaks HTTP',
    touches: 'every client of the host',
  };
  const [first, second] = items(of.spec, 'ports');
  if (!host.service || !first || second) return editing(said, '/spec/ports');
  const at = `/spec/ports/${first.at}/appProtocol`;
  const now = text(first.is, 'appProtocol');
  return now === undefined ? adding(said, at, 'http') : replacing(said, at, now, 'http');
}
