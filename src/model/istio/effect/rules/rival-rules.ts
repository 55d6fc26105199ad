// Rule: two DestinationRules in one namespace set the same thing for the same host; only the older one's is used.
import type { KubeObject } from '../../../../core/object.ts';
import { listed } from '../../../../core/text.ts';
import { rulesFor, type DestinationRule } from '../destination-rule.ts';
import { shortHost } from '../host-name.ts';
import { filled, items, part, text } from '../../../kube/loose.ts';
import { called, editing, problem } from '../problem.ts';
import type { Problem } from '../scene.ts';
import { concerns, locate, type World } from '../world.ts';

// istio/istio pilot/pkg/model/destination_rule.go mergeDestinationRule: rules exported alike are merged, subsets
// by name and the traffic policy as a whole; what the older has stays. Those with a selector or exported
// differently merge in other ways, so nothing is said about them.
export function* rivalRules(world: World): Generator<Problem> {
  for (const rule of world.destinationRules) {
    if (rule.selector || !concerns(world, rule.namespace, [rule.host])) continue;
    const older = olderRival(world, rule);
    const lost = older ? overridden(older.object, rule.object) : [];
    if (older && lost.length > 0) yield report(world, rule, older, lost);
  }
}

/** The first of the rules it is merged into; `destinationRules` has the oldest first. */
function olderRival(world: World, rule: DestinationRule): DestinationRule | undefined {
  const found = locate(world, rule.host);
  if (found.is !== 'defined') return undefined;
  const used = rulesFor(world.destinationRules, rule.host, found.host.namespace, world.scene);
  const [first] = used;
  const alike = used.every((one) => !one.selector && sameExport(one, rule));
  return used.includes(rule) && alike && first !== rule ? first : undefined;
}

function sameExport(a: DestinationRule, b: DestinationRule): boolean {
  return [...a.exportTo].sort().join(' ') === [...b.exportTo].sort().join(' ');
}

function overridden(older: KubeObject, newer: KubeObject): string[] {
  const policy = (of: KubeObject) => JSON.stringify(part(of, 'spec').trafficPolicy);
  const both = filled(older.spec, 'trafficPolicy') && filled(newer.spec, 'trafficPolicy');
  const subsets = new Map(items(older.spec, 'subsets').map(({ is }) => [text(is, 'name'), is]));
  const clashing = items(newer.spec, 'subsets').flatMap(({ is }) => {
    const name = text(is, 'name');
    const known = subsets.get(name);
    return known && JSON.stringify(known) !== JSON.stringify(is) ? [`subset ${name ?? ''}`] : [];
  });
  return [...(both && policy(older) !== policy(newer) ? ['the traffic policy'] : []), ...clashing];
}

function report(
  world: World,
  rule: DestinationRule,
  older: DestinationRule,
  lost: readonly string[],
): Problem {
  const name = shortHost(rule.host, world.scene.clusterDomain);
  const does = `Merge both into ${called(older.object)} and delete the other`;
  const touches = `every client of ${name}`;
  return problem(rule.object, {
    rule: 'older-wins',
    sure: true,
    says: `${called(rule.object)} sets ${listed(lost)} for ${name} without effect: the older ${called(older.object)} also sets that.`,
    consequence: `This pod's traffic to ${name} uses ${listed(lost)} of ${called(older.object)}.`,
    fixes: [editing({ of: older.object, does, touches }, '/spec')],
  });
}
