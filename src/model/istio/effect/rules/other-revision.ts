// Rule: a resource of the pod's namespace that is labelled for another revision of istiod.
import { called, editing, problem } from '../problem.ts';
import type { Problem } from '../scene.ts';
import { ofOtherRevision, type World } from '../world.ts';

// istio/istio pilot/pkg/config/kube/crdclient/client.go inRevision: the very name of the revision, not a tag of it.
export function* otherRevision(world: World): Generator<Problem> {
  const { scene } = world;
  const objects = [...scene.virtualServices, ...scene.destinationRules];
  for (const object of objects) {
    if (object.metadata.namespace !== scene.pod.namespace) continue;
    if (!ofOtherRevision(object, scene)) continue;
    const wanted = object.metadata.labels?.['istio.io/rev'] ?? '';
    const said = {
      of: object,
      does: 'Take the label istio.io/rev off, or name this revision',
      touches: 'the istiods of both revisions and their proxies',
    };
    yield problem(object, {
      rule: 'other-revision',
      sure: true,
      says: `${called(object)} is labelled istio.io/rev=${wanted}, and this pod's istiod is revision ${scene.revision ?? ''}.`,
      consequence: `This pod's traffic goes as if ${called(object)} did not exist.`,
      fixes: [editing(said, '/metadata/labels/istio.io~1rev')],
    });
  }
}
