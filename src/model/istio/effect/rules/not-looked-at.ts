// Rule: a DestinationRule in a namespace where istiod looks for no client of the Service: neither the Service's, nor
// the root, nor one with clients.
import { lookedUpIn, rulesFor, type DestinationRule } from '../destination-rule.ts';
import { shortHost } from '../host-name.ts';
import { listed } from '../../../../core/text.ts';
import { called, editing, problem } from '../problem.ts';
import { isKnown, type Host } from '../registry.ts';
import type { Problem } from '../scene.ts';
import { locate, type World } from '../world.ts';

// istio/istio pilot/pkg/model/push_context.go destinationRule. A rule for the clients of its own namespace is
// meant so: nothing is said where a pod with a proxy could be one.
export function* notLookedAt(world: World): Generator<Problem> {
  for (const rule of world.destinationRules.filter((one) => !one.selector)) {
    const found = locate(world, rule.host);
    if (found.is !== 'defined' || !isOurs(world, rule, found.host)) continue;
    const looked = lookedUpIn(world.scene, found.host.namespace);
    if (looked.includes(rule.namespace)) continue;
    const { workloads = [], workloadsKnownIn = [] } = world.scene;
    if (!isKnown(workloadsKnownIn, rule.namespace)) {
      world.wants.workloads.add(rule.namespace);
      continue;
    }
    const hasClients = workloads.some(
      (one) => one.namespace === rule.namespace && one.proxy !== 'none',
    );
    if (!hasClients) yield report(world, rule, found.host, looked);
  }
}

function isOurs(world: World, rule: DestinationRule, host: Host): boolean {
  const { namespace } = world.scene.pod;
  return world.ours.has(rule.host) || host.namespace === namespace;
}

function report(
  world: World,
  rule: DestinationRule,
  host: Host,
  looked: readonly string[],
): Problem {
  const name = shortHost(rule.host, world.scene.clusterDomain);
  const used = rulesFor(world.destinationRules, rule.host, host.namespace, world.scene);
  const instead =
    used.length === 0 ? '' : `, and uses ${listed(used.map((one) => called(one.object)))}`;
  const does = `Create it in namespace ${host.namespace} instead, and delete this one`;
  return problem(rule.object, {
    rule: 'rule-not-looked-at',
    sure: true,
    says: `${called(rule.object)} is for ${name}, but istiod looks for this pod's rules only in namespaces ${listed(looked)}${instead}.`,
    consequence: `No proxy uses ${called(rule.object)}: no pod with a proxy runs in namespace ${rule.namespace}.`,
    fixes: [
      editing({ of: rule.object, does, touches: `every client of ${name}` }, '/metadata/namespace'),
    ],
  });
}
