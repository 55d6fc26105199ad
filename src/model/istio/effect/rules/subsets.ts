// Rule: a route to a subset that no DestinationRule visible to this client defines, or that has no pods.
import { listed } from '../../../../core/text.ts';
import { lookedUpIn, rulesFor, type DestinationRule } from '../destination-rule.ts';
import type { Fault } from '../fault.ts';
import { emptySubset } from './empty-subset.ts';
import { covers, shortHost } from '../host-name.ts';
import { exportedTo } from '../export-to.ts';
import { strings } from '../../../kube/loose.ts';
import { appending, called, editing } from '../problem.ts';
import { configKnownIn, isKnown, type Host } from '../registry.ts';
import type { Change } from '../scene.ts';
import type { Destination } from '../virtual-service.ts';
import type { World } from '../world.ts';

// istio/istio pilot/pkg/networking/core/cluster_builder.go applyDestinationRule: a subset has a cluster when the
// client's DestinationRule for the host lists it. Rules for the same host in one namespace are merged
// (pilot/pkg/model/destination_rule.go), so any of them may.
export function subsetFault(world: World, to: Destination, host: Host): Fault | undefined {
  const { subset } = to;
  if (subset === undefined) return undefined;
  const rules = rulesFor(world.destinationRules, to.host, host.namespace, world.scene);
  // The older of two that define it counts: pilot/pkg/model/destination_rule.go mergeDestinationRule.
  const defining = rules.find((rule) => defines(rule, subset));
  if (defining) return emptySubset(world, to, host, defining);
  const looked = lookedUpIn(world.scene, host.namespace);
  const hidden = rules.length === 0 ? hiddenFault(world, to, subset, looked) : undefined;
  if (hidden) return hidden;
  if (!looked.every((namespace) => isKnown(configKnownIn(world.scene), namespace))) {
    world.unchecked.add(`subset ${subset} of ${to.host}`);
    return undefined;
  }
  const name = shortHost(to.host, world.scene.clusterDomain);
  return {
    rule: 'subset-missing',
    to: `subset ${subset} of ${name}, which ${definesNot(rules, looked)}${elsewhere(world, to)}`,
    fixes: fixes(rules, to),
  };
}

// pilot/pkg/model/push_context.go destinationRule: a client of another namespace gets only what is exported to it.
function hiddenFault(
  world: World,
  to: Destination,
  subset: string,
  looked: readonly string[],
): Fault | undefined {
  const client = world.scene.pod.namespace;
  const rule = world.destinationRules.find(
    (one) =>
      !one.selector &&
      looked.includes(one.namespace) &&
      covers(one.host, to.host) &&
      defines(one, subset) &&
      !exportedTo(one.exportTo, one.namespace, client),
  );
  if (!rule) return undefined;
  const of = rule.object;
  const name = shortHost(to.host, world.scene.clusterDomain);
  const said = {
    of,
    does: `Export ${called(of)} to namespace ${client}`,
    touches: `clients of ${name} in ${client}`,
  };
  const written = strings(of.spec, 'exportTo');
  const listable = written.length > 0 && !written.includes('~');
  return {
    rule: 'subset-not-exported',
    to: `subset ${subset} of ${name}`,
    says: `${called(of)} defines subset ${subset} of ${name}, but its exportTo hides it from namespace ${client}, where ${called(to.of)} is used.`,
    culprit: of,
    fixes: [
      listable
        ? appending(said, '/spec/exportTo', written.length, client)
        : editing(said, '/spec/exportTo'),
    ],
  };
}

function defines(rule: DestinationRule, subset: string): boolean {
  return rule.subsets.some((one) => one.name === subset);
}

function definesNot(rules: readonly DestinationRule[], looked: readonly string[]): string {
  if (rules.length === 0) return `no DestinationRule in ${listed(looked)} defines`;
  return `${listed(rules.map((rule) => called(rule.object)))} ${rules.length === 1 ? 'does' : 'do'} not define`;
}

/** Another rule defines the subset, but this client does not use that rule. */
function elsewhere(world: World, to: Destination): string {
  const other = world.destinationRules.find(
    (rule) => to.subset !== undefined && covers(rule.host, to.host) && defines(rule, to.subset),
  );
  return other ? ` (${called(other.object)} does, but it does not apply to this pod)` : '';
}

function fixes(rules: readonly DestinationRule[], to: Destination): Change[] {
  const known = rules.flatMap((rule) => rule.subsets.map((subset) => subset.name));
  const touches = 'every client of this route';
  const [rule] = rules;
  const define = rule && {
    of: rule.object,
    does: `Define subset ${to.subset ?? ''} with the labels of its pods`,
    touches: 'every client of this host',
  };
  const rename = {
    of: to.of,
    does: known.length > 0 ? `Use a subset that exists: ${listed(known)}` : 'Remove the subset',
    touches,
  };
  return [
    ...(define ? [editing(define, '/spec/subsets')] : []),
    editing(rename, `${to.at}/subset`),
  ];
}
