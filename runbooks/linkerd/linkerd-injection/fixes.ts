// The fixes of `linkerd-injection` for a workload and its namespace: annotations, and the logs of its containers.
import { kubectl, listed, type Command, type Fix } from '../../../src/authoring.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { Mend, Setting } from '../../../src/model/linkerd/inject/reasons.ts';
import type { NamespaceOf } from '../../../src/model/linkerd/inject/verdict.ts';
import { injectAnnotation } from '../../../src/model/linkerd/mesh-pod.ts';
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

/** For Istio, this label of the pod comes before all others. */
export function keepIstioOff(subject: Subject): readonly Fix[] {
  const labels = { 'sidecar.istio.io/inject': 'false' };
  const off: Setting = { on: 'template', labels, annotations: {} };
  return fixes.patch(
    subject,
    off,
    `Turn Istio injection off for the pods of ${subject.maker.name}`,
  );
}

export type Change = {
  readonly of: Subject;
  /** The namespace as it is. */
  readonly here: NamespaceOf;
  /** Which workloads a change of the namespace would inject. */
  readonly gains: string | undefined;
};

/** The change of the namespace, then new pods. */
export function mendNamespace({ of, here, gains }: Change, mend: Mend): readonly Fix[] {
  const { name, annotations, labels } = here;
  const renew = fixes.renew(of);
  if (mend.on !== 'namespace') return [renew];
  const verify = kubectl`get namespace ${name} -o yaml`;
  const gained = gains && `${gains} would get a proxy at the next restart`;
  const annotate: NamespaceChange = {
    verb: 'annotate',
    does: `Annotate namespace ${name} ${forWhat(mend)}`,
    ...{ changes: mend.annotations, now: annotations, gains: gained, verify },
  };
  const unlabel: NamespaceChange = {
    verb: 'label',
    does: `Remove the label from namespace ${name}`,
    ...{ changes: mend.labels, now: labels, gains: gained, verify },
  };
  return changeNamespace(name, [annotate, unlabel], { of, renew });
}

function forWhat({ annotations }: Setting): string {
  const others = Object.keys(annotations).filter((key) => key !== injectAnnotation);
  return others.length === 0 ? 'for injection' : `with ${listed(others)}`;
}
