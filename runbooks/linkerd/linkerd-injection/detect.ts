// What asks for Linkerd's proxy when a pod has none, and a proxy that never starts.
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { annotated } from '../../../src/facts/linkerd/inject/facts.ts';
import { startOf } from '../../../src/model/linkerd/inject/start.ts';
import { nowOf } from '../../../src/model/linkerd/inject/subject.ts';
import { injectAnnotation, linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';
import { detectorOf } from '../../shared/admission/detect.ts';

const neverStarts = new Set<string>(['init-fails', 'validator-fails', 'stuck']);

export const detect = detectorOf({
  proxy: 'Linkerd proxy',
  here: annotated,
  nowOf,
  askedBy,
  hasProxy: (one) => linkerdRole(one).is === 'meshed',
  trouble: (one) =>
    neverStarts.has(startOf(one).is) ? 'has a Linkerd proxy that never starts' : undefined,
});

function askedBy(one: Pod, here: Namespace | undefined): string | undefined {
  const asks = (value: string | undefined) => value !== undefined && value !== 'disabled';
  if (asks(one.annotations[injectAnnotation])) return 'its annotation';
  if (one.annotations[injectAnnotation] === 'disabled') return undefined;
  if (asks(here?.annotations[injectAnnotation])) return "its namespace's annotation";
  if (asks(here?.labels[injectAnnotation])) return "its namespace's label";
  return asks(one.labels[injectAnnotation]) ? 'its label' : undefined;
}
