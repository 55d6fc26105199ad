// Rules: a Gateway whose selector fits no pod; and one that fits this pod, but is in a namespace that this mesh lets it
// not use.
import { listed } from '../../../../core/text.ts';
import type { Labels } from '../../../kube/labels.ts';
import type { Gateway } from '../gateway.ts';
import { called, editing, problem, replacing } from '../problem.ts';
import { fits, gatewayNamed, inScope } from '../router.ts';
import type { Change, KnownIn, Problem } from '../scene.ts';
import type { World } from '../world.ts';

// istio/istio pilot/pkg/model/push_context.go mergeGateways (IST0101)
export function* gatewaySelectors(world: World): Generator<Problem> {
  const { router, scene } = world;
  if (!router || !scene.router) return;
  for (const { gateway: id, lookedIn } of scene.router.withoutPods) {
    const gateway = gatewayNamed(router, id);
    if (gateway) yield reportEmpty(gateway, lookedIn, scene.pod.labels);
  }
  for (const gateway of router.all) {
    if (fits(gateway, scene) && !inScope(gateway, scene)) yield reportScope(gateway, scene.pod);
  }
}

function reportEmpty(gateway: Gateway, lookedIn: KnownIn, own: Labels): Problem {
  const everywhere = lookedIn === 'all';
  const where = everywhere ? 'no pod has' : `no pod in ${listed(lookedIn)} has`;
  const off = Object.entries(gateway.selector).filter(([key, value]) => own[key] !== value);
  const [first] = off;
  const near = off
    .filter(([key]) => own[key] !== undefined)
    .map(([key]) => `${key}=${own[key] ?? ''}`);
  const hint = near.length === 0 ? '' : ` (this pod has ${listed(near)})`;
  return problem(gateway.object, {
    rule: 'gateway-selects-nothing',
    sure: everywhere,
    says: `${called(gateway.object)} selects pods with ${pairs(gateway.selector)}, but ${where} ${Object.keys(gateway.selector).length === 1 ? 'that label' : 'those labels'}${hint}.`,
    consequence: `No gateway serves ${listed(hostsOf(gateway))}: requests get 404, or the port is closed.`,
    fixes: [fix(gateway, first, off.length, own)],
  });
}

/** With one label off, its value is what this pod has. */
function fix(
  gateway: Gateway,
  first: readonly [string, string] | undefined,
  off: number,
  own: Labels,
): Change {
  const said = {
    of: gateway.object,
    does: 'Use the labels of the pods that are to serve it',
    touches: `the proxies that ${called(gateway.object)} then selects: they open its ports`,
  };
  const [key = '', from = ''] = first ?? [];
  const to = own[key];
  if (off !== 1 || to === undefined) return editing(said, '/spec/selector');
  const does = `Select the pods with ${key}=${to}`;
  const at = `/spec/selector/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return replacing({ ...said, does }, at, from, to);
}

function reportScope(gateway: Gateway, pod: { readonly namespace: string }): Problem {
  const does = `Move ${called(gateway.object)} to namespace ${pod.namespace}`;
  const touches = `the gateways in ${pod.namespace}`;
  return problem(gateway.object, {
    rule: 'gateway-out-of-scope',
    sure: true,
    says: `${called(gateway.object)} selects this pod, but in this mesh a gateway serves only Gateways of its own namespace (PILOT_SCOPE_GATEWAY_TO_NAMESPACE).`,
    consequence: `This gateway does not serve ${listed(hostsOf(gateway))}.`,
    fixes: [editing({ of: gateway.object, does, touches }, '/metadata/namespace')],
  });
}

function hostsOf({ servers }: Gateway): readonly string[] {
  return [...new Set(servers.flatMap(({ hosts }) => hosts.map(({ host }) => host)))];
}

function pairs(selector: Labels): string {
  return listed(Object.entries(selector).map(([key, value]) => `${key}=${value}`));
}
