// Rule: routes in effect to a host, port or subset for which this sidecar has no cluster.
import { usageOf, type Usage, type Used } from '../claims.ts';
import type { Fault } from '../fault.ts';
import { shortHost } from '../host-name.ts';
import { called, editing, problem, replacing } from '../problem.ts';
import type { Host } from '../registry.ts';
import type { Problem, Rule } from '../scene.ts';
import type { VirtualService } from '../virtual-service.ts';
import { concerns, lookUp, type World } from '../world.ts';
import { listed } from '../../../../core/text.ts';
import { discoverIt } from './undiscovered.ts';
import { subsetFault } from './subsets.ts';

export function* destinations(world: World): Generator<Problem> {
  for (const vs of world.inEffect.filter((one) => concerns(world, one.namespace, one.hosts))) {
    const usage = usageOf(world, vs);
    const faults = new Map<string, { fault: Fault; of: Used[] }>();
    for (const used of usage.used) {
      const fault = faultOf(world, used);
      if (!fault) continue;
      const key = `${used.to.of.metadata.name} ${fault.rule} ${fault.to}`;
      const known = faults.get(key) ?? { fault: { ...fault, fixes: [] }, of: [] };
      const fixes = [...known.fault.fixes, ...fault.fixes];
      faults.set(key, { fault: { ...fault, fixes }, of: [...known.of, used] });
    }
    for (const { fault, of } of faults.values()) yield report(world, vs, usage, fault, of);
  }
}

// istio/istio pilot/pkg/networking/core/route/route.go TranslateRoute: "it's okay if the target cluster cannot
// be resolved. Traffic to such clusters will blackhole."
function faultOf(world: World, used: Used): Fault | undefined {
  const { to } = used;
  const found = lookUp(world, to.host);
  switch (found.is) {
    case 'missing':
      return missing(used, found.instead);
    case 'hidden':
      return notExported(world, used, found.host);
    case 'undiscovered':
      return notDiscovered(world, used, found.namespace);
    case 'defined':
      // route.go GetDestinationCluster: an ExternalName's routes lead to what it names.
      if (found.host.alias) return undefined;
      return portFault(world, used, found.host) ?? subsetFault(world, to, found.host);
    default:
      return undefined;
  }
}

function missing({ to }: Used, instead: string | undefined): Fault {
  const said = { of: to.of, touches: 'every client of this route' };
  const change = instead
    ? replacing(
        { ...said, does: `Send the traffic to ${instead}` },
        `${to.at}/host`,
        to.written,
        instead,
      )
    : editing({ ...said, does: 'Use a host that exists, or create this one' }, `${to.at}/host`);
  return {
    rule: 'host-missing',
    to: `host ${to.host}, which no Service or ServiceEntry defines`,
    fixes: [change],
  };
}

// pilot/pkg/model/sidecar.go pickBestVisibleNamespace, push_context.go IsServiceVisible
function notExported(world: World, { to }: Used, host: Host): Fault {
  const { namespace } = world.scene.pod;
  const hides = host.service ? undefined : world.scene.hiddenEntries;
  if (hides?.in[host.namespace] !== undefined) {
    const wider = `Change serviceEntryVisibility so that other namespaces see the ServiceEntries of ${host.namespace}`;
    return {
      rule: 'host-not-exported',
      to: `host ${to.host}, but serviceEntryVisibility of ${called(hides.by)} hides ${called(host.object)} from namespace ${namespace}`,
      fixes: [
        editing({ of: hides.by, does: wider, touches: 'every client in the mesh' }, '/data/mesh'),
      ],
    };
  }
  const at = host.service
    ? '/metadata/annotations/networking.istio.io~1exportTo'
    : '/spec/exportTo';
  const does = `Export ${called(host.object)} to namespace ${namespace}`;
  return {
    rule: 'host-not-exported',
    to: `host ${to.host}, but ${called(host.object)} is not exported to namespace ${namespace}`,
    fixes: [editing({ of: host.object, does, touches: `clients in ${namespace}` }, at)],
  };
}

// pkg/kube/namespace/filter.go
function notDiscovered(world: World, { to }: Used, namespace: string): Fault {
  const label = discoverIt(world, namespace);
  return {
    rule: 'namespace-unread',
    to: `host ${to.host}, but istiod does not read namespace ${namespace}: no discoverySelectors entry selects it`,
    fixes: label ? [label] : [],
  };
}

// route.go GetDestinationCluster: without a port it is the one that was called, for a Service with a single port
// too: `LookupService` knows Services by the listener's port only (BuildSidecarOutboundVirtualHosts).
function portFault(world: World, { to, ports, block }: Used, host: Host): Fault | undefined {
  const numbers = host.ports.map((port) => port.number);
  if (numbers.length === 0) return undefined;
  const only = `${called(host.object)} has only ${numbers.length === 1 ? 'port' : 'ports'} ${listed(numbers.map(String))}`;
  const fixes = [
    editing(
      {
        of: to.of,
        does: `Use a port that exists: ${listed(numbers.map(String))}`,
        touches: 'every client',
      },
      `${to.at}/port`,
    ),
  ];
  const name = shortHost(to.host, world.scene.clusterDomain);
  if (to.port !== undefined) {
    if (numbers.includes(to.port)) return undefined;
    return { rule: 'port-missing', to: `port ${to.port} of ${name}, but ${only}`, fixes };
  }
  // core/gateway.go buildNameToServiceMapForHTTPRoutes: a gateway knows the Service, and takes its only port.
  if (world.router && numbers.length === 1) return undefined;
  const lost = ports.filter((port) => port !== undefined && !numbers.includes(port));
  if (block !== 'http' || lost.length === 0 || world.scope.byPort) return undefined;
  const called_ = `${name} on the port that was called (${lost.join(' or ')})`;
  return { rule: 'port-missing', to: `${called_}, but ${only}`, fixes };
}

function report(
  world: World,
  vs: VirtualService,
  usage: Usage,
  fault: Fault,
  of: readonly Used[],
): Problem {
  const [first] = of;
  const writer = first?.to.of ?? vs.object;
  return problem(fault.culprit ?? writer, {
    rule: fault.rule,
    sure: usage.sure,
    says: fault.says ?? `${called(writer)} sends traffic to ${fault.to}.`,
    consequence: consequence(world, vs, fault.rule, of),
    fixes: fault.fixes,
  });
}

function consequence(world: World, vs: VirtualService, rule: Rule, of: readonly Used[]): string {
  const hosts = listed(
    [...new Set(vs.hosts)].map((host) => shortHost(host, world.scene.clusterDomain)),
  );
  if (of.every(({ to }) => to.mirror)) {
    return `The mirrored copies of requests to ${hosts} are lost; the requests themselves are not affected.`;
  }
  const some = vs.http.length + vs.streams.length > 1 ? ' that take this route' : '';
  const proxy = world.router ? 'this gateway' : "this pod's sidecar";
  // The cluster is there, and empty: envoy docs response flag UH.
  const flag = rule === 'subset-empty' ? 'UH: no healthy upstream' : 'NC: no such cluster';
  return of[0]?.block === 'http'
    ? `Requests to ${hosts}${some} get 503 from ${proxy} (${flag}).`
    : `Connections to ${hosts}${some} are closed by ${proxy} (${flag}).`;
}
