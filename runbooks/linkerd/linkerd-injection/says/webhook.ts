// What `linkerd-injection` can say of a webhook that nobody answers, and of pods that the API server refuses.
import { cause } from '../../../../src/authoring.ts';
import { answerFix, lookAt, restartFix, trustFix, verify, type Again } from '../fixes.ts';
import { kubectl, type Fix } from '../../../../src/authoring.ts';

const noPods =
  'A webhook that fails closed (webhookFailurePolicy=Fail, as in installs for high availability) keeps every pod it selects from being created.';
const keep =
  'Do not restart other workloads of the mesh before it is mended: they would lose their pods.';
const maker = ['again', 'kind', 'name', 'namespace', 'paused'] as const;
const answering = ['root', 'service', 'deployment', 'trouble'] as const;
const trusting = ['bundle', 'bundleNow', 'bundleBy'] as const;

const onceItAnswers = 'Only when the injector answers: until then a new pod gets no proxy either.';

/** Only `privileged` lets linkerd-init have NET_ADMIN; empty when it is not the proxy that breaks the rule. */
function allowInit(a: Again & Readonly<Record<'namespace' | 'enforced', string>>): readonly Fix[] {
  if (a.enforced === '') return [];
  const enforce = (level: string) =>
    kubectl`label namespace ${a.namespace} pod-security.kubernetes.io/enforce=${level} --overwrite`;
  return [
    {
      does: `Let namespace ${a.namespace} have privileged pods, until linkerd-cni sets the redirect in place of linkerd-init`,
      run: enforce('privileged'),
      risk: 'changes-security',
      touches: `every pod of ${a.namespace} that is created from now on`,
      undo: { run: enforce(a.enforced) },
      verify: verify(a),
      note: 'With the linkerd-cni plugin no container needs NET_ADMIN, and the level can stay.',
    },
  ];
}

export const webhook = {
  'failing-open': cause(
    '{configuration} lets pods pass without a proxy when the injector does not answer: {why}.',
    {
      means:
        'Its failurePolicy is Ignore, so {subject} was created as it is, and nothing said so but a metric of the API server. {bundleText}',
      with: [...maker, ...answering, ...trusting],
      fixes: (a) => [
        ...(a.trouble === 'untrusted' ? trustFix(a) : answerFix(a)),
        { ...restartFix(a), note: onceItAnswers },
      ],
    },
  ),
  'not-reached': cause(
    'The webhook was never reached when {subject} was made: no event says that the injector was asked.',
    {
      means:
        'The injector leaves an event on the owner of every pod, injected or not. Its failurePolicy is Ignore, so a firewall in front of port 8443, a time-out or a certificate that was bad at that moment leaves a pod without a proxy.',
      with: [...maker, ...answering, 'configuration'],
      fixes: (a) => [
        restartFix(a),
        lookAt(
          a,
          'Ask the API server how often it let pods pass (fail_open)',
          kubectl`get --raw /metrics`,
        ),
      ],
    },
  ),
  'while-down': cause('{subject} is older than the injector that runs now: {what}.', {
    means:
      'A pod that is created while no injector answers starts without a proxy, for the failurePolicy is Ignore: so it goes after a node or a whole cluster was restarted. Both gates would inject it now.',
    with: maker,
    fixes: (a) => [restartFix(a)],
  }),
  'webhook-unreachable': cause(
    "{subject} gets no pods: Linkerd's webhook cannot be reached, {why}.",
    {
      means: `${noPods} The API server calls port 443 of the Service, which leads to port 8443 of the injector: firewalls of private clusters often lack it.`,
      reach: '{reach}',
      avoid: keep,
      with: ['again', ...answering, 'configuration'],
      fixes: (a) => answerFix(a),
    },
  ),
  'webhook-untrusted': cause(
    "{subject} gets no pods: the API server does not trust what answers Linkerd's webhook, {why}.",
    {
      means: `${noPods} {bundleText}`,
      reach: '{reach}',
      avoid: keep,
      with: ['again', ...answering, ...trusting, 'configuration'],
      fixes: (a) => trustFix(a),
    },
  ),
  'webhook-broken': cause('New pods of {subject} would {lose}: {why}.', {
    means:
      'What runs goes on. The next restart, eviction or scaling meets the webhook {configuration} as it is. {bundleText}',
    avoid: 'Do not restart workloads of the mesh before it is mended.',
    with: ['again', ...answering, ...trusting],
    fixes: (a) => (a.trouble === 'untrusted' ? trustFix(a) : answerFix(a)),
  }),
  'injection-failed': cause('{subject} gets no pods: the injector refuses them, {why}.', {
    means:
      'It cannot make a patch of what the annotations config.linkerd.io/* of pod or namespace say. Pods that run are not touched.',
    reach: '{reach}',
    with: ['again', 'kind', 'name', 'namespace'],
    fixes: (a) => [
      lookAt(
        a,
        'Read the annotations of the pod template',
        kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`,
      ),
    ],
  }),
  'pod-security': cause('{subject} gets no pods: they violate PodSecurity "{level}", {why}.', {
    means: '{who}',
    reach: '{reach}',
    with: ['again', 'namespace', 'enforced'],
    fixes: (a) => [
      ...allowInit(a),
      lookAt(
        a,
        'See which level the namespace enforces',
        kubectl`get namespace ${a.namespace} --show-labels`,
      ),
    ],
  }),
  refused: cause('{subject} gets no pods: the API server refuses them, {why}.', {
    means: '{who}',
    reach: '{reach}',
    with: ['again', 'namespace'],
    fixes: (a) => [
      lookAt(
        a,
        'See what limits pods there',
        kubectl`get limitrange,resourcequota -n ${a.namespace}`,
      ),
    ],
  }),
};
