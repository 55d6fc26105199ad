// Rule: a VirtualService or DestinationRule of another namespace that names a Service of this pod's namespace by its
// short name, which istiod completes with the other namespace.
import type { KubeObject } from '../../../../core/object.ts';
import { serviceHost, shortHost } from '../host-name.ts';
import { strings, text } from '../../../kube/loose.ts';
import { called, problem, replacing } from '../problem.ts';
import { isKnown } from '../registry.ts';
import type { Problem } from '../scene.ts';
import { locate, type World } from '../world.ts';

type Written = { readonly object: KubeObject; readonly at: string; readonly host: string };

// istio/istio pilot/pkg/model/config.go ResolveShortnameToFQDN
export function* shortHosts(world: World): Generator<Problem> {
  const objects = [...world.scene.virtualServices, ...world.scene.destinationRules];
  for (const written of objects.flatMap(shortIn)) {
    const home = written.object.metadata.namespace ?? '';
    if (home === world.scene.pod.namespace) continue;
    const meant = namesake(world, written.host);
    if (meant === undefined) continue;
    if (!isKnown(world.scene.servicesKnownIn, home)) {
      world.wants.services.add(home);
      continue;
    }
    const taken = serviceHost(written.host, home, world.scene.clusterDomain);
    if (locate(world, taken).is !== 'missing') continue;
    if (isMeant(world, written.object, meant)) yield report(world, written, taken, meant);
  }
}

/** Not what a namespace with sidecars of its own has left over: its routes lead here, or it holds only config. */
function isMeant(world: World, object: KubeObject, meant: string): boolean {
  const { workloads = [], workloadsKnownIn = [], rootNamespace } = world.scene;
  const { name, namespace = '' } = object.metadata;
  const written = world.byName.get(`${namespace}/${name}`);
  const routes =
    object.kind === 'VirtualService' && written ? [...written.http, ...written.streams] : [];
  if (routes.some((route) => route.destinations.some((to) => to.host === meant))) return true;
  if (namespace === rootNamespace) return true;
  if (!isKnown(workloadsKnownIn, namespace)) {
    world.wants.workloads.add(namespace);
    return false;
  }
  return !workloads.some((one) => one.namespace === namespace && one.proxy === 'sidecar');
}

/** Of the two kinds, the hosts they are for: destinations are judged where they are used. */
function shortIn(object: KubeObject): Written[] {
  const host = text(object.spec, 'host');
  const hosts = strings(object.spec, 'hosts').map((one, i) => [`/spec/hosts/${i}`, one] as const);
  const all = host === undefined ? hosts : [['/spec/host', host] as const, ...hosts];
  return all
    .filter(([, one]) => /^[a-z0-9-]+$/.test(one))
    .map(([at, one]) => ({ object, at, host: one }));
}

/** The pod's own Service of that name, or one it calls. */
function namesake(world: World, name: string): string | undefined {
  return [...world.ours].find((host) => host.startsWith(`${name}.`));
}

function report(
  world: World,
  { object, at, host }: Written,
  taken: string,
  meant: string,
): Problem {
  const { clusterDomain } = world.scene;
  const name = shortHost(meant, clusterDomain);
  const said = {
    of: object,
    does: `Name the host in full: ${meant}`,
    touches: `every client of ${name}`,
  };
  return problem(object, {
    rule: 'short-host',
    sure: false,
    says: `${called(object)} names host ${host}, which istiod reads as ${shortHost(taken, clusterDomain)}, a Service that does not exist; ${name} exists.`,
    consequence: `Requests to ${name} ignore ${called(object)}.`,
    fixes: [replacing(said, at, host, meant)],
  });
}
