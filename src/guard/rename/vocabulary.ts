// Words that are not names: those of meshes and Kubernetes stay everywhere; plain words stay in sentences.
import { meshes } from '../../meshes/meshes.ts';

// Built from the charts and sources of the meshes themselves: names of products and programs, the objects and containers
// their charts make, ports, labels' own values, and who writes objects (field managers). In any case: `Linkerd`.

const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** First words of names that are a mesh's, Kubernetes' or a well-known tool's where words of `parts` follow. */
const products = list(`
  ${meshes.map(({ words }) => words?.products ?? '').join(' ')}
  spire spiffe
  kube kubernetes kubelet kubectl kubeadm coredns etcd kwok k3s
  cert trust prometheus grafana jaeger zipkin tempo loki alertmanager thanos
  argocd argo flux helm kustomize kyverno gatekeeper keda karpenter rancher metallb traefik calico flannel
  meshdoc opentelemetry otel`);

/** What follows a product's name in names of its own: `istio-ingressgateway`, `linkerd-proxy-injector`. */
const parts = list(`
  csr ext authz system ingress egress ingressgateway egressgateway eastwestgateway gateway gateways operator base cni node agent
  proxy sidecar injector injection init validation validator webhook webhooks config configmap ca root crt cert certs
  certificate crl issuer anchor anchors trust roots revision tag default leader election namespace controller status
  reader clusterrole service account discovery pilot waypoint remote reporter analyze telemetry security networking
  destination identity heartbeat policy sp tap metrics api web dashboard multicluster mirror gateway jaeger smi buoyant
  network control plane admin server client connect dataplane mesh relay ui envoy oidc provider bundle
  public lease manager scheduler apiserver controllers dns autoscaler
  create apply edit patch label annotate scale rollout replace set autoscale taint cordon drain run expose side
  application applicationset notifications repo redis dex source kustomize helm image automation stack exporter state
  collector store sd cainjector psp rbac deny allow sync`);

const fixed = list(`
  all ambient apply auth can-i cluster cluster.local default delete deploy deployment describe destination diagnose
  disabled enabled exec false gateway get grpc http http2 https identity ingress inject injection kind list local
  localhost logs mesh metrics-api name namespace node none ns oom patch pod pods policy port-forward rbac restart rollout
  scale service services serviceaccount sidecar spec stale status svc tcp tls top triage true udp undo waypoint
  discovery install-cni proxy-injector sidecar-injector sp-validator service-mirror tap tap-injector web-injector
  gatewayclass
  http-envoy-prom http-debug grpc-xds tls-xds https-webhooks http-monitoring dest-grpc dest-admin spval-admin policy-grpc
  policy-admin policy-https ident-grpc ident-admin injector-admin admin-http apiserver xds
  controller helm kubectl argocd terraform pulumi before-first-apply go-http-client okhttp curl mozilla
  kustomize-controller helm-controller source-controller node-fetch external-dns cluster-autoscaler karpenter velero
  deployment-controller replicaset-controller statefulset-controller daemonset-controller job-controller cronjob-controller
  endpoint-controller endpointslice-controller service-controller horizontal-pod-autoscaler persistentvolume-binder
  default-scheduler daemon-set-controller system kubelet cloud-controller-manager aws-node gke eks aks
  metrics-server node-exporter kube-root-ca.crt cert-manager trust-manager`);

/** Words of meshes, of Kubernetes and of the tools around them: they name nothing of the user's own. */
export function isVocabulary(name: string): boolean {
  const low = name.toLowerCase();
  if (fixed.has(low) || low.length < 2 || /^v?\d+$/.test(low)) return true;
  const [first = '', ...rest] = low.split('-');
  return products.has(first) && rest.every(isPart);
}

function isPart(part: string): boolean {
  return parts.has(part) || products.has(part) || fixed.has(part) || /^v?\d*$/.test(part);
}

/**
 * What in a name is the user's own: `canary` of `istiod-canary`. A revision, a tag or a cluster stands behind words of the
 * mesh, which finds its objects by them.
 */
export function ownPart(name: string): string {
  const words = name.split('-');
  if (!products.has((words[0] ?? '').toLowerCase())) return name;
  const own = words.slice(words.findIndex((word) => !isPart(word.toLowerCase())));
  const text = own.join('-');
  return isVocabulary(name) || !/^[a-z][a-z-]{2,}/.test(text) ? '' : text;
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
const publicDomains: readonly string[] = [
  ...meshes.flatMap(({ words }) => words?.domains ?? []),
  ...list(`
    k8s.io kubernetes.io googleapis.com cncf.io spiffe.io coreos.com github.com githubusercontent.com ghcr.io gcr.io
    docker.io quay.io cert-manager.io x-k8s.io helm.sh meshdoc.dev golang.org prometheus.io fluxcd.io argoproj.io openshift.io`),
];
const hostEnd =
  /\.(?:com|net|org|io|dev|cloud|internal|intranet|corp|lan|example|test|de|uk|fr|eu|us|co|ai|tech|sh)$/;

/** A name of the DNS that says whose it is. */
export function isHost(text: string): boolean {
  return hostEnd.test(text) && !isPublicHost(text);
}

/** API groups, labels and types of the projects themselves. */
export function isPublicHost(text: string): boolean {
  return publicDomains.some((domain) => text === domain || text.endsWith(`.${domain}`));
}
