// Rule: a route in effect that delegates to a VirtualService which does not exist, cannot be a delegate, is not
// exported to the root's namespace, or has no match that fits.
import { delegation } from '../delegate.ts';
import { shortHost } from '../host-name.ts';
import { forHttp } from '../match.ts';
import { listed } from '../../../../core/text.ts';
import { called, editing, fieldOf, problem } from '../problem.ts';
import { requests } from '../words.ts';
import { configKnownIn, isKnown } from '../registry.ts';
import type { Problem } from '../scene.ts';
import type { HttpRoute, VirtualService } from '../virtual-service.ts';
import { concerns, type World } from '../world.ts';

export function* delegates(world: World): Generator<Problem> {
  for (const { namespace, name, hosts } of world.inEffect) {
    const root = world.byName.get(`${namespace}/${name}`);
    if (!root || !concerns(world, namespace, hosts)) continue;
    for (const route of root.http) {
      const why = whyLost(world, root, route);
      if (why !== undefined && isFor(world, route)) yield report(world, root, route, why);
    }
  }
}

function isFor(world: World, route: HttpRoute): boolean {
  const { pod } = world.scene;
  const vias = world.router?.gateways.map(({ id }) => id) ?? ['mesh'];
  return (
    route.matches.length === 0 ||
    route.matches.some((match) => vias.some((via) => forHttp(match, { ...pod, via }, undefined)))
  );
}

// istio/istio pilot/pkg/model/virtualservice_controller.go mergeVirtualServices: "ignore only the current HTTP
// route".
function whyLost(world: World, root: VirtualService, route: HttpRoute): string | undefined {
  const found = delegation(route, root, world.byName);
  switch (found.is) {
    case 'none':
      return undefined;
    case 'absent': {
      const namespace = route.delegate?.namespace ?? root.namespace;
      return isKnown(configKnownIn(world.scene), namespace) ? 'does not exist' : undefined;
    }
    case 'root':
      return 'has hosts of its own, so it cannot be a delegate';
    case 'not-exported':
      return `is not exported to namespace ${root.namespace}`;
    case 'merged':
      return found.routes.length === 0 ? 'has no route that fits the match there' : undefined;
  }
}

function report(world: World, root: VirtualService, route: HttpRoute, why: string): Problem {
  const names = listed(
    [...new Set(root.hosts)].map((h) => shortHost(h, world.scene.clusterDomain)),
  );
  const delegate = `VirtualService ${route.delegate?.namespace ?? ''}/${route.delegate?.name ?? ''}`;
  const said = {
    of: root.object,
    does: `Use a delegate that exists, has no hosts and is exported to ${root.namespace}`,
    touches: `every client of ${names}`,
  };
  return problem(root.object, {
    rule: 'delegate-missing',
    sure: true,
    says: `${called(root.object)} delegates ${fieldOf(route.at)} to ${delegate}, which ${why}.`,
    consequence: `${requests(world)} to ${names} take a later route, or go as if that route did not exist.`,
    fixes: [editing(said, `${route.at}/delegate`)],
  });
}
