// Rule: a VirtualService is bound to a Gateway of this pod none of whose servers has a host of it (IST0132).
import { listed } from '../../../../core/text.ts';
import { exportedTo } from '../export-to.ts';
import type { Gateway } from '../gateway.ts';
import { overlaps } from '../host-name.ts';
import { called, editing, problem } from '../problem.ts';
import { bindings, boundTo } from '../router.ts';
import type { Problem } from '../scene.ts';
import type { VirtualService } from '../virtual-service.ts';
import { notFound } from '../words.ts';
import type { World } from '../world.ts';

// istio/istio pilot/pkg/networking/core/gateway.go buildGatewayHTTPRouteConfig: no host in common, no route.
export function* gatewayHosts(world: World): Generator<Problem> {
  const { router, scene } = world;
  if (!router) return;
  for (const vs of world.virtualServices) {
    if (vs.hosts.length === 0 || vs.gateways.includes('mesh')) continue;
    if (!exportedTo(vs.exportTo, vs.namespace, scene.pod.namespace)) continue;
    const named = boundTo(router, vs);
    // A Gateway of another pod may be the one that serves it.
    if (named.length < vs.gateways.length || bindings(router, vs).length > 0) continue;
    const [gateway] = named;
    if (gateway) yield report(vs, gateway, named);
  }
}

function report(vs: VirtualService, first: Gateway, all: readonly Gateway[]): Problem {
  const entries = all.flatMap((one) => one.servers.flatMap((server) => server.hosts));
  const closed = entries.find(({ host }) => vs.hosts.some((own) => overlaps(host, own)));
  const names = listed([...new Set(entries.map(({ host }) => host))]);
  const why = closed
    ? `takes ${closed.host} only from VirtualServices of namespace ${closed.namespace}`
    : `has only ${names}`;
  const said = {
    of: first.object,
    does: `Add ${listed(vs.hosts)} to the hosts of a server`,
    touches: `the gateways that ${called(first.object)} selects`,
  };
  return problem(vs.object, {
    rule: 'gateway-lacks-host',
    sure: true,
    says: `${called(vs.object)} is for ${listed(vs.hosts)}, but ${listed(all.map((one) => called(one.object)))} ${why}.`,
    consequence: notFound(vs.hosts),
    fixes: [editing(said, '/spec/servers')],
  });
}
