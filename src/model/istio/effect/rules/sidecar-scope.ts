// Rule: the Sidecar that applies to this pod hides a Service which the pod is known to call, or for which there is
// a VirtualService or DestinationRule in the pod's own namespace.
import { exportedTo } from '../export-to.ts';
import { shortHost } from '../host-name.ts';
import { items, strings } from '../../../kube/loose.ts';
import { appending, called, editing, problem } from '../problem.ts';
import { carries } from '../../../kube/service-port.ts';
import type { Host } from '../registry.ts';
import type { Change, Problem } from '../scene.ts';
import { seesService, seesVirtualService } from '../sidecar.ts';
import { calledHosts, isMeshBound, locate, type World } from '../world.ts';
import type { KubeObject } from '../../../../core/object.ts';

export function* sidecarScope(world: World): Generator<Problem> {
  const { sidecar } = world.scope;
  const { namespace } = world.scene.pod;
  if (!sidecar) return;
  yield* calledInVain(world, sidecar);
  // A destination of a VirtualService in effect is imported all the same (pilot/pkg/model/sidecar.go
  // collectImportedServices), though without its routes.
  const inferred = new Set(
    world.inEffect
      .flatMap((vs) => [...vs.http, ...vs.streams].flatMap((r) => r.destinations))
      .map((to) => to.host),
  );
  for (const vs of world.virtualServices.filter((one) => one.namespace === namespace)) {
    if (!isMeshBound(vs) || !exportedTo(vs.exportTo, namespace, namespace)) continue;
    const inScope = seesVirtualService(world.scope, namespace, vs.hosts) !== 'hidden';
    const hidden = vs.hosts.flatMap((name) => hiddenHost(world, name) ?? []);
    // core/httproute.go BuildSidecarOutboundVirtualHosts: on port 80 a VirtualService needs no Service.
    const dead = hidden.filter((host) => !(inScope && speaksHttpOn80(host)));
    const [host] = dead;
    if (host && dead.length === vs.hosts.length) yield report(world, sidecar, vs.object, host);
  }
  for (const rule of world.destinationRules.filter((one) => one.namespace === namespace)) {
    const host = inferred.has(rule.host) ? undefined : hiddenHost(world, rule.host);
    if (host) yield report(world, sidecar, rule.object, host);
  }
}

/** What the pod calls and cannot see, whether or not any rule is about it. */
function* calledInVain(world: World, sidecar: KubeObject): Generator<Problem> {
  for (const wanted of new Set(calledHosts(world.scene))) {
    const host = hiddenHost(world, wanted);
    if (!host) continue;
    const name = shortHost(host.hostname, world.scene.clusterDomain);
    yield problem(sidecar, {
      rule: 'outside-sidecar-scope',
      sure: true,
      says: `${called(sidecar)} hides ${name} from this pod, which calls it.`,
      consequence: bypass(name),
      fixes: [fix(sidecar, host)],
    });
  }
}

function bypass(name: string): string {
  return `This pod's requests to ${name} bypass the mesh's routes, or are refused if outbound traffic is REGISTRY_ONLY.`;
}

function hiddenHost(world: World, name: string): Host | undefined {
  const found = locate(world, name);
  if (found.is !== 'defined') return undefined;
  const sight = seesService(world.scope, found.host.namespace, name);
  return sight === 'hidden' ? found.host : undefined;
}

function speaksHttpOn80(host: Host): boolean {
  return host.ports.some((port) => port.number === 80 && carries(port, 'http'));
}

function report(world: World, sidecar: KubeObject, about: KubeObject, host: Host): Problem {
  const name = shortHost(host.hostname, world.scene.clusterDomain);
  return problem(about, {
    rule: 'outside-sidecar-scope',
    sure: true,
    says: `${called(sidecar)} hides ${name} from this pod, so ${called(about)} has no effect.`,
    consequence: bypass(name),
    fixes: [fix(sidecar, host)],
  });
}

function fix(sidecar: KubeObject, host: Host): Change {
  const entry = `${host.namespace}/${host.hostname}`;
  const said = {
    of: sidecar,
    does: `Add ${entry} to the egress hosts of ${called(sidecar)}`,
    touches: 'every pod the Sidecar applies to',
  };
  const [first] = items(sidecar.spec, 'egress');
  const hosts = strings(first?.is, 'hosts');
  return hosts.length > 0
    ? appending(said, `/spec/egress/${first?.at ?? 0}/hosts`, hosts.length, entry)
    : editing(said, '/spec/egress');
}
