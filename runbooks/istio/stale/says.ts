// What `stale` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import {
  cause,
  contributor,
  inspect,
  istioctl,
  kubectl,
  meshdoc,
  piped,
  replacePod,
  restartNamed,
  symptom,
  type Fix,
  words,
} from '../../../src/authoring.ts';
import { change, effectFix, removeCulprit, scaleUp } from '../../shared/istio/fixes.ts';

const verify = (pod: string) => meshdoc`diagnose stale ${pod}`;
/** A new pod has a new name, so its workload is what is diagnosed next. */
function replaced(a: Readonly<Record<'kind' | 'workload' | 'namespace' | 'name', string>>): Fix {
  const next = `${a.kind.toLowerCase()}/${a.workload}`;
  const again = meshdoc`diagnose stale ${next} -n ${a.namespace}`;
  return replacePod(a, { kind: a.kind, name: a.workload }, again);
}

const keepsOld =
  'The proxy goes on with the last config it accepted: new routes and endpoints never reach it.';
const doNotRestart =
  'Do not restart workloads: a new pod gets neither a certificate nor config and stays not ready.';

/** The same words for every rule of the evaluator: what is wrong, what it does to this pod, how to mend it. */
function noEffect<const M extends string>(means: M) {
  return cause('{problem}', {
    means: `Synced, yet without effect: ${means} {consequence}` as const,
    since: '{changed}',
    avoid: '{owned}',
    with: ['does', 'kind', 'name', 'namespace', 'patch', 'undo', 'touches', 'pod'],
    fixes: (a) => effectFix(a, verify(a.pod)),
  });
}

const pods = {
  'no-proxy': cause('{pod} has no istio-proxy container, so istiod has nothing to send it.', {
    means: 'The pod was created without injection. Nothing about its config is stale; it has none.',
    with: ['namespace', 'name'],
    fixes: (a) => [
      inspect('See why it was not injected', istioctl`x check-inject ${a.name} -n ${a.namespace}`),
    ],
    see: ['injection'],
    follow: { runbook: 'injection', target: 'pod' },
  }),
  ambient: cause('{pod} is in ambient mode: it has no proxy of its own, its node does.', {
    means:
      "The ztunnel on {node} holds this pod's config. Whether that one is in sync is the question to ask.",
    with: ['namespace'],
    fixes: (a) => [
      inspect(
        'See what the ztunnel knows of this namespace',
        istioctl`ztunnel-config workload --workload-namespace ${a.namespace}`,
      ),
      inspect(
        'Find the ztunnel of the node, then diagnose it',
        kubectl`get pods -A -l app=ztunnel --field-selector spec.nodeName=${a.node}`,
      ),
    ],
  }),
  proxyless: cause('{pod} is proxyless gRPC: the application itself takes config from istiod.', {
    means:
      'There is no Envoy to be stale. The gRPC library in the application applies, or ignores, what it is sent.',
    with: ['namespace', 'name'],
    fixes: (a) => [
      inspect(
        "Read the agent's log",
        kubectl`logs ${a.name} -n ${a.namespace} -c istio-proxy --tail=100`,
      ),
    ],
  }),
  'is-istiod': cause('{pod} is istiod itself: it sends config, it does not receive any.', {
    means: 'Diagnose a workload that it serves instead.',
    fixes: () => [inspect('List the proxies it serves', istioctl`proxy-status -v 1`)],
  }),
  finished: cause('{pod} has ended ({phase}), so it holds no stream to istiod.', {
    means: 'A completed pod is never in sync, and need not be.',
    with: ['namespace', 'name'],
    fixes: (a) => [inspect('See how it ended', kubectl`describe pod ${a.name} -n ${a.namespace}`)],
  }),
  pending: cause('{pod} has not started: {reason}', {
    means: 'Its proxy does not run yet, so istiod cannot know it.',
    with: ['namespace', 'name'],
    fixes: (a) => [
      inspect('See what it waits for', kubectl`describe pod ${a.name} -n ${a.namespace}`),
    ],
  }),
  'proxy-down': cause('The proxy of {pod} is not running: {state}.', {
    means: 'Without it the pod has no stream to istiod, and no traffic through the mesh.',
    with: ['namespace', 'name', 'container'],
    fixes: (a) => [
      inspect(
        'Read how it ended',
        kubectl`logs ${a.name} -n ${a.namespace} -c ${a.container} --previous --tail=50`,
      ),
    ],
  }),
  'proxy-killed': cause('The proxy of {pod} was killed for its memory: {state}.', {
    means: 'Without it the pod has no stream to istiod, and no traffic through the mesh.',
    see: ['oom'],
    follow: { runbook: 'oom', target: 'pod' },
  }),
  'app-crashing': cause('The container {container} of {pod} does not stay up: {state}.', {
    means:
      'Its proxy is not the problem: the application ends, and traffic to it fails whatever the config says.',
    with: ['namespace', 'name'],
    fixes: (a) => [
      inspect(
        'Read how it ended',
        kubectl`logs ${a.name} -n ${a.namespace} -c ${a.container} --previous --tail=50`,
      ),
    ],
  }),
};

const controlPlane = {
  'scaled-to-zero': cause('Deployment {deployment} in {root} is scaled to 0: no istiod runs.', {
    means: `${keepsOld} This is the control plane, not this pod.`,
    reach: '{proxies}',
    avoid: doNotRestart,
    with: ['pod'],
    fixes: (a) => [scaleUp(a.deployment, a.root, verify(a.pod))],
  }),
  'istiod-down': cause('No istiod can serve: {reason}.', {
    means: `${keepsOld} This is the control plane, not this pod. {words}`,
    reach: '{proxies}',
    since: '{since}',
    avoid: doNotRestart,
    with: ['root', 'istiod', 'deployment', 'pod'],
    fixes: (a) => [
      inspect(
        "Read istiod's last words",
        kubectl`logs ${a.istiod} -n ${a.root} -c discovery --previous --tail=50`,
        verify(a.pod),
      ),
      {
        ...restartNamed('Deployment', a.deployment, a.root, verify(a.pod)),
        risk: 'restarts-control-plane',
        touches: `istiod of ${a.root}, one pod after another; every proxy reconnects`,
        note: 'It helps only if what ended istiod is mended or was passing.',
      },
    ],
  }),
  'istiod-silent': cause(
    '{istiod} takes connections and answers nothing: it is stopped or starved of CPU.',
    {
      means: `${keepsOld} This is the control plane, not this pod.`,
      avoid: doNotRestart,
      with: ['root', 'pod'],
      fixes: (a) => [
        inspect(
          'See what it uses',
          kubectl`top pod ${a.istiod} -n ${a.root} --containers`,
          verify(a.pod),
        ),
        {
          does: `Replace ${a.istiod}`,
          run: kubectl`delete pod ${a.istiod} -n ${a.root}`,
          risk: 'restarts-control-plane',
          touches: 'this istiod; its proxies reconnect to the new one',
          undo: { because: 'the new pod is made from the same template' },
          verify: verify(a.pod),
        },
      ],
    },
  ),
  'no-control-plane': symptom('No istiod was found in {root}.', {
    means: 'Either it runs elsewhere (another namespace: -i; another cluster), or it was removed.',
  }),
  'istiod-not-ready': contributor('{istiod} is not ready: {reason}.', {
    means: 'Others serve meanwhile; they carry its proxies too.',
  }),
  'diff-harms-gateways': contributor(
    'istiod {version} has a bug: `istioctl proxy-status <a pod>` can break TLS at gateways (istio issue 57789).',
    {
      means: 'meshdoc never runs that form. It is fixed in 1.26.5, 1.27.2 and 1.28.0.',
      avoid: 'Do not run istioctl proxy-status with the name of a pod here.',
    },
  ),
};

const connection = {
  'wrong-token': cause('istiod refuses {pod}: the token it shows is not one istiod takes.', {
    means: `${keepsOld} Its certificate will not be renewed either. The log says: {reason}`,
    since: '{since}',
    with: ['kind', 'workload', 'namespace', 'name'],
    fixes: (a) => [
      inspect(
        'See which audience and age the mounted token has',
        kubectl`get pod ${a.name} -n ${a.namespace}
          -o jsonpath={.spec.volumes[?(@.name=="istio-token")]}`,
      ),
      restartNamed(a.kind, a.workload, a.namespace, verify(a.pod)),
    ],
  }),
  'foreign-root': cause("{pod} does not trust istiod's certificate: they have different roots.", {
    means: `${keepsOld} The root it trusts comes from ConfigMap istio-ca-root-cert. The log says: {reason}`,
    since: '{since}',
    with: ['kind', 'workload', 'namespace', 'root'],
    fixes: (a) => [
      inspect(
        'Compare the root this namespace has with the one of the control plane',
        kubectl`get configmap istio-ca-root-cert -n ${a.namespace}
          -o ${'jsonpath={.data.root-cert\\.pem}'}`,
      ),
      restartNamed(a.kind, a.workload, a.namespace, verify(a.pod)),
    ],
  }),
  'blocked-by-policy': cause(
    'NetworkPolicy {policy} keeps {pod} from istiod: it allows no {way} on port 15012.',
    {
      means: keepsOld,
      since: '{since}',
      avoid: 'Do not restart the pod before the policy is mended: it would get no config at all.',
      with: ['policyName', 'policyNamespace', 'root', 'selected'],
      fixes: (a) => [
        inspect(
          'Read the policy',
          kubectl`get networkpolicy ${a.policyName} -n ${a.policyNamespace} -o yaml`,
          verify(a.pod),
        ),
        change(a.way === 'egress' ? 'allow-istiod' : 'allow-proxies', a, verify(a.pod)),
      ],
    },
  ),
  unreachable: cause('{pod} cannot reach istiod on port 15012: {reason}', {
    means: `${keepsOld} {policies} Look at the path: DNS, CNI, node firewall.`,
    since: '{since}',
    avoid: 'Do not restart the pod before the path is mended: it would get no config at all.',
    with: ['namespace', 'name', 'container', 'root'],
    fixes: (a) => [
      inspect(
        'Follow the attempts in the proxy log',
        piped(
          kubectl`logs ${a.name} -n ${a.namespace} -c ${a.container} --tail=200`,
          words`grep xdsproxy`,
        ),
        verify(a.pod),
      ),
      inspect(
        'See where the Service of istiod leads',
        kubectl`get endpointslices -n ${a.root} -l kubernetes.io/service-name=istiod`,
        verify(a.pod),
      ),
    ],
  }),
  'revision-gone': cause(
    '{pod} belongs to revision {revision}, and no istiod of that revision runs in {root}.',
    {
      means: `${keepsOld} The revisions that run are: {others}.`,
      with: ['kind', 'workload', 'namespace'],
      fixes: (a) => [
        inspect(
          'See which revision the namespace asks for',
          kubectl`get namespace ${a.namespace} --show-labels`,
        ),
        {
          ...restartNamed(a.kind, a.workload, a.namespace, verify(a.pod)),
          note: 'The new pods take the revision that the namespace asks for now.',
        },
      ],
    },
  ),
  'not-connected': symptom('No istiod holds a stream from {pod}, and its log does not say why.', {
    means: keepsOld,
  }),
  'half-open': contributor('{pod} is listed by {others} too: a leftover stream, half open.', {
    means:
      'Its newest stream, to {istiod}, is the one that counts; istiod drops the other when its keepalive fails.',
  }),
};

const push = {
  'push-rejected': cause('{pod} rejects {type}: {reason}', {
    means:
      '{resource} made istiod send it. Envoy drops the whole update and keeps its last good one; every later change of {type} waits behind it.',
    reach: '{reach}',
    since: '{changed}',
    avoid:
      'Do not restart these pods: a new proxy gets the same config, rejects it and never becomes ready.{owned}',
    with: ['kind', 'plural', 'name', 'namespace', 'undo'],
    fixes: (a) => removeCulprit(a, verify(a.pod)),
  }),
  'push-rejected-unexplained': cause('{pod} rejects {type}: {reason}', {
    means:
      'Envoy drops the whole update and keeps its last good one. No resource that reaches this proxy contains what Envoy names: look for config that istiod itself makes (mesh config, a proxy image that lacks an extension, version skew).',
    reach: '{reach}',
    avoid:
      'Do not restart these pods: a new proxy gets the same config, rejects it and never becomes ready.',
    with: ['namespace', 'root'],
    fixes: (a) => [
      inspect(
        'See which EnvoyFilters apply',
        kubectl`get envoyfilters -n ${a.namespace} -o wide`,
        verify(a.pod),
      ),
      inspect(
        'Compare the versions of proxies and istiod',
        istioctl`version -i ${a.root}`,
        verify(a.pod),
      ),
    ],
  }),
  frozen: cause('Envoy in {pod} answers nothing: it is stopped, or starved of CPU.', {
    means:
      'Its admin port takes connections and sends no byte. The fault is in this pod, not in any config: {types}.',
    since: '{since}',
    with: ['namespace', 'name', 'kind', 'workload'],
    fixes: (a) => [
      inspect(
        'See whether it is out of CPU',
        kubectl`top pod ${a.name} -n ${a.namespace} --containers`,
        verify(a.pod),
      ),
      replaced(a),
    ],
  }),
  'envoy-down': cause(
    'Nothing listens on the admin port of {pod}: Envoy is not running inside {container}.',
    {
      means: keepsOld,
      with: ['namespace', 'name'],
      fixes: (a) => [
        inspect(
          'Read why it ended',
          kubectl`logs ${a.name} -n ${a.namespace} -c ${a.container} --tail=50`,
          verify(a.pod),
        ),
      ],
      see: ['oom'],
    },
  ),
  warming: cause(
    '{pod} has {clusters} still warming, and acknowledges {types} only when they are done.',
    {
      means:
        'Envoy holds back an update until every new cluster has its endpoints and certificates.',
      since: '{since}',
      with: ['namespace', 'name'],
      fixes: (a) => [
        inspect(
          'See which certificates are missing',
          istioctl`proxy-config secret ${a.name} -n ${a.namespace}`,
          verify(a.pod),
        ),
      ],
    },
  ),
  'push-lost': cause('What istiod sends to {pod} does not arrive: {types}.', {
    means:
      'Envoy lives and its last accepted update is older than the push, so the stream is half open: istiod keeps it until its keepalive fails. {log}',
    since: '{since}',
    with: ['namespace', 'name', 'kind', 'workload'],
    fixes: (a) => [
      inspect(
        'Look for lost connections in the proxy log',
        piped(
          kubectl`logs ${a.name} -n ${a.namespace} -c istio-proxy --tail=500`,
          words`grep xdsproxy`,
        ),
        verify(a.pod),
      ),
      {
        ...replaced(a),
        note: 'If the network drops packets to istiod, the new pod will not get config either: check the log first.',
      },
    ],
  }),
  unacknowledged: symptom('{pod} has not acknowledged {types}.', {
    means:
      'It was sent, and neither accepted nor rejected: a slow path, a starved proxy, or a push too large to apply quickly.',
    since: '{since}',
  }),
};

const noEffects = {
  'host-missing': noEffect('the proxy has the route as it was written.'),
  'host-not-exported': noEffect('the proxy has the route as it was written.'),
  'port-missing': noEffect('the proxy has the route as it was written.'),
  'subset-missing': noEffect('the proxy has the route as it was written.'),
  'delegate-missing': noEffect('istiod leaves the route out.'),
  'older-wins': noEffect('istiod uses one VirtualService for a host: the oldest.'),
  'outside-sidecar-scope': noEffect('istiod sends this proxy only what its Sidecar lets in.'),
  'not-exported': noEffect('istiod shows a resource only to the namespaces it is exported to.'),
  'gateway-missing': noEffect('istiod gives the route to the gateways it names.'),
  'gateway-only': noEffect('istiod gives the route to the gateways it names, and to no sidecar.'),
  'wrong-protocol': noEffect('HTTP routes apply only to ports that istiod takes for HTTP.'),
  'unreachable-route': noEffect('routes are tried in order; the first that matches wins.'),
  'unknown-host': noEffect('istiod matches rules to hosts by name.'),
  'other-revision': noEffect('an istiod reads only config of its own revision.'),
  'analysis-error': cause('istioctl analyze finds an error in {resource}: {code} {message}', {
    means: 'istiod may ignore the resource or part of it, without an event on it.',
    with: ['kind', 'name', 'namespace'],
    fixes: (a) => [
      inspect('Read the resource', kubectl`get ${a.kind} ${a.name} -n ${a.namespace} -o yaml`),
    ],
  }),
};

const size = {
  'too-much-config': contributor(
    'Envoy in {pod} holds {clusters} and {memory}, and no Sidecar limits what it is sent.',
    {
      means:
        'Every change in the mesh is pushed to it, and every push costs it more. istiod needs {push} for a push on average.',
    },
  ),
};

/** Everything `stale` can say, by code. */
export const findings = {
  ...pods,
  ...controlPlane,
  ...connection,
  ...push,
  ...noEffects,
  ...size,
};
export type Findings = typeof findings;
