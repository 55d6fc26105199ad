// Rule: meshconfig's discoverySelectors leave out the pod's namespace, so istiod ignores its Services and config.
import { labels as labelsOf } from '../../../kube/loose.ts';
import { adding, called, editing, problem, replacing } from '../problem.ts';
import type { Change, Problem } from '../scene.ts';
import type { World } from '../world.ts';

// istio/istio pkg/kube/namespace/filter.go Filter: the root namespace gets no exception.
export function* undiscovered(world: World): Generator<Problem> {
  const { pod, undiscovered: out } = world.scene;
  const home = out?.namespaces.find((one) => one.metadata.name === pod.namespace);
  if (!out || !home) return;
  const fix = discoverIt(world, pod.namespace);
  yield problem(home, {
    rule: 'namespace-unread',
    sure: true,
    says: `Namespace ${pod.namespace} has labels that no discoverySelectors entry of ${called(out.by)} selects, so istiod does not read it.`,
    consequence: `This pod's proxy uses no VirtualService, DestinationRule or security policy of namespace ${pod.namespace}, and no other proxy knows its Services.`,
    fixes: fix ? [fix] : [],
  });
}

/** Labels the namespace as a selector wants it; without such a selector, the selectors are what to edit. */
export function discoverIt(world: World, namespace: string): Change | undefined {
  const out = world.scene.undiscovered;
  const home = out?.namespaces.find((one) => one.metadata.name === namespace);
  if (!out || !home) return undefined;
  const touches = `every workload in namespace ${namespace}: istiod reads its Services, policies and routes`;
  const [pair, more] = Object.entries(out.wanted ?? {});
  if (!pair || more) {
    const does = `Add a selector for namespace ${namespace} to discoverySelectors`;
    return editing({ of: out.by, does, touches }, '/data/mesh');
  }
  const [key, value] = pair;
  const said = { of: home, does: `Label namespace ${namespace} with ${key}=${value}`, touches };
  const at = `/metadata/labels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const now = labelsOf(home.metadata, 'labels')[key];
  return now === undefined ? adding(said, at, value) : replacing(said, at, now, value);
}
