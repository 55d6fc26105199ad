// Rule: a VirtualService names a Gateway that does not exist, while one of this pod's is what is meant.
import { near } from '../../../../core/near.ts';
import { gateway as resolved, type VirtualService } from '../virtual-service.ts';
import { strings } from '../../../kube/loose.ts';
import { bindings, commonHosts, gatewayNamed, type Router } from '../router.ts';
import type { Gateway } from '../gateway.ts';
import { called, problem, replacing } from '../problem.ts';
import { configKnownIn, isKnown } from '../registry.ts';
import type { Problem } from '../scene.ts';
import { notFound } from '../words.ts';
import type { World } from '../world.ts';

type Miss = { readonly written: string; readonly at: number; readonly meant: Gateway };

// istio/istio pilot/pkg/model/config.go resolveGatewayName: a name without a namespace is looked for in the
// namespace of the VirtualService (IST0101).
export function* gatewayNames(world: World): Generator<Problem> {
  const { router } = world;
  if (!router) return;
  for (const vs of world.virtualServices) {
    const miss = missOf(world, router, vs);
    if (miss) yield report(vs, miss);
  }
}

function missOf(world: World, router: Router, vs: VirtualService): Miss | undefined {
  // It is served all the same: the name that leads nowhere is left over.
  if (vs.hosts.length === 0 || bindings(router, vs).length > 0) return undefined;
  return strings(vs.object.spec, 'gateways').flatMap((written, at): Miss[] => {
    const id = resolved(written, vs.namespace);
    const [namespace = '', name = ''] = id.split('/');
    if (id === 'mesh' || gatewayNamed(router, id)) return [];
    if (!isKnown(configKnownIn(world.scene), namespace)) return [];
    const meant = meantBy(router, vs, name);
    return meant ? [{ written, at, meant }] : [];
  })[0];
}

/** The one of that name, or of a name like it; it must have a host of the VirtualService. */
function meantBy(router: Router, vs: VirtualService, name: string): Gateway | undefined {
  const having = router.gateways.filter(({ servers }) =>
    servers.some((server) => commonHosts(server, vs).length > 0),
  );
  const same = having.find(({ object }) => object.metadata.name === name);
  const [alike] = near(
    name,
    having.map(({ object }) => object.metadata.name),
  );
  return same ?? having.find(({ object }) => object.metadata.name === alike);
}

function report(vs: VirtualService, { written, at, meant }: Miss): Problem {
  const { namespace, name } = meant.object.metadata;
  const id = resolved(written, vs.namespace);
  const same = id.endsWith(`/${name}`);
  const why = same ? `that Gateway is in namespace ${namespace ?? ''}` : `${meant.id} exists`;
  const touches = `requests for ${vs.hosts.join(', ')} at the gateways that ${called(meant.object)} selects`;
  const said = { of: vs.object, does: `Name ${meant.id} in ${called(vs.object)}`, touches };
  return problem(vs.object, {
    rule: 'gateway-missing',
    sure: same,
    says: `${called(vs.object)} is bound to gateway ${id}, which does not exist: ${why}.`,
    consequence: notFound(vs.hosts),
    fixes: [replacing(said, `/spec/gateways/${at}`, written, meant.id)],
  });
}
