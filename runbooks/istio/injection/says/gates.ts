// What `injection` can say of the two gates: which webhook is called, and what istiod then does.
import { cause, kubectl } from '../../../../src/authoring.ts';
import { aloneFix, defaultTagFix, labelAndRestart, lookAt, patchFix } from '../fixes.ts';

const maker = ['again', 'kind', 'name', 'namespace', 'paused'] as const;
const labelling = [...maker, 'set', 'unset', 'gains'] as const;
const patching = [...maker, 'patch', 'unpatch'] as const;
const silent = 'The pod starts without a sidecar, and nothing says so.';

export const called = {
  'no-webhooks': cause('No webhook in this cluster injects sidecars.', {
    means: `Istio is not installed here, or its webhooks were removed. ${silent}`,
    with: ['again'],
    fixes: (a) => [
      lookAt(a, 'See which webhooks there are', kubectl`get mutatingwebhookconfigurations`),
    ],
  }),
  'namespace-unlabeled': cause(
    'Namespace {namespace} does not ask for sidecars: it has neither istio-injection nor istio.io/rev.',
    {
      means: `No webhook is called for {subject}. ${silent}`,
      reach: '{gains}',
      with: [...labelling, 'patch', 'unpatch'],
      fixes: (a) => [...labelAndRestart(a), ...aloneFix(a)],
    },
  ),
  'namespace-off': cause(
    'Namespace {namespace} turns injection off: its label istio-injection is "{value}", and only "enabled" turns it on.',
    {
      means: `No webhook is called for {subject}, whatever its pods say themselves. {ignored}`,
      reach: '{gains}',
      with: labelling,
      fixes: (a) => labelAndRestart(a),
    },
  ),
  'revision-missing': cause('{owner} asks for revision {revision}, and no webhook answers to it.', {
    means: `An old revision or tag was removed, or the name is misspelt. ${silent} What answers: {known}.`,
    reach: '{gains}',
    with: [...labelling, 'patch', 'unpatch'],
    fixes: (a) =>
      a.set === ''
        ? patchFix(a, `Let ${a.name} ask for a revision that answers`)
        : labelAndRestart(a),
  }),
  'no-default': cause('No webhook answers to {asks}: this mesh has no default revision.', {
    means: `${silent} What answers: {known}.`,
    reach: '{gains}',
    with: [...labelling, 'answer'],
    fixes: (a) => labelAndRestart(a, ...defaultTagFix(a)),
  }),
  deactivated: cause(
    'The webhook that answers to {asks}, {configuration}, is deactivated and never matches.',
    {
      means: `\`istioctl tag set default\` turns the old default off so that the new one can answer; the new one is gone. What answers: {known}.`,
      reach: '{gains}',
      with: [...labelling, 'answer'],
      fixes: (a) => labelAndRestart(a, ...defaultTagFix(a)),
    },
  ),
  'label-false': cause('{subject} opts out: its pod label sidecar.istio.io/inject is "false".', {
    means: `No webhook is called for such a pod. ${silent}`,
    with: patching,
    fixes: (a) => patchFix(a, `Take the label that says false off the pods of ${a.name}`),
  }),
  'label-value': cause(
    '{subject} has the pod label sidecar.istio.io/inject="{value}", and only "true" asks for a sidecar.',
    {
      means: `In a namespace without a label of its own nothing else counts. ${silent}`,
      with: patching,
      fixes: (a) => patchFix(a, `Set the label on the pods of ${a.name} to "true"`),
    },
  ),
  'label-on-workload': cause(
    '{subject} has {label} on the {kind}, not on its pod template, where webhooks look.',
    {
      means: `The pods are made without the label, so no webhook is called. ${silent}`,
      with: patching,
      fixes: (a) => patchFix(a, `Put the label on the pod template of ${a.name}`),
    },
  ),
  'annotation-only': cause(
    '{subject} asks for a sidecar by annotation, and webhooks are selected by labels.',
    {
      means: `The annotation sidecar.istio.io/inject can only turn injection off. ${silent}`,
      with: patching,
      fixes: (a) => patchFix(a, `Ask by a label on the pods of ${a.name}`),
    },
  ),
  excluded: cause('{configuration} leaves out {subject}: {miss}.', {
    means: `This is a selector of your own, not one of Istio's. ${silent}`,
    with: ['again'],
    fixes: (a) => [
      lookAt(
        a,
        'Read the selectors of the webhook',
        kubectl`get mutatingwebhookconfiguration ${a.configuration} -o yaml`,
      ),
    ],
  }),
};

export const skipped = {
  'annotation-false': cause(
    '{subject} opts out: its annotation sidecar.istio.io/inject is "false".',
    {
      means: 'The webhook is called, and istiod leaves the pod as it is.',
      with: patching,
      fixes: (a) => patchFix(a, `Take the annotation off the pods of ${a.name}`),
    },
  ),
  'host-network': cause(
    '{subject} uses the network of its node, and istiod never injects such a pod.',
    {
      means:
        "The sidecar's redirect would catch the traffic of the whole node. The pod stays outside the mesh as long as hostNetwork is true.",
      with: maker,
      fixes: (a) => [
        lookAt(
          a,
          'See whether it needs the network of the node',
          kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`,
        ),
      ],
    },
  ),
  'system-namespace': cause('istiod never injects into {namespace}, whatever its labels say.', {
    means:
      'kube-system, kube-public, kube-node-lease and local-path-storage are left out by name. {subject} gets a sidecar in another namespace alone.',
    with: ['again'],
    fixes: (a) => [
      lookAt(a, 'See what else runs there', kubectl`get pods -n ${a.namespace} -o wide`),
    ],
  }),
  'never-selector': cause(
    '{subject} is left out by neverInjectSelector of revision {revision}: {selector}.',
    {
      means:
        'The webhook is called, and istiod leaves every such pod as it is, in all namespaces. A label on the pod itself outweighs it.',
      with: [...patching, 'configMap', 'root'],
      fixes: (a) => [
        lookAt(a, 'Read the selectors', kubectl`get configmap ${a.configMap} -n ${a.root} -o yaml`),
        ...patchFix(a, `Let the pods of ${a.name} ask for a sidecar themselves`),
      ],
    },
  ),
  policy: cause(
    'istiod of revision {revision} injects only what asks for it: its policy is "{policy}".',
    {
      means:
        'With "disabled" only the pod label sidecar.istio.io/inject=true counts; with any word but these two, nothing is injected.',
      with: [...patching, 'subject', 'configMap', 'root'],
      fixes: (a) => [
        lookAt(a, 'Read the policy', kubectl`get configmap ${a.configMap} -n ${a.root} -o yaml`),
        ...patchFix(a, `Let the pods of ${a.name} ask for a sidecar themselves`),
      ],
    },
  ),
  'template-missing': cause(
    '{subject} asks for the injection template {template}, and revision {revision} has none of that name.',
    {
      means:
        'istiod refuses the pod, so it is not created at all: look at the annotation inject.istio.io/templates.',
      with: [...maker, 'configMap', 'root'],
      fixes: (a) => [
        lookAt(
          a,
          'See which templates there are',
          kubectl`get configmap ${a.configMap} -n ${a.root} -o yaml`,
        ),
      ],
    },
  ),
};
