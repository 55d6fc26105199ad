// What `linkerd-injection` can say of the two gates: whether the webhook is called, and what the injector then does.
import { cause, kubectl } from '../../../../src/authoring.ts';
import { aloneFix, lookAt, namespaceFix, patchFix } from '../fixes.ts';

const maker = ['again', 'kind', 'name', 'namespace', 'paused'] as const;
const setting = [...maker, 'annotate', 'unannotate', 'label', 'unlabel', 'gains'] as const;
const patching = [...maker, 'patch', 'unpatch'] as const;
/** A webhook that is not called leaves no event either. */
const unasked = 'The pod starts without a proxy, and nothing says so.';
const silent = 'The pod starts without a proxy, and only an event of its owner says so.';
const template = (a: Readonly<Record<'kind' | 'name' | 'namespace', string>>) =>
  kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`;

export const called = {
  'no-webhook': cause('No webhook in this cluster injects Linkerd: {installed}.', {
    means:
      'Without linkerd-proxy-injector-webhook-config no pod gets a proxy, whatever its annotations say.',
    with: ['again'],
    fixes: (a) => [
      lookAt(a, 'See which webhooks there are', kubectl`get mutatingwebhookconfigurations`),
    ],
  }),
  'webhooks-off': cause(
    'Namespace {namespace} keeps the injector out: its label config.linkerd.io/admission-webhooks is "{value}".',
    {
      means: `The webhook is not called for {subject}, whatever is annotated. ${unasked}`,
      reach: '{gains}',
      with: setting,
      fixes: (a) => namespaceFix(a),
    },
  ),
  'system-namespace': cause('The webhook leaves out namespace {namespace} by its name.', {
    means:
      'Linkerd does so for kube-system and cert-manager, which it needs itself to start. {subject} gets a proxy in another namespace alone.',
    with: ['again', 'configuration'],
    fixes: (a) => [
      lookAt(
        a,
        'Read the selectors of the webhook',
        kubectl`get mutatingwebhookconfiguration ${a.configuration} -o yaml`,
      ),
    ],
  }),
  'linkerd-label': cause('{subject} has the label {label}, and the webhook leaves out such pods.', {
    means: `Linkerd's own parts are known by it; on anything else it is a copy that went too far. ${unasked}`,
    with: patching,
    fixes: (a) => patchFix(a, `Take the label off the pods of ${a.name}`),
  }),
  excluded: cause('{configuration} leaves out {subject}: {miss}.', {
    means: `This is a selector of your own, not one of Linkerd's. ${unasked}`,
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
  'not-annotated': cause(
    'Neither namespace {namespace} nor the pods of {subject} have the annotation linkerd.io/inject.',
    {
      means: `Linkerd injects only what asks for it, by the values enabled and ingress. ${silent}`,
      reach: '{gains}',
      with: [...setting, 'patch', 'unpatch'],
      fixes: (a) => [...namespaceFix(a), ...aloneFix(a)],
    },
  ),
  'namespace-off': cause('Namespace {namespace} says linkerd.io/inject=disabled.', {
    means: `{subject} does not ask for a proxy itself, which would outweigh it. ${silent}`,
    reach: '{gains}',
    with: [...setting, 'patch', 'unpatch'],
    fixes: (a) => [...namespaceFix(a), ...aloneFix(a)],
  }),
  'label-not-annotation': cause(
    '{owner} has linkerd.io/inject as a label, and the injector reads annotations alone.',
    {
      means: `The word is in the wrong place: {value} counts for nothing there. ${silent}`,
      reach: '{gains}',
      with: [...setting, 'patch', 'unpatch'],
      fixes: (a) =>
        a.annotate === ''
          ? patchFix(a, `Make the label of ${a.name} an annotation`)
          : namespaceFix(a),
    },
  ),
  'annotation-on-workload': cause(
    '{subject} has linkerd.io/inject={value} on the {kind}, not on its pod template, where the injector looks.',
    {
      means: `The pods are made without it. ${silent}`,
      with: patching,
      fixes: (a) => patchFix(a, `Put the annotation on the pod template of ${a.name}`),
    },
  ),
  'wrong-value': cause(
    '{owner} says linkerd.io/inject="{value}", and the only values are enabled, ingress and disabled.',
    {
      means: `A value that is not known turns injection off, on a namespace even for pods that say enabled. ${silent}`,
      reach: '{gains}',
      with: [...setting, 'patch', 'unpatch'],
      fixes: (a) =>
        a.annotate === '' ? patchFix(a, `Set the annotation of ${a.name}`) : namespaceFix(a),
    },
  ),
  'opted-out': cause('{subject} opts out: its pods say linkerd.io/inject=disabled.', {
    means: 'The webhook is called, and the injector leaves the pod as it is.',
    with: patching,
    fixes: (a) => patchFix(a, `Take the annotation off the pods of ${a.name}`),
  }),
  'host-network': cause(
    '{subject} uses the network of its node, and the injector leaves such pods as they are.',
    {
      means:
        "The proxy's redirect would catch the traffic of the whole node. The pod stays outside the mesh as long as hostNetwork is true.",
      with: maker,
      fixes: (a) => [lookAt(a, 'See whether it needs the network of the node', template(a))],
    },
  ),
  'istio-sidecar': cause(
    "{subject} has Istio's {container}, and Linkerd's injector leaves such pods as they are.",
    {
      means:
        "Two proxies cannot redirect one pod. Istio's webhook comes first, so Linkerd's finds its sidecar in place: {asks}.",
      with: patching,
      fixes: (a) => patchFix(a, `Keep Istio off the pods of ${a.name}`),
    },
  ),
  'half-injected': cause(
    '{subject} has {container} in its own template, and the injector takes that for a proxy in place.',
    {
      means:
        'A manifest that was injected by hand, or copied from a pod that was, keeps its old containers for good. They are to be taken out where the manifest is kept.',
      with: maker,
      fixes: (a) => [lookAt(a, 'See the containers of the template', template(a))],
    },
  ),
  'no-token': cause(
    '{subject} mounts no token, and this install of Linkerd needs one to identify its proxies.',
    {
      means:
        'automountServiceAccountToken is false, and so is the value identity.serviceAccountTokenProjection, which is true by default and makes the mount unnecessary.',
      with: maker,
      fixes: (a) => [lookAt(a, 'See who turns the mount off', template(a))],
    },
  ),
};
