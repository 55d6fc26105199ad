// Rule: two ServiceEntries have one address and port, one as HTTP and the other not: the HTTP one is never used there.
import { shortHost } from '../host-name.ts';
import { strings } from '../../../kube/loose.ts';
import { called, editing, problem } from '../problem.ts';
import type { Host } from '../registry.ts';
import type { Problem } from '../scene.ts';
import { concerns, locate, type World } from '../world.ts';

type Bound = { readonly host: Host; readonly address: string; readonly port: number };

// istio/istio pilot/pkg/networking/core/listener.go buildSidecarOutboundListener: an HTTP port is served by the
// listener of all addresses, any other port by a listener of its own address, and Envoy takes the exact address first.
export function* listenerConflicts(world: World): Generator<Problem> {
  const entries = [...world.registry.values()].flat().filter((host) => !host.service);
  const seen = entries.filter((host) => {
    const found = locate(world, host.hostname);
    return found.is === 'defined' && found.host === host;
  });
  const exact = seen.flatMap((host) => bound(host, false));
  for (const http of seen.flatMap((host) => bound(host, true))) {
    if (!concerns(world, http.host.namespace, [http.host.hostname])) continue;
    const winner = exact.find(
      (one) =>
        one.address === http.address &&
        one.port === http.port &&
        one.host.object !== http.host.object,
    );
    if (winner) yield report(world, http, winner);
  }
}

/** A range of addresses is no listener's address. */
function bound(host: Host, http: boolean): Bound[] {
  const ports = host.ports.filter(({ protocol }) =>
    http ? protocol === 'http' : protocol === 'tcp' || protocol === 'tls',
  );
  const addresses = strings(host.object.spec, 'addresses')
    .map((address) => address.replace(/\/32$/, ''))
    .filter((address) => !address.includes('/'));
  return ports.flatMap(({ number: port }) => addresses.map((address) => ({ host, address, port })));
}

function report(world: World, { host, address, port }: Bound, winner: Bound): Problem {
  const name = shortHost(host.hostname, world.scene.clusterDomain);
  const does = `Use one protocol for port ${port}, or another address`;
  const touches = `every client of ${name}`;
  const protocol = winner.host.ports.find((one) => one.number === port)?.protocol ?? 'tcp';
  return problem(host.object, {
    rule: 'listener-conflict',
    sure: true,
    says: `${called(host.object)} declares ${address} port ${port} as HTTP without effect: ${called(winner.host.object)} declares the same address and port as ${protocol.toUpperCase()}.`,
    consequence: `This pod's connections to ${address}:${port} are handled as ${protocol.toUpperCase()} for ${winner.host.hostname}; routes and retries for ${name} are not used.`,
    fixes: [editing({ of: host.object, does, touches }, '/spec/ports')],
  });
}
