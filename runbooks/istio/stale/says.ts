// What `stale` can say. Each cause starts with the thing to blame.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { findings as planeFindings } from '../../shared/istio/plane-says.ts';

/** Why a pod is not well is the same with and without a mesh. */
const pod = { follow: { runbook: 'pod', target: 'pod' }, see: ['pod'] } as const;
const notThisPod =
  'The fault is in the control plane, not in this pod: the proxy keeps its last accepted config and gets no new routes or endpoints.';
const noTraffic = 'Without it the pod has no stream to istiod and no traffic through the mesh.';
const doNotRestart =
  'Do not restart workloads: new pods get no certificate and no config, and never become ready.';
const fixFirst = (what: 'path' | 'policy') =>
  `Do not restart the pod before the ${what} is fixed: it would get no config at all.`;
/** A restart makes it worse where Envoy rejects the config. */
export const rejectsAgain =
  'Do not restart these pods: new ones get the same config, reject it and never become ready.';

const noCertificate =
  'Envoy holds back {listeners} until it has the certificate: TLS connections to {hosts} fail.';

/** One finding for each rule of the evaluator: what is wrong, what this pod's traffic does, and why no sync cures it. */
function noEffect<const M extends string>(means: M) {
  return cause('{problem}', { means: `{consequence} Not a sync problem: ${means}` as const });
}

/** Everything `stale` can say, by code. */
export const findings = {
  // The pod itself.
  'no-proxy': cause('{pod} has no istio-proxy container, so istiod sends it nothing.', {
    means: 'The pod was created without injection. Its config is not stale: it has none.',
    see: ['injection'],
    follow: { runbook: 'injection', target: 'pod' },
  }),
  ambient: cause('{pod} is in ambient mode: its proxy is the ztunnel on its node.', {
    means: "The ztunnel on {node} holds this pod's config. Check whether that ztunnel is in sync.",
  }),
  proxyless: cause('{pod} uses proxyless gRPC: the application itself gets config from istiod.', {
    means:
      'There is no Envoy that could be stale. The gRPC library in the application applies or ignores what istiod sends.',
  }),
  'custom-template': cause(
    '{pod} was injected with {added} by a custom template, which adds no istio-proxy.',
    {
      means:
        'There is no Istio proxy that could be stale. Whoever maintains the template (ConfigMap istio-sidecar-injector) knows where its containers get their config.',
    },
  ),
  'is-istiod': cause('{pod} is istiod itself: it sends config and receives none.', {
    means: 'Diagnose one of the workloads that it serves instead.',
  }),
  finished: cause('{pod} has finished ({phase}), so it has no stream to istiod.', {
    means: 'A finished pod is never in sync, and does not need to be.',
  }),
  pending: cause('{pod} has not started: {reason}', {
    means: 'Its proxy is not running yet, so istiod cannot know it.',
    ...pod,
  }),
  'proxy-down': cause('The proxy of {pod} is not running: {state}.', {
    means: noTraffic,
    ...pod,
  }),
  starting: symptom('The proxy of {pod} started {ago} ago and is not ready yet.', {
    means:
      'A proxy needs a few seconds for its certificate and its first config. Ask again in half a minute. {before}',
  }),
  'proxy-killed': cause('The proxy of {pod} was OOM-killed: {state}.', {
    means: noTraffic,
    see: ['oom'],
    follow: { runbook: 'oom', target: 'pod' },
  }),
  'app-crashing': cause('Container {container} of {pod} keeps exiting: {state}.', {
    means:
      'The proxy is not the problem: the application exits, so traffic to it fails with any config.',
    ...pod,
  }),

  // The control plane.
  ...planeFindings,
  'istiod-silent': cause(
    'istiod pod {istiod} accepts connections but never answers: its process is paused, or starved of CPU.',
    { means: notThisPod, avoid: doNotRestart },
  ),
  'istiod-page-silent': symptom(
    'The sync status of istiod pod {istiod} (/debug/syncz) does not answer, although the istiod does.',
    {
      means: 'It is unknown what {pod} was sent: only that page tells.',
      avoid: 'Do not delete this istiod for it: its other pages answer.',
    },
  ),
  'diff-harms-gateways': contributor(
    'istiod {version} has a bug: `istioctl proxy-status <a pod>` can break TLS at gateways (istio issue 57789).',
    {
      means: 'Versions 1.26.5, 1.27.2 and 1.28.0 have the fix; meshdoc never runs that form.',
      avoid: 'Do not run istioctl proxy-status with a pod name here.',
    },
  ),

  // The stream to istiod.
  'wrong-token': cause('{pod} cannot connect to istiod: istiod rejects its token.', {
    means: '{effect} Nor can it renew its certificate. The log says: {reason}',
    avoid: doNotRestart,
  }),
  'foreign-root': cause(
    "{pod} does not trust istiod's certificate: its root CA, from ConfigMap istio-ca-root-cert, is a different one.",
    // The agent reads the file again when it changes (istio pkg/istio-agent/agent.go): a restart gives it no other root.
    { means: '{effect} The log says: {reason}', avoid: doNotRestart },
  ),
  'wrong-name': cause(
    "istiod's certificate is not for the name by which {pod} calls it, {address}.",
    { means: '{effect} The log says: {reason}', avoid: doNotRestart },
  ),
  'istiod-certificate-expired': cause(
    'A certificate of istiod expired{at}, so {pod} does not accept it any more.',
    {
      means:
        "It is istiod's own, an intermediate, or the root in ConfigMap istio-ca-root-cert. {effect} The log says: {reason}",
      avoid: doNotRestart,
    },
  ),
  'istiod-certificate-early': cause(
    'A certificate of istiod is not valid before {start}, so {pod} does not accept it yet.',
    {
      means:
        'The clock of the node is slow, or that of whoever signed it is fast. {effect} The log says: {reason}',
      avoid: doNotRestart,
    },
  ),
  'blocked-by-policy': cause(
    '{resource} blocks {pod} from istiod: it allows no {way} on port 15012.',
    { means: '{effect}', avoid: fixFirst('policy') },
  ),
  unreachable: cause('{pod} cannot connect to istiod at {address}: {reason}', {
    means: '{effect} {policies}',
    avoid: fixFirst('path'),
  }),
  'service-gone': cause('{resource}, where {pod} gets its config, does not exist.', {
    means:
      'The pod was created to call {address}, and nothing changes that while it runs. {effect}',
  }),
  'revision-gone': cause(
    '{pod} uses revision {revision}, but no istiod of that revision runs in {root}.',
    { means: '{effect} The running revisions are: {others}.' },
  ),
  'not-connected': symptom(
    '{pod} has no stream to any istiod, and its proxy log does not say why.',
    {
      means: '{effect} {last}',
    },
  ),
  'half-open': contributor('{pod} also has a leftover, half-open stream to {others}.', {
    means:
      'Its newest stream, to {istiod}, is the one that counts; istiod drops the other when its keepalive fails.',
  }),

  // The certificate.
  'ca-unreachable': cause('The CA of {pod}, {ca}, cannot be reached: {reason}', {
    means: '{outage} {effect}',
    avoid: doNotRestart,
  }),
  'ca-not-trusted': cause('{pod} does not trust its CA, {ca}: {because}.', {
    means: '{effect} The log says: {reason}',
    avoid: doNotRestart,
  }),
  'ca-rejects-token': cause('The CA of {pod}, {ca}, rejects its token.', {
    means: '{effect} The log says: {reason}',
    avoid: doNotRestart,
  }),

  // A push that is rejected or does not arrive.
  // Envoy applies the listeners and clusters of an update that are valid, and rejects the others
  // (source/common/listener_manager/lds_api.cc, source/common/upstream/cds_api_helper.cc).
  'push-rejected': cause('{resource}{or}: Envoy rejects the {config} it produces: {reason}', {
    means:
      'Envoy in {pod} keeps the {config} it had. Later changes to it are rejected too, until this is fixed ({type}).',
    avoid: rejectsAgain,
  }),
  'push-rejected-unexplained': cause(
    'Envoy in {pod} rejects the {config} that istiod sends ({type}): {reason}',
    {
      means:
        'Envoy keeps the {config} it had. No resource that applies to this proxy contains what Envoy names: check what istiod itself generates (mesh config, a proxy image that lacks an extension, version skew).',
      avoid: rejectsAgain,
    },
  ),
  'proxy-too-old': cause(
    "The proxy of {pod} is Istio {version}, and does not know the {config} of istiod's {newest} ({type}): {reason}",
    {
      means:
        'Envoy keeps the {config} it had. A new pod gets the proxy image of its injector, so restarting is the cure where that is not older too.',
    },
  ),
  frozen: cause('Envoy in {pod} does not answer: its process is paused, or starved of CPU.', {
    means:
      'Its admin port accepts connections but sends nothing. The fault is in this pod, not in any config: {types}.',
  }),
  'envoy-down': cause(
    'Envoy is not running in container {container} of {pod}: nothing listens on its admin port.',
    { means: noTraffic, see: ['oom'] },
  ),
  warming: cause(
    'Envoy in {pod} is still warming {clusters}, so it has not acknowledged {types}.',
    {
      means:
        'Envoy holds an update back until every new cluster has its endpoints and certificates.',
    },
  ),
  'warming-cluster': cause(
    '{resource} names {files}, which Envoy in {pod} waits for: cluster {cluster} is not ready.',
    {
      means:
        'Until it is, Envoy holds back the whole update, and has not acknowledged {types}. {where}',
    },
  ),
  'push-lost': cause('What istiod sends does not arrive at {pod}: {types}.', {
    means:
      'Envoy is alive, but its last accepted update is older than the push: the stream is half open, and istiod keeps it until its keepalive fails. {log}',
  }),
  'not-received': symptom('{istiod} has sent no {types} to {pod}.', {
    means:
      'Envoy has not asked for it, or istiod holds it back. Envoy asks for its listeners (LDS) once its first clusters (CDS) have their certificates and endpoints.',
  }),
  unacknowledged: symptom('{pod} has not acknowledged {types}.', {
    means:
      'Its proxy neither accepted nor rejected the push: the path is slow, the proxy is starved, or the push is too large to apply quickly.',
  }),

  // Accepted, but without effect.
  'host-missing': noEffect('the proxy has the route as written.'),
  'host-not-exported': noEffect('the proxy has the route as written.'),
  'namespace-unread': noEffect('istiod ignores namespaces that its discoverySelectors leave out.'),
  'port-missing': noEffect('the proxy has the route as written.'),
  'subset-missing': noEffect('the proxy has the route as written.'),
  'subset-not-exported': noEffect(
    'istiod shows a DestinationRule only to the namespaces in its exportTo.',
  ),
  'subset-empty': noEffect('the proxy has the route as written.'),
  'delegate-missing': noEffect('istiod leaves the route out.'),
  'older-wins': noEffect('istiod uses only one of the two, normally the older.'),
  'outside-sidecar-scope': noEffect('istiod sends a proxy only what its Sidecar imports.'),
  'not-exported': noEffect('istiod shows a resource only to the namespaces in its exportTo.'),
  'gateway-missing': noEffect('istiod gives the route only to the gateways it names.'),
  'gateway-selects-nothing': noEffect(
    'istiod gives a Gateway only to the pods that its selector fits.',
  ),
  'gateway-out-of-scope': noEffect('istiod gives the Gateway to no proxy of another namespace.'),
  'gateway-lacks-host': noEffect(
    'istiod makes routes only for hosts that a server of the Gateway has.',
  ),
  'gateway-host-taken': noEffect('istiod skips the newer of two servers for one host and port.'),
  'gateway-only': noEffect('istiod gives the route only to the gateways it names.'),
  'wrong-protocol': noEffect('istiod applies a route only to ports of the same protocol.'),
  'bypasses-sidecar': noEffect('the proxy never sees these connections.'),
  'listener-conflict': noEffect('Envoy uses the listener of the exact address.'),
  'unreachable-route': noEffect('routes are tried in order, and the first match wins.'),
  'unknown-host': noEffect('istiod matches rules to hosts by name.'),
  'short-host': noEffect('istiod completes a short name with the namespace of its resource.'),
  'rule-not-looked-at': noEffect('istiod looks for DestinationRules in three namespaces only.'),
  'other-revision': noEffect('an istiod ignores config that is labelled for another revision.'),
  'filter-no-effect': noEffect('istiod skips a patch that fits nothing, and reports it nowhere.'),
  'analysis-error': cause('{resource}: istioctl analyze reports {code} {message}', {
    means: 'istiod may ignore the resource or part of it, and records no event about that.',
  }),

  // What a gateway needs beside its routes.
  'credential-missing': cause(
    '{resource} does not exist, but {gateway} names it as its certificate.',
    {
      means: `${noCertificate} The Secret must be in namespace {namespace}, where the gateway runs.`,
    },
  ),
  'credential-unusable': cause('{resource} holds no certificate that istiod can use: {reason}', {
    means: `${noCertificate} {gateway} names it.`,
  }),
  'credential-not-allowed': cause(
    'ServiceAccount {account} may not list Secrets in {namespace}, so istiod does not send it {resource}.',
    { means: `${noCertificate} {gateway} names it.` },
  ),
  'credential-elsewhere': cause(
    '{gateway} names {resource}, but the gateway runs in namespace {namespace}: istiod sends it only Secrets of its own namespace.',
    { means: noCertificate },
  ),
  'credential-unsent': cause(
    '{resource}, which {gateway} names as its certificate, is not sent to {pod}: {reason}',
    { means: noCertificate },
  ),
  'certificate-refused': cause('{resource}: Envoy in {pod} does not accept it: {reason}', {
    means:
      '{hint} Envoy keeps the certificate that it had; a new pod gets none. {gateway} names it.',
    avoid: 'Do not restart the gateway: a new pod has no older certificate to keep.',
  }),
  'gateway-port-denied': cause(
    '{resource} makes Envoy in {pod} open port {port}, and the kernel refuses: {reason}',
    { means: 'Nothing listens on that port. {why}' },
  ),

  'route-not-in-proxy': cause(
    '{resource} is bound to a Gateway of {pod}, but no route of its Envoy comes from it.',
    {
      means:
        'Requests for its hosts get 404 (NR), or the routes of another. istiod has sent all that it has, so it does not see the resource: its namespace may be left out by discoverySelectors, or the resource may be of another revision or cluster.',
    },
  ),

  'istiod-slow': cause(
    '{istiod} is slow: a change takes {push} on average to reach a proxy, and its CPU limit is {limit}.',
    {
      means:
        '{used} A container that reaches its CPU limit is made to wait by the kernel. Changes reach this pod late, and none is lost.',
    },
  ),

  // Size.
  'too-much-config': contributor(
    'Envoy in {pod} holds {clusters} and uses {memory}; no Sidecar limits what it is sent.',
    {
      means:
        'It receives every change in the mesh, and each push costs it more. istiod needs {push} per push on average.',
    },
  ),
};

export const tell = tells(findings);
