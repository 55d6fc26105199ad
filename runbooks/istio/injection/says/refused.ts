// What `injection` can say of pods that the API server refuses, and of webhooks that nobody answers.
import { cause, inspect, kubectl, type Fix } from '../../../../src/authoring.ts';
import { scaleUp } from '../../../shared/istio/fixes.ts';
import { lookAt, restartFix, verify, type Again } from '../fixes.ts';

const noPods =
  'A webhook that fails closed keeps every pod it selects from being created: scaling, restarts and evictions lose pods.';
const keep =
  'Do not restart other workloads of the mesh before it is mended: they would lose their pods.';

const onceItAnswers = 'Only when istiod answers: until then a new pod gets no sidecar either.';

type Answering = Again &
  Readonly<Record<'service' | 'root' | 'deployment' | 'configuration' | 'scaled', string>>;

function lookAtService(a: Answering): readonly Fix[] {
  if (a.service === '') {
    return [
      lookAt(
        a,
        'See where the webhook leads: a URL, outside the Services of this cluster',
        kubectl`get mutatingwebhookconfiguration ${a.configuration}
          -o jsonpath={.webhooks[*].clientConfig.url}`,
      ),
    ];
  }
  return [
    ...(a.scaled === 'to 0' ? [scaleUp(a.deployment, a.root, verify(a))] : []),
    lookAt(
      a,
      'See what answers at the Service of the webhook',
      kubectl`get endpointslices -n ${a.root} -l kubernetes.io/service-name=${a.service}`,
    ),
    lookAt(a, 'See what keeps istiod from serving', kubectl`get pods -n ${a.root} -l app=istiod`),
  ];
}

/** istiod writes its certificate into every configuration that has its revision as a label. */
function letIstiodSign(a: Answering & Readonly<Record<'label', string>>): readonly Fix[] {
  if (a.label === '') {
    return [
      {
        does: `Restart istiod: at its start it writes its certificate into ${a.configuration}`,
        run: kubectl`rollout restart deployment/${a.deployment} -n ${a.root}`,
        risk: 'restarts-control-plane',
        touches: `istiod of ${a.root}, one pod after another; every proxy reconnects`,
        undo: { because: 'the new pods are made from the same template' },
        verify: verify(a),
        note: 'If Helm or GitOps empties the field again and again, leave caBundle out of what it compares.',
      },
    ];
  }
  const label = (word: string) =>
    kubectl`label mutatingwebhookconfiguration ${a.configuration} ${word} --overwrite`;
  return [
    {
      does: `Give ${a.configuration} back its label: istiod then writes its certificate into it`,
      run: label(`istio.io/rev=${a.label}`),
      risk: 'changes-config',
      touches: 'the caBundle of this configuration; pods can be created again',
      undo: { run: label('istio.io/rev-') },
      verify: verify(a),
    },
  ];
}

/** Only `privileged` lets istio-init have NET_ADMIN; empty when it is not the sidecar that breaks the rule. */
function allowSidecar(
  a: Again & Readonly<Record<'namespace' | 'enforced', string>>,
): readonly Fix[] {
  if (a.enforced === '') return [];
  const enforce = (level: string) =>
    kubectl`label namespace ${a.namespace} pod-security.kubernetes.io/enforce=${level} --overwrite`;
  return [
    {
      does: `Let namespace ${a.namespace} have privileged pods, until istio-cni sets the redirect in its place`,
      run: enforce('privileged'),
      risk: 'changes-security',
      touches: `every pod of ${a.namespace} that is created from now on`,
      undo: { run: enforce(a.enforced) },
      verify: verify(a),
      note: 'With the istio-cni plugin no container needs NET_ADMIN, and the level can stay.',
    },
  ];
}

export const refused = {
  'webhook-unreachable': cause('{subject} gets no pods: its webhook cannot be reached, {why}.', {
    means: `${noPods} The API server calls port 443 of the Service, which leads to port 15017 of istiod: firewalls of private clusters often lack it.`,
    reach: '{reach}',
    avoid: keep,
    with: ['again', 'service', 'root', 'deployment', 'configuration', 'scaled'],
    fixes: (a) => lookAtService(a),
  }),
  'webhook-untrusted': cause(
    '{subject} gets no pods: the API server does not trust what answers its webhook, {why}.',
    {
      means: `${noPods} {bundle}`,
      reach: '{reach}',
      avoid: keep,
      with: ['again', 'service', 'root', 'deployment', 'configuration', 'scaled', 'label'],
      fixes: (a) => [
        inspect(
          'Read what the webhook trusts, in base64',
          kubectl`get mutatingwebhookconfiguration ${a.configuration}
            -o jsonpath={.webhooks[*].clientConfig.caBundle}`,
          verify(a),
        ),
        ...letIstiodSign(a),
      ],
    },
  ),
  'injection-failed': cause('{subject} gets no pods: istiod refuses to inject them, {why}.', {
    means:
      'Something in the annotations of the pod template, or in the injection template, cannot be used. Pods that run are not touched.',
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
      ...allowSidecar(a),
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
      lookAt(
        a,
        'See every refusal of the last hour',
        kubectl`get events -n ${a.namespace} --field-selector reason=FailedCreate`,
      ),
    ],
  }),
  'restart-refused': cause(
    'New pods of {subject} would be refused: its webhook {configuration} cannot be answered, {why}.',
    {
      means: 'What runs goes on. The next restart, eviction or scaling loses pods.',
      avoid: keep,
      with: ['again', 'service', 'root', 'deployment', 'scaled'],
      fixes: (a) => lookAtService(a),
    },
  ),
  'failing-open': cause(
    '{configuration} lets pods pass without a sidecar when istiod does not answer: {why}.',
    {
      means:
        'Its failurePolicy is Ignore, so {subject} was created as it is, and nothing said so. With Fail it would have been refused.',
      with: [
        'again',
        'service',
        'root',
        'deployment',
        'scaled',
        'kind',
        'name',
        'namespace',
        'paused',
      ],
      fixes: (a) => [...lookAtService(a), { ...restartFix(a), note: onceItAnswers }],
    },
  ),
};
