// The fixes of `injection`: labels on a namespace, and a default revision.
import { kubectl, type Fix } from '../../../src/authoring.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { Changes } from '../../../src/model/kube/workload-fixes.ts';
import { changeNamespace, fixesOf } from '../../shared/admission/fixes.ts';

export const fixes = fixesOf('injection', 'a label');

/** A label on the namespace; the restart that brings the sidecar comes after it. */
export type Labelling = { readonly labels: Changes; readonly gains: string };

/** The label, whatever may stand in its place, then new pods. */
export function labelAndRestart(
  of: Subject,
  { name, labels: now }: Namespace,
  labelling: Labelling | undefined,
  ...instead: readonly Fix[]
): readonly Fix[] {
  const change = labelling && {
    ...({ verb: 'label', does: `Label namespace ${name}`, now, gains: labelling.gains } as const),
    changes: labelling.labels,
    verify: kubectl`get namespace ${name} -L istio-injection,istio.io/rev`,
  };
  const renew = fixes.renew(of);
  return changeNamespace(name, change ? [change] : [], { of, renew, instead });
}

/** Gives `istio-injection=enabled` something to answer it. */
export function tagDefault(of: Subject, revision: string | undefined): readonly Fix[] {
  if (revision === undefined) return [];
  return [
    {
      does: `Or make revision ${revision} the default of the mesh with istioctl tag set`,
      run: istioctl`tag set default --revision ${revision} --overwrite`,
      risk: 'changes-traffic',
      touches: 'every namespace with istio-injection=enabled: its new pods get this revision',
      undo: { run: istioctl`tag remove default -y` },
      verify: fixes.verify(of),
    },
  ];
}
