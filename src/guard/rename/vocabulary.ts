// Words that are not names: those of meshes and Kubernetes stay everywhere; plain words stay in sentences.

/** A name that begins like this is part of a mesh or of Kubernetes, the same in every company. */
const known =
  /^(?:istio|istiod|linkerd|ztunnel|envoy|kube|kubernetes|kubelet|kubectl|coredns|cilium|consul|spire|cert-manager|prometheus|grafana|jaeger|kiali|meshdoc|pilot|discovery|gatewayclass|system)(?:-|$)/;
const fixed: ReadonlySet<string> = new Set(
  `all ambient apply auth can-i cluster default delete deploy deployment describe destination diagnose disabled enabled
  exec false gateway get grpc http http2 https identity ingress inject injection kind list local localhost logs mesh
  metrics-api name namespace node none ns oom patch pod pods policy port-forward proxy-injector rbac restart rollout
  scale service services sidecar sidecar-injector spec stale status svc tap tap-injector tcp tls top triage true udp undo
  waypoint web-injector`.split(/\s+/),
);

export function isVocabulary(name: string): boolean {
  return known.test(name) || fixed.has(name) || /^v?\d+$/.test(name) || name.length < 2;
}

/** Such a name is replaced where it stands as one (`shop/config`, `-n config`), not in a sentence. */
const plain: ReadonlySet<string> = new Set(
  `active admin evicted killed static agent alone annotated api app application apps asking audit backend bad  bare big blocked  both
  broken  bypassed cache canary cased client close closed cloud config  container controller core
  crashing data database db debug  dev down edge empty end error events external failed fails file files first free
  frontend front full gone half health healthy here hidden  host hosts image images in info init injector input
  internal job jobs key keys kinds label labelled labels last late legacy limited line live log login  main manager
  memory message metrics misplaced  monitor monitoring network new  nightly no nothing null off ok old on open
  operator optout   other out outside own owner ownerless paused part    pending pinned
  plain planned platform port   proxy public queue quota ranged rate ready refused report reports request
  response rest restricted root route router routes run running  secure server session shared side
  skipped  start state stats store strict stuck task  template test tests time token tool tools total
  traffic trouble unknown update user  validator value version wait watch webhook worker workload`.split(
    /\s+/,
  ),
);

export function isPlainWord(name: string): boolean {
  return plain.has(name);
}

/** Hosts of projects and registries: where an image, an API group or a type comes from. */
const publicHosts =
  /(?:^|\.)(?:istio\.io|k8s\.io|kubernetes\.io|linkerd\.io|l5d\.io|envoyproxy\.io|googleapis\.com|cncf\.io|cilium\.io|spiffe\.io|hashicorp\.com|consul\.io|coreos\.com|github\.com|githubusercontent\.com|ghcr\.io|gcr\.io|docker\.io|quay\.io|cert-manager\.io|x-k8s\.io|helm\.sh|meshdoc\.dev|golang\.org|prometheus\.io|fluxcd\.io|argoproj\.io|openshift\.io)$/;
const hostEnd =
  /\.(?:com|net|org|io|dev|cloud|internal|intranet|corp|lan|example|test|de|uk|fr|eu|us|co|ai|tech|sh)$/;

/** A name of the DNS that says whose it is. */
export function isHost(text: string): boolean {
  return hostEnd.test(text) && !isPublicHost(text);
}

/** API groups, labels and types of the projects themselves. */
export function isPublicHost(text: string): boolean {
  return publicHosts.test(text);
}
