// Rule: two servers with TLS have one host on one port; istiod skips the newer (IST0145).
import { listed } from '../../../../core/text.ts';
import type { Gateway, Server, ServerHost } from '../gateway.ts';
import { called, editing, problem } from '../problem.ts';
import type { Problem } from '../scene.ts';
import type { World } from '../world.ts';

type Placed = { readonly gateway: Gateway; readonly server: Server };

// istio/istio pilot/pkg/model/gateway.go mergeGateways, CheckDuplicates: the Gateways in the order they were made; of
// a skipped server no host is taken. Ports are compared as they are written: two that a Service translates to the same
// one are not told apart from two that it does not.
export function* gatewayRivals(world: World): Generator<Problem> {
  const taken = new Map<string, Placed>();
  for (const gateway of world.router?.gateways ?? []) {
    for (const server of gateway.servers.filter(({ tls }) => tls !== undefined)) {
      const keys = server.hosts.map((host) => keyOf(server, host));
      const [rival] = keys.flatMap((key) => taken.get(key) ?? []);
      if (rival) yield report({ gateway, server }, rival, taken);
      else keys.forEach((key) => taken.set(key, { gateway, server }));
    }
  }
}

function keyOf({ port, bind }: Server, { namespace, host }: ServerHost): string {
  return `${port} ${bind} ${namespace}/${host}`;
}

function report(
  { gateway, server }: Placed,
  rival: Placed,
  taken: ReadonlyMap<string, Placed>,
): Problem {
  const shared = server.hosts.filter((host) => taken.has(keyOf(server, host)));
  const other =
    rival.gateway === gateway
      ? 'an earlier server of it'
      : `the older ${called(rival.gateway.object)}`;
  const names = listed(shared.map(({ host }) => host));
  const said = {
    of: gateway.object,
    does: `Give each host to one server: remove ${names} here, or from ${called(rival.gateway.object)}`,
    touches: `TLS connections to ${listed(server.hosts.map(({ host }) => host))}`,
  };
  return problem(gateway.object, {
    rule: 'gateway-host-taken',
    sure: true,
    says: `${called(gateway.object)} has ${names} on port ${server.port} without effect: ${other} has that host there too.`,
    consequence: `istiod skips that whole server; its hosts get the certificate and the routes of ${called(rival.gateway.object)}, or none.`,
    fixes: [editing(said, `${server.at}/hosts`)],
  });
}
