// Rule: two Sidecars for this pod; the older one is used, the other not at all.
import { count } from '../../../../core/text.ts';
import { called, editing, problem } from '../problem.ts';
import type { Problem } from '../scene.ts';
import { hasSelector, rivals } from '../sidecar.ts';
import type { World } from '../world.ts';

// istio/istio pilot/pkg/model/push_context.go initSidecarScopes: one only, "TODO: logic to merge multiple
// sidecar resources". A Sidecar with a selector and one without are no rivals: that is how they are meant.
export function* olderSidecar(world: World): Generator<Problem> {
  const all = rivals(world.scene.sidecars, world.scene.pod.namespace, world.scene);
  for (const selects of [true, false]) {
    const [used, ...others] = all.filter((one) => hasSelector(one) === selects);
    if (!used || used !== all[0]) continue;
    for (const other of others) {
      if (JSON.stringify(other.spec) === JSON.stringify(used.spec)) continue;
      yield problem(other, {
        rule: 'older-wins',
        sure: true,
        says: `${called(other)} is for the same pods as the older ${called(used)}, and a pod has one Sidecar only.`,
        consequence: `What this pod's sidecar knows follows ${called(used)}; ${called(other)} does nothing for it (${count(all.length, 'Sidecar')} could).`,
        fixes: [
          editing(
            {
              of: used,
              does: `Put both into ${called(used)} and delete the other`,
              touches: 'every pod it is for',
            },
            '/spec/egress',
          ),
        ],
      });
    }
  }
}
