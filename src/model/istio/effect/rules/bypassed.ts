// Rule: routes or DestinationRules for connections that this pod takes past its sidecar.
import type { KubeObject } from '../../../../core/object.ts';
import { listed } from '../../../../core/text.ts';
import { outboundBypass, type Bypass } from '../../interception.ts';
import { strings, text } from '../../../kube/loose.ts';
import { claimants } from '../claims.ts';
import { rulesFor } from '../destination-rule.ts';
import { shortHost } from '../host-name.ts';
import { called, problem } from '../problem.ts';
import type { Host } from '../registry.ts';
import type { Change, Problem } from '../scene.ts';
import { concerns, locate, servicesOf, type World } from '../world.ts';

type Lost = { readonly object: KubeObject; readonly host: Host; readonly port: number };

export function* bypassed(world: World): Generator<Problem> {
  const bySetting = new Map<string, { readonly bypass: Bypass; readonly lost: Lost[] }>();
  for (const one of [...routed(world), ...ruled(world)]) {
    const bypass = bypassOf(world, one);
    if (!bypass) continue;
    const known = bySetting.get(bypass.by) ?? { bypass, lost: [] };
    known.lost.push(one);
    bySetting.set(bypass.by, known);
  }
  for (const { bypass, lost } of bySetting.values()) yield* report(world, bypass, lost);
}

function bypassOf({ scene }: World, { host, port }: Lost): Bypass | undefined {
  if (!scene.self) return undefined;
  const { spec } = host.object;
  const given = host.service ? text(spec, 'clusterIP') : strings(spec, 'addresses')[0];
  const ip = given === 'None' || given?.includes('/') ? undefined : given;
  return outboundBypass(scene.self, { port, ip });
}

function routed(world: World): Lost[] {
  const mine = world.inEffect.filter((vs) => concerns(world, vs.namespace, vs.hosts));
  return mine.flatMap((vs) =>
    servicesOf(world, vs).flatMap((host) =>
      host.ports
        .filter((port) =>
          (['http', 'tcp'] as const).some((block) => claimants(world, host, port, block)[0] === vs),
        )
        .map(({ number: port }) => ({ object: vs.object, host, port })),
    ),
  );
}

function ruled(world: World): Lost[] {
  const rules = world.destinationRules.filter((r) => concerns(world, r.namespace, [r.host]));
  return [...new Set(rules.map((rule) => rule.host))].flatMap((name) => {
    const found = locate(world, name);
    if (found.is !== 'defined') return [];
    const { host } = found;
    const [rule] = rulesFor(world.destinationRules, name, host.namespace, world.scene);
    if (!rule) return [];
    return host.ports.map(({ number: port }) => ({ object: rule.object, host, port }));
  });
}

function* report(world: World, bypass: Bypass, lost: readonly Lost[]): Generator<Problem> {
  const [first] = lost;
  if (!first) return;
  const { clusterDomain } = world.scene;
  const objects = [...new Set(lost.map(({ object }) => called(object)))];
  const to = [
    ...new Set(lost.map(({ host, port }) => `${shortHost(host.hostname, clusterDomain)}:${port}`)),
  ];
  const some = (all: readonly string[]) =>
    all.length > 3 ? `${listed(all.slice(0, 2))} and ${all.length - 2} more` : listed(all);
  yield problem(first.object, {
    rule: 'bypasses-sidecar',
    sure: true,
    says: `${some(objects)} ${objects.length === 1 ? 'has' : 'have'} no effect on ${some(to)}: this pod's connections there bypass its sidecar, by ${bypass.by}.`,
    consequence: `Requests to ${some(to)} go straight out, in plaintext and without routes, retries or policies of the mesh.`,
    fixes: [fix(world, bypass)],
  });
}

function fix(world: World, { annotation, by }: Bypass): Change {
  const { namespace, name } = world.scene.pod;
  return {
    does:
      annotation === undefined
        ? `Change this for its workload, or for the mesh if it is a default: ${by}`
        : `Change annotation ${annotation} in the pod template of its workload`,
    target: { kind: 'Pod', namespace, name },
    touches: 'the pods of the workload, which are replaced',
  };
}
