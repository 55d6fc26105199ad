// How Istio names what every mesh has, and what can be said before a verdict is known.
import { contributor, symptom, tells } from '../../../src/authoring.ts';
import { saysOf, type Words } from '../../shared/admission/says.ts';

export const words: Words = {
  proxy: 'sidecar',
  injector: 'istiod',
  port: 15017,
  failsClosed:
    'It fails closed, so no pod that it selects can be created: restarts and evictions lose pods, scaling up adds none.',
  refusesFor:
    'istiod cannot use an annotation of the pod template, or the injection template itself.',
  unsaid: 'nothing reports it. With Fail they would be refused.',
  part: 'a part of the mesh that has no sidecar itself',
  partMeans: 'Diagnose a workload instead.',
  injected: 'injected with revision {revision}',
  figures: '{gain} would get a sidecar, {lose} would lose theirs, {change} would change revision.',
  breaks:
    'The injected containers break the rule: istio-init needs NET_ADMIN and NET_RAW. With the istio-cni plugin no container needs them.',
  plugin: 'istio-cni',
  until: 'istio-cni replaces istio-init',
};

export const shared = saysOf(words);
export const tellShared = tells(shared);

/** What needs no sidecar. */
export const outside = {
  ambient: contributor(
    '{subject} is in ambient mode: it has no sidecar by design; the ztunnel of its node handles its traffic.',
    { means: 'Its traffic is in the mesh without a sidecar, so injection is not the problem.' },
  ),
  'ambient-pending': symptom(
    '{subject} is labelled for ambient mode, but its traffic is not redirected to a ztunnel.',
    {
      means:
        'It needs no sidecar. The istio-cni agent of its node sets the redirect and notes that on the pod; the note is missing.',
    },
  ),
  'ambient-conflict': contributor(
    '{subject} is labelled for ambient mode but has a sidecar, and the sidecar wins.',
    {
      means:
        'The traffic of a pod with a sidecar is never redirected to the ztunnel, whatever its labels say.',
    },
  ),
};
export const tellOutside = tells(outside);
