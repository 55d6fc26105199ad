// Repairs as a person would paste them.
import type { KubeObject } from '../../../src/core/object.ts';
import { decide } from '../../../src/model/istio/authz/decide.ts';
import { repair } from '../../../src/model/istio/authz/repair.ts';
import type { Repair } from '../../../src/model/istio/authz/types.ts';
import type { Sent } from '../../model/istio/authz/arbitrary.ts';
import { getJson } from '../cluster.ts';
import type { Lab } from '../lab.ts';
import type { Destination, Field } from './field.ts';
import { requestOf } from './send.ts';
import { sceneAt } from './try.ts';

export type Plan = {
  readonly to: Destination;
  readonly sent: Sent;
  readonly steps: readonly Step[];
};
type Step = Exclude<Repair, { is: 'none' }>;

export async function policiesNow(): Promise<readonly KubeObject[]> {
  const { items } = await getJson<{ items: KubeObject[] }>(
    'authorizationpolicies.security.istio.io',
    '-A',
  );
  return items;
}

/** The requests that would be denied, each with the repair that is offered last, then the first. */
export function plan(
  field: Field,
  to: Destination,
  all: readonly Sent[],
  policies: readonly KubeObject[],
): readonly Plan[] {
  return all.flatMap((sent) => {
    const scene = sceneAt(to, policies);
    const request = requestOf(field, to, sent);
    const decision = decide(scene, request);
    // An authorizer would refuse it whatever the policies say.
    if (decision.asks.length > 0) return [];
    const found = repair(scene, request, decision);
    return [found.at(-1), found[0]].flatMap((one) => {
      const steps = chain(one);
      return steps.length > 0 ? [{ to, sent, steps }] : [];
    });
  });
}

function chain(one: Repair | undefined): readonly Step[] {
  return one === undefined || one.is === 'none' ? [] : [one, ...chain(one.next)];
}

export async function paste(mesh: Lab, { steps }: Plan): Promise<void> {
  for (const step of steps) {
    if (step.is === 'create') await mesh.apply(JSON.stringify(step.object));
    else await patch(mesh, step.policy, step.patch);
  }
}

export async function undo(mesh: Lab, { steps }: Plan): Promise<void> {
  for (const step of steps.toReversed()) {
    if (step.is === 'patch') await patch(mesh, step.policy, step.undo);
    else {
      const { namespace = '', name } = step.object.metadata;
      await mesh.kubectl(
        '-n',
        namespace,
        'delete',
        'authorizationpolicies.security.istio.io',
        name,
      );
    }
  }
}

async function patch(
  mesh: Lab,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  ops: readonly object[],
): Promise<void> {
  const body = ['--type=json', '-p', JSON.stringify(ops)];
  await mesh.kubectl(
    '-n',
    namespace,
    'patch',
    'authorizationpolicies.security.istio.io',
    name,
    ...body,
  );
}
