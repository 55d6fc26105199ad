// Why a change that every proxy has accepted makes no difference to one pod: judged from the objects alone, as
// istiod would use them. See world.ts for what "concerns" a pod.
import { compare, idOf } from '../../kube/order.ts';
import { blockOf } from './gateway.ts';
import { httpRoutes } from './live-routes.ts';
import { bindings } from './router.ts';
import type { VirtualService } from './virtual-service.ts';
import { openedPorts, portsOf, type GatewayPorts } from './gateway-ports.ts';
import { nameOf } from './problem.ts';
import { isKnown } from './registry.ts';
import { delegates } from './rules/delegates.ts';
import { destinations } from './rules/destinations.ts';
import { gatewayExports } from './rules/gateway-exports.ts';
import { gatewayHosts } from './rules/gateway-hosts.ts';
import { gatewayNames } from './rules/gateway-names.ts';
import { gatewayRivals } from './rules/gateway-rivals.ts';
import { gatewaySelectors } from './rules/gateway-selectors.ts';
import { gatewayOnly } from './rules/gateway-only.ts';
import { bypassed } from './rules/bypassed.ts';
import { listenerConflicts } from './rules/listener-conflicts.ts';
import { notExported } from './rules/not-exported.ts';
import { notLookedAt } from './rules/not-looked-at.ts';
import { olderSidecar } from './rules/older-sidecar.ts';
import { olderWins } from './rules/older-wins.ts';
import { otherRevision } from './rules/other-revision.ts';
import { rivalRules } from './rules/rival-rules.ts';
import { shortHosts } from './rules/short-host.ts';
import { sidecarScope } from './rules/sidecar-scope.ts';
import { undiscovered } from './rules/undiscovered.ts';
import { unknownHost } from './rules/unknown-host.ts';
import { unreachable } from './rules/unreachable.ts';
import { wrongProtocol } from './rules/wrong-protocol.ts';
import { rules, type Evaluation, type Problem, type ResourceName, type Scene } from './scene.ts';
import { concernedBy } from './concerned.ts';
import { readWorld, type World } from './world.ts';

export type { Evaluation, Problem, Scene } from './scene.ts';

type Rule = (world: World) => Iterable<Problem>;

const SIDECAR: readonly Rule[] = [
  destinations,
  olderWins,
  olderSidecar,
  sidecarScope,
  notExported,
  gatewayOnly,
  wrongProtocol,
  unreachable,
  unknownHost,
  delegates,
  rivalRules,
  otherRevision,
  undiscovered,
  shortHosts,
  notLookedAt,
  bypassed,
  listenerConflicts,
];

// Of two VirtualServices for a host a gateway uses both, and no Sidecar applies to it.
const GATEWAY: readonly Rule[] = [
  destinations,
  gatewayNames,
  gatewaySelectors,
  gatewayHosts,
  gatewayExports,
  gatewayRivals,
  unreachable,
  unknownHost,
  delegates,
  rivalRules,
  otherRevision,
  undiscovered,
  notLookedAt,
];

export function evaluate(scene: Scene): Evaluation {
  const world = readWorld(scene);
  const problems = (world.router ? GATEWAY : SIDECAR)
    .flatMap((rule) => [...rule(world)])
    .map((problem) => (isGuess(world, problem) ? { ...problem, sure: false } : problem))
    .sort(inOrder);
  const named = problems.map((problem) => problem.resource);
  const concerned = unique([...concernedBy(world).map(nameOf), ...named]);
  return {
    problems,
    gateways: world.router?.gateways ?? [],
    ports: portsFor(world),
    routed: world.inEffect.filter((vs) => isRouted(world, vs)).map((vs) => idOf(vs.object)),
    concerns: concerned.length,
    concerned,
    unchecked: [...world.unchecked].sort(compare),
    wants: {
      workloads: [...world.wants.workloads].sort(compare),
      services: [...world.wants.services].sort(compare),
    },
  };
}

function portsFor({ router, scene }: World): GatewayPorts | undefined {
  if (!router || !isKnown(scene.servicesKnownIn, scene.pod.namespace)) return undefined;
  const service = portsOf(scene.services, scene.pod);
  return { service, opened: openedPorts(router.gateways, service) };
}

function isRouted({ router, scene }: World, vs: VirtualService): boolean {
  if (!router) return false;
  return bindings(router, vs).some(
    ({ gateway, server }) =>
      blockOf(server) === 'http' &&
      httpRoutes(vs, { ...scene.pod, via: gateway.id }, server.port).live.length > 0,
  );
}

/** Without the mesh config nobody knows what other namespaces export by default. */
function isGuess({ scene }: World, { rule, resource, fixes }: Problem): boolean {
  if (scene.meshConfigUnread !== true) return false;
  const named = [resource, ...fixes.map((change) => change.target)];
  return rule === 'older-wins' || named.some((one) => one.namespace !== scene.pod.namespace);
}

function inOrder(a: Problem, b: Problem): number {
  return (
    Number(b.sure) - Number(a.sure) ||
    rules.indexOf(a.rule) - rules.indexOf(b.rule) ||
    compare(key(a.resource), key(b.resource)) ||
    compare(a.says, b.says)
  );
}

function key(resource: ResourceName): string {
  return `${resource.kind} ${resource.namespace}/${resource.name}`;
}

function unique(resources: readonly ResourceName[]): ResourceName[] {
  const found = new Map(resources.map((resource) => [key(resource), resource]));
  return [...found.entries()].sort(([a], [b]) => compare(a, b)).map(([, resource]) => resource);
}
