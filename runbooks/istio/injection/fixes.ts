// The fixes of `injection`: labels on a namespace, and a default revision.
import { kubectl, type Fix } from '../../../src/authoring.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { Changes } from '../../../src/model/kube/workload-fixes.ts';
import { changeNamespace, fixesOf } from '../../shared/admission/fixes.ts';

export const fixes = fixesOf('injection', 'a label');

/** A label on the namespace; a restart must follow to bring the sidecar. */
export type Labelling = { readonly labels: Changes; readonly gains: string | undefined };

/** The label, what can be done instead, then new pods. */
export function labelAndRestart(
  of: Subject,
  { name, labels: now }: Namespace,
  labelling: Labelling | undefined,
  ...instead: readonly Fix[]
): readonly Fix[] {
  const change = labelling && {
    ...({ verb: 'label', does: `Set the injection label of namespace ${name}`, now } as const),
    gains: labelling.gains && `${labelling.gains} would get a sidecar at the next restart`,
    changes: labelling.labels,
    verify: kubectl`get namespace ${name} -L istio-injection,istio.io/rev`,
  };
  const renew = fixes.renew(of);
  return changeNamespace(name, change ? [change] : [], { of, renew, instead });
}

/** Makes a webhook match `istio-injection=enabled`. */
export function tagDefault(of: Subject, revision: string | undefined): readonly Fix[] {
  if (revision === undefined) return [];
  return [
    {
      does: `Make revision ${revision} the default of the mesh`,
      run: istioctl`tag set default --revision ${revision} --overwrite`,
      risk: 'changes-traffic',
      touches: 'every namespace with istio-injection=enabled: new pods there get this revision',
      undo: { run: istioctl`tag remove default -y` },
      verify: fixes.verify(of),
    },
  ];
}
