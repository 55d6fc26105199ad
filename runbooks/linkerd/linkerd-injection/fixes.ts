// The fixes of `linkerd-injection` for a workload and its namespace: annotations, and what its containers say.
import { kubectl, type Command, type Fix } from '../../../src/authoring.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { Mend, Setting } from '../../../src/model/linkerd/inject/reasons.ts';
import type { NamespaceOf } from '../../../src/model/linkerd/inject/verdict.ts';
import {
  changeNamespace,
  fixesOf,
  type Named,
  type NamespaceChange,
} from '../../shared/admission/fixes.ts';

export const fixes = fixesOf('linkerd-injection', 'an annotation');

export function readLog({ maker: { kind, name, namespace } }: Named, container: string): Command {
  const what = kind === 'Pod' ? name : `${kind.toLowerCase()}/${name}`;
  return kubectl`logs ${what} -n ${namespace} --tail=20 -c ${container}`;
}

/** Istio looks at this label of the pod before all others. */
export function keepIstioOff(subject: Subject): readonly Fix[] {
  const labels = { 'sidecar.istio.io/inject': 'false' };
  const off: Setting = { on: 'template', labels, annotations: {} };
  return fixes.patch(subject, off, `Keep Istio off the pods of ${subject.maker.name}`);
}

export type Change = {
  readonly of: Subject;
  /** The namespace as it is. */
  readonly here: NamespaceOf;
  /** How far a change of the namespace reaches. */
  readonly gains: string | undefined;
};

/** The change of the namespace, then new pods. */
export function mendNamespace({ of, here, gains }: Change, mend: Mend): readonly Fix[] {
  const { name, annotations, labels } = here;
  const renew = fixes.renew(of);
  if (mend.on !== 'namespace') return [renew];
  const verify = kubectl`get namespace ${name} -o yaml`;
  const annotate: NamespaceChange = {
    verb: 'annotate',
    does: `Ask for injection by an annotation on namespace ${name}`,
    ...{ changes: mend.annotations, now: annotations, gains, verify },
  };
  const unlabel: NamespaceChange = {
    verb: 'label',
    does: `Take the label off namespace ${name}`,
    ...{ changes: mend.labels, now: labels, gains, verify },
  };
  return changeNamespace(name, [annotate, unlabel], { of, renew });
}
