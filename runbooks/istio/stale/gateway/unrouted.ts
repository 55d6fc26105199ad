// A VirtualService that by all that was read this gateway must have routes of, and that is in none of Envoy's: declared
// against effective, whatever the reason.
import { inspect, type Found, type PodRef, type Rest } from '../../../../src/authoring.ts';
import type { EffectiveRoutes } from '../../../../src/facts/istio/effective.ts';
import type { SyncView } from '../../../../src/facts/istio/sync-view.ts';
import { istioctl } from '../../../../src/meshes/istio/commands.ts';
import { again, at } from '../fixes.ts';
import { tell } from '../says.ts';

/** Of routes that were not all read, nothing is missing. */
export function notInProxy(
  declared: readonly string[],
  { virtualServices, cut }: EffectiveRoutes,
): readonly string[] {
  return cut ? [] : declared.filter((id) => !virtualServices.includes(id));
}

/** Envoy has what istiod sent last. */
export function isSettled(view: SyncView | undefined): boolean {
  const types = view?.streams[0]?.sync.types ?? [];
  return types.length > 0 && types.every(({ state }) => state === 'SYNCED' || state === 'NOT SENT');
}

export function unrouted(id: string, pod: PodRef, from: Rest['from']): Found {
  const routes = istioctl`proxy-config routes ${at(pod)}`;
  return tell(
    'route-not-in-proxy',
    { resource: `VirtualService ${id}`, pod },
    { from, sure: false, fixes: [inspect('See the routes that Envoy has', routes, again(pod))] },
  );
}
