// What `linkerd-injection` can say of a webhook that nobody answers, and of pods that the API server refuses.
import { cause } from '../../../../src/authoring.ts';

const noPods =
  'A webhook that fails closed (webhookFailurePolicy=Fail, as in installs for high availability) keeps every pod it selects from being created.';
const keep =
  'Do not restart other workloads of the mesh before it is mended: they would lose their pods.';

export const webhook = {
  'failing-open': cause(
    '{configuration} lets pods pass without a proxy when the injector does not answer: {why}.',
    {
      means:
        'Its failurePolicy is Ignore, so {subject} was created as it is, and nothing said so but a metric of the API server. {bundleText}',
    },
  ),
  'not-reached': cause(
    'The webhook was never reached when {subject} was made: no event says that the injector was asked.',
    {
      means:
        'The injector leaves an event on the owner of every pod, injected or not. Its failurePolicy is Ignore, so a firewall in front of port 8443, a time-out or a certificate that was bad at that moment leaves a pod without a proxy.',
    },
  ),
  'while-down': cause('{subject} is older than the injector that runs now: {what}.', {
    means:
      'A pod that is created while no injector answers starts without a proxy, for the failurePolicy is Ignore: so it goes after a node or a whole cluster was restarted. Both gates would inject it now.',
  }),
  'webhook-unreachable': cause(
    "{subject} gets no pods: Linkerd's webhook cannot be reached, {why}.",
    {
      means: `${noPods} The API server calls port 443 of the Service, which leads to port 8443 of the injector: firewalls of private clusters often lack it.`,
      avoid: keep,
    },
  ),
  'webhook-untrusted': cause(
    "{subject} gets no pods: the API server does not trust what answers Linkerd's webhook, {why}.",
    { means: `${noPods} {bundleText}`, avoid: keep },
  ),
  'webhook-broken': cause('New pods of {subject} would {lose}: {why}.', {
    means:
      'What runs goes on. The next restart, eviction or scaling meets the webhook {configuration} as it is. {bundleText}',
    avoid: 'Do not restart workloads of the mesh before it is mended.',
  }),
  'injection-failed': cause('{subject} gets no pods: the injector refuses them, {why}.', {
    means:
      'It cannot make a patch of what the annotations config.linkerd.io/* of pod or namespace say. Pods that run are not touched.',
  }),
  'pod-security': cause('{subject} gets no pods: they violate PodSecurity "{level}", {why}.', {
    means: '{who}',
  }),
  refused: cause('{subject} gets no pods: the API server refuses them, {why}.', { means: '{who}' }),
};
