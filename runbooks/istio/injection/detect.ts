// What asks for a sidecar when a pod has none.
import { namespace, type Namespace } from '../../../src/facts/kube/namespace.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { injectionKey, revKey } from '../../../src/model/istio/inject/reasons.ts';
import { injectKey } from '../../../src/model/istio/inject/required.ts';
import { nowOf } from '../../../src/model/istio/inject/subject.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import { detectorOf } from '../../shared/admission/detect.ts';

export const detect = detectorOf({
  proxy: 'sidecar',
  here: namespace,
  nowOf,
  askedBy,
  hasProxy: (one) => 'proxy' in meshRole(one),
});

function askedBy(one: Pod, here: Namespace | undefined): string | undefined {
  const labels = here?.labels ?? {};
  if (labels[injectionKey] === 'enabled') return `its namespace (${injectionKey}=enabled)`;
  if (labels[revKey] !== undefined) return `its namespace (${revKey}=${labels[revKey]})`;
  if (one.labels[injectKey] === 'true') return `its label ${injectKey}=true`;
  return one.annotations[injectKey] === 'true' ? `its annotation ${injectKey}=true` : undefined;
}
