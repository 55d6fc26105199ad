// Rule: a VirtualService is bound to a Gateway of this pod, and its `exportTo` hides it from the pod's namespace.
import { strings } from '../../../kube/loose.ts';
import { exportedTo } from '../export-to.ts';
import { appending, called, editing, problem } from '../problem.ts';
import { boundTo } from '../router.ts';
import type { Problem } from '../scene.ts';
import { notFound } from '../words.ts';
import type { World } from '../world.ts';

// istio/istio pilot/pkg/model/push_context.go VirtualServicesForGateway: it counts where the gateway's pod runs, not where
// the Gateway is.
export function* gatewayExports(world: World): Generator<Problem> {
  const { router, scene } = world;
  if (!router) return;
  const client = scene.pod.namespace;
  for (const vs of world.virtualServices) {
    const [gateway] = boundTo(router, vs);
    if (vs.hosts.length === 0 || !gateway) continue;
    if (exportedTo(vs.exportTo, vs.namespace, client)) continue;
    const written = strings(vs.object.spec, 'exportTo');
    const said = {
      of: vs.object,
      does: `Export ${called(vs.object)} to namespace ${client}`,
      touches: `the proxies in ${client}`,
    };
    yield problem(vs.object, {
      rule: 'not-exported',
      sure: true,
      says: `${called(vs.object)} is bound to ${called(gateway.object)}, but its exportTo hides it from namespace ${client}, where the gateway runs.`,
      consequence: notFound(vs.hosts),
      fixes: [
        written.length > 0 && !written.includes('~')
          ? appending(said, '/spec/exportTo', written.length, client)
          : editing(said, '/spec/exportTo'),
      ],
    });
  }
}
