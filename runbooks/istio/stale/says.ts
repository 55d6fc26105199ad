// What `stale` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

const keepsOld =
  'The proxy goes on with the last config it accepted: new routes and endpoints never reach it.';
const notThisPod = `${keepsOld} This is the control plane, not this pod.` as const;
const doNotRestart =
  'Do not restart workloads: a new pod gets neither a certificate nor config and stays not ready.';
const mendFirst = (what: 'path' | 'policy') =>
  `Do not restart the pod before the ${what} is mended: it would get no config at all.`;
/** A restart makes it worse where config is refused. */
export const rejectsAgain =
  'Do not restart these pods: a new proxy gets the same config, rejects it and never becomes ready.';

/** The same words for every rule of the evaluator: what is wrong, and what it does to this pod. */
function noEffect<const M extends string>(means: M) {
  return cause('{problem}', {
    means: `Synced, yet without effect: ${means} {consequence}` as const,
  });
}

/** Everything `stale` can say, by code. */
export const findings = {
  // The pod itself.
  'no-proxy': cause('{pod} has no istio-proxy container, so istiod has nothing to send it.', {
    means: 'The pod was created without injection. Nothing about its config is stale; it has none.',
    see: ['injection'],
    follow: { runbook: 'injection', target: 'pod' },
  }),
  ambient: cause('{pod} is in ambient mode: it has no proxy of its own, its node does.', {
    means:
      "The ztunnel on {node} holds this pod's config. Whether that one is in sync is the question to ask.",
  }),
  proxyless: cause('{pod} is proxyless gRPC: the application itself takes config from istiod.', {
    means:
      'There is no Envoy to be stale. The gRPC library in the application applies, or ignores, what it is sent.',
  }),
  'is-istiod': cause('{pod} is istiod itself: it sends config, it does not receive any.', {
    means: 'Diagnose a workload that it serves instead.',
  }),
  finished: cause('{pod} has ended ({phase}), so it holds no stream to istiod.', {
    means: 'A completed pod is never in sync, and need not be.',
  }),
  pending: cause('{pod} has not started: {reason}', {
    means: 'Its proxy does not run yet, so istiod cannot know it.',
  }),
  'proxy-down': cause('The proxy of {pod} is not running: {state}.', {
    means: 'Without it the pod has no stream to istiod, and no traffic through the mesh.',
  }),
  'proxy-killed': cause('The proxy of {pod} was killed for its memory: {state}.', {
    means: 'Without it the pod has no stream to istiod, and no traffic through the mesh.',
    see: ['oom'],
    follow: { runbook: 'oom', target: 'pod' },
  }),
  'app-crashing': cause('The container {container} of {pod} does not stay up: {state}.', {
    means:
      'Its proxy is not the problem: the application ends, and traffic to it fails whatever the config says.',
  }),

  // The control plane.
  'scaled-to-zero': cause('Deployment {deployment} in {root} is scaled to 0: no istiod runs.', {
    means: notThisPod,
    avoid: doNotRestart,
  }),
  'istiod-down': cause('No istiod can serve: {reason}.', {
    means: `${notThisPod} {words}`,
    avoid: doNotRestart,
  }),
  'istiod-silent': cause(
    '{istiod} takes connections and answers nothing: it is stopped or starved of CPU.',
    { means: notThisPod, avoid: doNotRestart },
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

  // The stream to istiod.
  'wrong-token': cause('istiod refuses {pod}: the token it shows is not one istiod takes.', {
    means: `${keepsOld} Its certificate will not be renewed either. The log says: {reason}`,
  }),
  'foreign-root': cause("{pod} does not trust istiod's certificate: they have different roots.", {
    means: `${keepsOld} The root it trusts comes from ConfigMap istio-ca-root-cert. The log says: {reason}`,
  }),
  'blocked-by-policy': cause(
    'NetworkPolicy {policy} keeps {pod} from istiod: it allows no {way} on port 15012.',
    { means: keepsOld, avoid: mendFirst('policy') },
  ),
  unreachable: cause('{pod} cannot reach istiod on port 15012: {reason}', {
    means: `${keepsOld} {policies} Look at the path: DNS, CNI, node firewall.`,
    avoid: mendFirst('path'),
  }),
  'revision-gone': cause(
    '{pod} belongs to revision {revision}, and no istiod of that revision runs in {root}.',
    { means: `${keepsOld} The revisions that run are: {others}.` },
  ),
  'not-connected': symptom('No istiod holds a stream from {pod}, and its log does not say why.', {
    means: keepsOld,
  }),
  'half-open': contributor('{pod} is listed by {others} too: a leftover stream, half open.', {
    means:
      'Its newest stream, to {istiod}, is the one that counts; istiod drops the other when its keepalive fails.',
  }),

  // A push that is refused or does not arrive.
  'push-rejected': cause('{pod} rejects {type}: {reason}', {
    means:
      '{resource} made istiod send it. Envoy drops the whole update and keeps its last good one; every later change of {type} waits behind it.',
    avoid: rejectsAgain,
  }),
  'push-rejected-unexplained': cause('{pod} rejects {type}: {reason}', {
    means:
      'Envoy drops the whole update and keeps its last good one. No resource that reaches this proxy contains what Envoy names: look for config that istiod itself makes (mesh config, a proxy image that lacks an extension, version skew).',
    avoid: rejectsAgain,
  }),
  frozen: cause('Envoy in {pod} answers nothing: it is stopped, or starved of CPU.', {
    means:
      'Its admin port takes connections and sends no byte. The fault is in this pod, not in any config: {types}.',
  }),
  'envoy-down': cause(
    'Nothing listens on the admin port of {pod}: Envoy is not running inside {container}.',
    { means: keepsOld, see: ['oom'] },
  ),
  warming: cause(
    '{pod} has {clusters} still warming, and acknowledges {types} only when they are done.',
    {
      means:
        'Envoy holds back an update until every new cluster has its endpoints and certificates.',
    },
  ),
  'push-lost': cause('What istiod sends to {pod} does not arrive: {types}.', {
    means:
      'Envoy lives and its last accepted update is older than the push, so the stream is half open: istiod keeps it until its keepalive fails. {log}',
  }),
  unacknowledged: symptom('{pod} has not acknowledged {types}.', {
    means:
      'It was sent, and neither accepted nor rejected: a slow path, a starved proxy, or a push too large to apply quickly.',
  }),

  // Accepted, yet without effect.
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
  }),

  // Size.
  'too-much-config': contributor(
    'Envoy in {pod} holds {clusters} and {memory}, and no Sidecar limits what it is sent.',
    {
      means:
        'Every change in the mesh is pushed to it, and every push costs it more. istiod needs {push} for a push on average.',
    },
  ),
};

export const tell = tells(findings);
