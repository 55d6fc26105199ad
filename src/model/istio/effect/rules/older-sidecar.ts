// Rule: two Sidecars apply to this pod; only the older one is used.
import { count } from '../../../../core/text.ts';
import { called, editing, problem } from '../problem.ts';
import type { Problem } from '../scene.ts';
import { hasSelector, rivals } from '../sidecar.ts';
import type { World } from '../world.ts';

// istio/istio pilot/pkg/model/push_context.go initSidecarScopes: one only, "TODO: logic to merge multiple
// sidecar resources". A Sidecar with a selector and one without are not rivals: that is their intended use.
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
        says: `${called(other)} has no effect on this pod: the older ${called(used)} also applies.`,
        consequence: `This pod's proxy follows ${called(used)} and ignores ${called(other)} (${count(all.length, 'Sidecar')} could apply).`,
        fixes: [
          editing(
            {
              of: used,
              does: `Merge both into ${called(used)} and delete the other`,
              touches: 'every pod it applies to',
            },
            '/spec/egress',
          ),
        ],
      });
    }
  }
}
