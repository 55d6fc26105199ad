// Rule: a VirtualService or DestinationRule for a host that nothing defines: a short name in the wrong
// namespace, half a name, a Service that is gone.
import type { KubeObject } from '../../../../core/object.ts';
import { clusterName } from '../host-name.ts';
import { text, strings } from '../../../kube/loose.ts';
import { called, editing, problem, replacing } from '../problem.ts';
import { carries } from '../../../kube/service-port.ts';
import type { Change, Problem } from '../scene.ts';
import { concerns, locate, lookUp, type World } from '../world.ts';

type Nowhere = { readonly host: string; readonly instead: string | undefined };

// istio/istio pilot/pkg/networking/core/httproute.go selectVirtualServices: on all ports but 80 a VirtualService
// is used when one of its hosts is a service of the sidecar. No analyzer looks at `spec.hosts`.
export function* unknownHost(world: World): Generator<Problem> {
  // A gateway needs no Service for a host: it is what clients outside call.
  for (const vs of world.router ? [] : world.inEffect) {
    if (!concerns(world, vs.namespace, vs.hosts) || vs.gateways.length > 1) continue;
    const nowhere = vs.hosts.flatMap((host) => nowhereFor(world, host) ?? []);
    const [first] = nowhere;
    if (first && nowhere.length === vs.hosts.length && !answersOn80(world, first)) {
      yield report(
        vs.object,
        first,
        fixVirtualService(vs.object, first, vs.hosts.indexOf(first.host)),
      );
    }
  }
  // pilot/pkg/model/sidecar.go selectDestinationRules starts from the services (IST0174).
  const { namespace } = world.scene.pod;
  for (const rule of world.destinationRules.filter((one) => one.namespace === namespace)) {
    const found = lookUp(world, rule.host);
    if (found.is !== 'missing') continue;
    yield report(
      rule.object,
      { host: rule.host, instead: found.instead },
      fixRule(rule.object, found.instead),
    );
  }
}

/** Hosts outside the cluster are ignored: on port 80 they need no definition. */
function nowhereFor(world: World, host: string): Nowhere | undefined {
  const found = locate(world, host);
  if (found.is !== 'missing') return undefined;
  const local = clusterName(host, world.scene.clusterDomain) !== undefined;
  return local || found.instead !== undefined ? { host, instead: found.instead } : undefined;
}

/** `cart.shop` is what a client may well call on port 80. */
function answersOn80(world: World, { host, instead }: Nowhere): boolean {
  if (instead === undefined || clusterName(host, world.scene.clusterDomain)) return false;
  const ports = (world.registry.get(instead) ?? []).flatMap((one) => one.ports);
  return ports.some((port) => port.number === 80 && carries(port, 'http'));
}

function report(object: KubeObject, { host, instead }: Nowhere, fix: Change): Problem {
  const hint = instead === undefined ? '' : ` (${instead} exists)`;
  return problem(object, {
    rule: 'unknown-host',
    sure: instead !== undefined,
    says: `${called(object)} is for host ${host}, which no Service or ServiceEntry defines${hint}.`,
    consequence: `No request from this pod uses ${called(object)}.`,
    fixes: [fix],
  });
}

const touches = 'every client of the host';

function fixVirtualService(of: KubeObject, { instead }: Nowhere, at: number): Change {
  const written = strings(of.spec, 'hosts')[at];
  return change(of, `/spec/hosts/${Math.max(at, 0)}`, written, instead);
}

function fixRule(of: KubeObject, instead: string | undefined): Change {
  return change(of, '/spec/host', text(of.spec, 'host'), instead);
}

function change(
  of: KubeObject,
  at: string,
  written: string | undefined,
  instead: string | undefined,
): Change {
  if (instead === undefined || written === undefined) {
    return editing({ of, does: `Use a host that exists, or delete ${called(of)}`, touches }, at);
  }
  return replacing({ of, does: `Change its host to ${instead}`, touches }, at, written, instead);
}
