// Settings of the proxy in a place where Linkerd does not read them: labels, and what is on the workload itself. The injector
// reads annotations of the pod, then of its namespace (linkerd2 pkg/inject/inject.go, pkg/healthcheck/healthcheck_labels.go).
import type { Labels } from '../../kube/labels.ts';
import type { Subject } from '../../kube/subject.ts';
import { injectAnnotation } from '../mesh-pod.ts';
import { offKey } from './reasons.ts';
import type { NamespaceOf } from './verdict.ts';

export type Misplaced = {
  readonly on: 'template' | 'workload' | 'namespace';
  readonly sort: 'label' | 'annotation';
  readonly key: string;
  readonly value: string;
};

type Place = Pick<Misplaced, 'on' | 'sort'> & { readonly all: Labels };

/** Of a pod that has a proxy; a key that is set where it counts as well is left out. */
export function misplaced(of: Subject, namespace: NamespaceOf): readonly Misplaced[] {
  const places: readonly Place[] = [
    { on: 'template', sort: 'label', all: of.template.labels },
    { on: 'workload', sort: 'label', all: of.workloadLabels },
    { on: 'workload', sort: 'annotation', all: of.workloadAnnotations },
    { on: 'namespace', sort: 'label', all: namespace.labels },
  ];
  const counts = { ...namespace.annotations, ...of.template.annotations };
  const found = places.flatMap(({ all, ...place }) =>
    Object.entries(all)
      .filter(([key, value]) => isSetting(key, value) && counts[key] === undefined)
      .map(([key, value]) => ({ ...place, key, value })),
  );
  return [...new Map(found.toReversed().map((one) => [one.key, one])).values()].toReversed();
}

/** The one label that the webhook itself reads is none; a pod with a proxy has what "enabled" asks for. */
function isSetting(key: string, value: string): boolean {
  if (key === injectAnnotation) return value !== 'enabled';
  return /^config\.(?:alpha\.)?linkerd\.io\//.test(key) && key !== offKey;
}
