// Rule: a VirtualService or DestinationRule for a Service of this pod's namespace, whose `exportTo` hides it from
// that namespace.
//
// Never sure: a namespace may override routes only for its own clients. So nothing is said if the resource is for
// a Service of its own namespace, or if this pod has another VirtualService for the host.
import { exportedTo, type ExportTo } from '../export-to.ts';
import { shortHost } from '../host-name.ts';
import { listed } from '../../../../core/text.ts';
import { adding, appending, called, editing, problem } from '../problem.ts';
import { isKnown } from '../registry.ts';
import { strings } from '../../../kube/loose.ts';
import type { KubeObject } from '../../../../core/object.ts';
import type { Change, Problem } from '../scene.ts';
import { isMeshBound, locate, type World } from '../world.ts';

type Exported = {
  readonly object: KubeObject;
  readonly namespace: string;
  readonly exportTo: ExportTo;
};

// istio/istio pilot/pkg/model/push_context.go initVirtualServices
export function* notExported(world: World): Generator<Problem> {
  for (const vs of world.virtualServices.filter(isMeshBound)) {
    if (vs.http.length + vs.streams.length === 0) continue;
    const host = vs.hosts.find((name) => isLocal(world, name));
    const served = world.inEffect.some((other) => host !== undefined && other.hosts.includes(host));
    if (host !== undefined && !served && isHidden(world, vs)) yield report(world, vs, host);
  }
  // push_context.go setDestinationRules, destinationRule: of other namespaces than the client's, only the
  // service's and the root's are looked in at all.
  for (const rule of world.destinationRules.filter((one) => !one.selector)) {
    const lookedAt = [world.scene.pod.namespace, world.scene.rootNamespace].includes(
      rule.namespace,
    );
    if (lookedAt && isLocal(world, rule.host) && isHidden(world, rule)) {
      yield report(world, rule, rule.host);
    }
  }
}

function isLocal(world: World, host: string): boolean {
  const found = locate(world, host);
  return found.is === 'defined' && found.host.namespace === world.scene.pod.namespace;
}

function isHidden(world: World, one: Exported): boolean {
  if (exportedTo(one.exportTo, one.namespace, world.scene.pod.namespace)) return false;
  return strings(one.object.spec, 'exportTo').length > 0 || !hasClients(world, one.namespace);
}

/** What the mesh config exports to nobody by default is meant for the clients of its own namespace, if there are any. */
function hasClients(world: World, namespace: string): boolean {
  const { workloads = [], workloadsKnownIn = [] } = world.scene;
  if (!isKnown(workloadsKnownIn, namespace)) {
    world.wants.workloads.add(namespace);
    return true;
  }
  return workloads.some((one) => one.namespace === namespace && one.proxy !== 'none');
}

function report(world: World, one: Exported, host: string): Problem {
  const { namespace } = world.scene.pod;
  const name = shortHost(host, world.scene.clusterDomain);
  const to = one.exportTo.map((entry) => (entry === '.' ? one.namespace : entry));
  const only = to.includes('~') ? 'to no namespace' : `only to namespace ${listed(to)}`;
  const byDefault =
    strings(one.object.spec, 'exportTo').length > 0 ? '' : ' (the default of the mesh config)';
  return problem(one.object, {
    rule: 'not-exported',
    sure: false,
    says: `${called(one.object)} is for ${name}, but is exported ${only}, not to ${namespace}${byDefault}.`,
    consequence: `This pod's requests to ${name} ignore ${called(one.object)}.`,
    fixes: [fix(one, namespace)],
  });
}

function fix(one: Exported, namespace: string): Change {
  const of = one.object;
  const said = {
    of,
    does: `Export ${called(of)} to namespace ${namespace} too`,
    touches: `every client in ${namespace}`,
  };
  const written = strings(of.spec, 'exportTo');
  if (written.length === 0) return adding(said, '/spec/exportTo', ['.', namespace]);
  return one.exportTo.includes('~')
    ? editing(said, '/spec/exportTo')
    : appending(said, '/spec/exportTo', written.length, namespace);
}
