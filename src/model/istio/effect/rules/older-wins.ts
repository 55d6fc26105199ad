// Rule: two VirtualServices have routes for the same host and port; a sidecar uses the first and drops the rest.
import { claimants } from '../claims.ts';
import { shortHost } from '../host-name.ts';
import { called, editing, problem } from '../problem.ts';
import type { Port } from '../../../kube/service-port.ts';
import type { Host } from '../registry.ts';
import type { Problem } from '../scene.ts';
import type { VirtualService } from '../virtual-service.ts';
import { concerns, precedence, servicesOf, type World } from '../world.ts';

type Loss = { readonly winner: VirtualService; readonly host: Host; readonly ports: Port[] };

// Gateways merge VirtualServices (pilot/pkg/networking/core/gateway.go); sidecars do not. If egress listeners have
// ports of their own, the two may serve different listeners, so nothing is said.
export function* olderWins(world: World): Generator<Problem> {
  if (world.scope.byPort) return;
  for (const vs of world.inEffect.filter((one) => concerns(world, one.namespace, one.hosts))) {
    for (const loss of losses(world, vs)) yield report(world, vs, loss);
  }
}

function losses(world: World, vs: VirtualService): Loss[] {
  const found = new Map<string, Loss>();
  for (const host of servicesOf(world, vs)) {
    for (const port of host.ports) {
      for (const block of ['http', 'tcp'] as const) {
        const claiming = claimants(world, host, port, block);
        const [winner] = claiming;
        if (!winner || winner === vs || !claiming.includes(vs)) continue;
        const key = `${host.hostname} ${called(winner.object)}`;
        const loss = found.get(key) ?? { winner, host, ports: [] };
        if (!loss.ports.includes(port)) loss.ports.push(port);
        found.set(key, loss);
      }
    }
  }
  return [...found.values()];
}

function report(world: World, vs: VirtualService, { winner, host, ports }: Loss): Problem {
  const name = shortHost(host.hostname, world.scene.clusterDomain);
  const where =
    ports.length === host.ports.length ? '' : ` on port ${ports.map((p) => p.number).join(', ')}`;
  const client = world.scene.pod.namespace;
  const why =
    precedence(winner, client) < precedence(vs, client)
      ? `${called(winner.object)} also routes it and takes precedence, because it is exported to ${client} by name`
      : `the older ${called(winner.object)} also routes it`;
  const touches = `every client of ${name}`;
  return problem(vs.object, {
    rule: 'older-wins',
    sure: true,
    says: `${called(vs.object)} has no effect on host ${name}${where}: ${why}.`,
    consequence: `Requests to ${name}${where} follow ${called(winner.object)} and ignore ${called(vs.object)}.`,
    fixes: [
      editing(
        { of: winner.object, does: `Move the routes of ${called(vs.object)} into it`, touches },
        '/spec/http',
      ),
      editing(
        { of: vs.object, does: `Remove the host, or delete ${called(vs.object)}`, touches },
        '/spec/hosts',
      ),
    ],
  });
}
