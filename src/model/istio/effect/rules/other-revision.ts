// Rule: a resource in the pod's namespace that is labelled for another revision of istiod.
import { called, editing, problem } from '../problem.ts';
import type { Problem } from '../scene.ts';
import { ofOtherRevision, type World } from '../world.ts';

// istio/istio pilot/pkg/config/kube/crdclient/client.go inRevision: the label must hold the revision's
// own name, not a tag.
export function* otherRevision(world: World): Generator<Problem> {
  const { scene } = world;
  const objects = [...scene.virtualServices, ...scene.destinationRules];
  for (const object of objects) {
    if (object.metadata.namespace !== scene.pod.namespace) continue;
    if (!ofOtherRevision(object, scene)) continue;
    const wanted = object.metadata.labels?.['istio.io/rev'] ?? '';
    const said = {
      of: object,
      does: `Remove the label istio.io/rev, or set it to ${scene.revision ?? ''}`,
      touches: 'the istiods of both revisions and their proxies',
    };
    yield problem(object, {
      rule: 'other-revision',
      sure: true,
      says: `${called(object)} is labelled istio.io/rev=${wanted}, but this pod's istiod is revision ${scene.revision ?? ''}.`,
      consequence: `This pod's traffic ignores ${called(object)}.`,
      fixes: [editing(said, '/metadata/labels/istio.io~1rev')],
    });
  }
}
