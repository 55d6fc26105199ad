// What `injection` can say of pods that the API server refuses, and of webhooks that nobody answers.
import { cause } from '../../../../src/authoring.ts';

const noPods =
  'A webhook that fails closed keeps every pod it selects from being created: scaling, restarts and evictions lose pods.';
const keep =
  'Do not restart other workloads of the mesh before it is mended: they would lose their pods.';

export const refused = {
  'webhook-unreachable': cause('{subject} gets no pods: its webhook cannot be reached, {why}.', {
    means: `${noPods} The API server calls port 443 of the Service, which leads to port 15017 of istiod: firewalls of private clusters often lack it.`,
    avoid: keep,
  }),
  'webhook-untrusted': cause(
    '{subject} gets no pods: the API server does not trust what answers its webhook, {why}.',
    { means: `${noPods} {bundle}`, avoid: keep },
  ),
  'injection-failed': cause('{subject} gets no pods: istiod refuses to inject them, {why}.', {
    means:
      'Something in the annotations of the pod template, or in the injection template, cannot be used. Pods that run are not touched.',
  }),
  'pod-security': cause('{subject} gets no pods: they violate PodSecurity "{level}", {why}.', {
    means: '{who}',
  }),
  refused: cause('{subject} gets no pods: the API server refuses them, {why}.', { means: '{who}' }),
  'restart-refused': cause(
    'New pods of {subject} would be refused: its webhook {configuration} cannot be answered, {why}.',
    { means: 'What runs goes on. The next restart, eviction or scaling loses pods.', avoid: keep },
  ),
  'failing-open': cause(
    '{configuration} lets pods pass without a sidecar when istiod does not answer: {why}.',
    {
      means:
        'Its failurePolicy is Ignore, so {subject} was created as it is, and nothing said so. With Fail it would have been refused.',
    },
  ),
};
