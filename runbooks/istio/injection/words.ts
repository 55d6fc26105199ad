// How Istio names what every mesh has, and what can be said of it before the gates are known.
import { contributor, symptom, tells } from '../../../src/authoring.ts';
import { saysOf, type Words } from '../../shared/admission/says.ts';

export const words: Words = {
  proxy: 'sidecar',
  injector: 'istiod',
  port: 15017,
  webhook: 'its webhook',
  failsClosed:
    'A webhook that fails closed keeps every pod it selects from being created: scaling, restarts and evictions lose pods.',
  refuses: 'istiod refuses to inject them',
  refusesFor:
    'Something in the annotations of the pod template, or in the injection template, cannot be used.',
  unsaid: 'nothing said so. With Fail it would have been refused.',
  part: 'it belongs to the mesh and has no sidecar itself',
  partMeans: 'Diagnose a workload instead.',
  injects: 'inject revision {revision}',
  gets: 'revision {revision}',
  figures: '{gain} would get a sidecar, {lose} would lose theirs, {change} would change revision.',
  breaks:
    'It is the injected containers that break the rule: istio-init needs NET_ADMIN and NET_RAW, which the istio-cni plugin makes unnecessary.',
  plugin: 'istio-cni',
  until: 'istio-cni sets the redirect in its place',
};

export const shared = saysOf(words);
export const tellShared = tells(shared);

/** What is in the mesh without a sidecar. */
export const outside = {
  ambient: contributor(
    '{subject} is in ambient mode: it has no sidecar by design, its node has a ztunnel.',
    { means: 'Its traffic is in the mesh all the same. Injection is not what to look at.' },
  ),
  'ambient-pending': symptom(
    '{subject} is labelled for ambient mode, and its traffic is not redirected to a ztunnel.',
    {
      means:
        'It needs no sidecar. The istio-cni agent of its node redirects it and notes that on the pod; the note is missing.',
    },
  ),
  'ambient-conflict': contributor(
    '{subject} is labelled for ambient mode and has a sidecar: the sidecar wins.',
    {
      means:
        'A pod with a sidecar is left out of the redirect to the ztunnel, whatever its labels say.',
    },
  ),
};
export const tellOutside = tells(outside);
