// Objects that let a Prometheus in, as a person would apply them. `linkerd viz allow-scrapes` writes the like for
// linkerd-viz's own Prometheus alone (linkerd2 viz/cmd/allow-scrapes.go); here it is whichever was found.
import { kubectl, type Command, type Fix } from '../../../src/authoring.ts';

const apply = (stdin: string): Command => ({ ...kubectl`apply -f -`, stdin });
const remove = (stdin: string): Command => ({ ...kubectl`delete -f -`, stdin });

/**
 * `server`: the one that selects the admin port already; a second would not be in force. `account`: `monitoring/prometheus`
 * of a Prometheus that is meshed; '' has no identity of the mesh, so that only its address tells it.
 */
export function allowScrapes(
  a: { readonly namespace: string; readonly server: string; readonly account: string },
  verify: Command,
): Fix {
  const own = a.server === '';
  const yaml = [
    ...(own ? [serverYaml(a.namespace)] : []),
    ...(a.account === '' ? [networkYaml(a.namespace)] : []),
    policyYaml(a.namespace, own ? 'proxy-admin' : a.server, a.account),
  ].join('---\n');
  const who =
    a.account === ''
      ? 'any address, for this Prometheus has no identity of the mesh'
      : `ServiceAccount ${a.account}`;
  return {
    does: `Let Prometheus read the admin port of proxies in ${a.namespace}`,
    run: apply(yaml),
    risk: 'changes-security',
    touches: `the admin port (metrics) of every proxy in ${a.namespace}, for ${who}`,
    undo: { run: remove(yaml) },
    verify,
    note: "The kubelet's probes stay allowed: no route is attached to the Server.",
  };
}

// By number: before edge-25.6.3 a name did not reach the port of a native sidecar (linkerd2 issue 14103).
function serverYaml(namespace: string): string {
  return `apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata:
  name: proxy-admin
  namespace: ${namespace}
spec:
  podSelector:
    matchExpressions:
    - key: linkerd.io/control-plane-ns
      operator: Exists
  port: 4191
  proxyProtocol: HTTP/1
`;
}

function networkYaml(namespace: string): string {
  return `apiVersion: policy.linkerd.io/v1alpha1
kind: NetworkAuthentication
metadata:
  name: prometheus-scrape
  namespace: ${namespace}
spec:
  networks:
  - cidr: 0.0.0.0/0
  - cidr: ::/0
`;
}

function policyYaml(namespace: string, server: string, account: string): string {
  const [home = '', name = ''] = account.split('/');
  const who =
    account === ''
      ? `  - group: policy.linkerd.io
    kind: NetworkAuthentication
    name: prometheus-scrape
`
      : `  - kind: ServiceAccount
    name: ${name}
    namespace: ${home}
`;
  return `apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  name: prometheus-scrape
  namespace: ${namespace}
spec:
  targetRef:
    group: policy.linkerd.io
    kind: Server
    name: ${server}
  requiredAuthenticationRefs:
${who}`;
}

/** Beside the policies that block: they stay as they are. */
export function allowNetwork(
  a: { readonly namespace: string; readonly from: string; readonly port: string },
  verify: Command,
): Fix {
  const yaml = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-prometheus-scrape
  namespace: ${a.namespace}
spec:
  podSelector:
    matchExpressions:
    - key: linkerd.io/control-plane-ns
      operator: Exists
  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: ${a.from}
    ports:
    - { protocol: TCP, port: ${a.port} }
`;
  return {
    does: `Let namespace ${a.from} reach port ${a.port} of proxies in ${a.namespace}`,
    run: apply(yaml),
    risk: 'changes-security',
    touches: `port ${a.port} of every meshed pod in ${a.namespace}`,
    undo: { run: remove(yaml) },
    verify,
    note: `Egress of ${a.from} must allow it too, where a policy there restricts it.`,
  };
}

/** linkerd2 charts/linkerd-control-plane/templates/podmonitor.yaml, with the labels that the Prometheus selects by: `a=b,c=d`. */
export function podMonitor(
  a: { readonly namespace: string; readonly labels: string },
  verify: Command,
): Fix {
  const labels = a.labels.split(',').filter((pair) => pair !== '');
  const yaml = `apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: linkerd-proxy
  namespace: ${a.namespace}
${labels.length === 0 ? '' : `  labels:\n${labels.map((pair) => `    ${pair.replace(/=(.*)/s, ': "$1"')}\n`).join('')}`}spec:
  namespaceSelector: { any: true }
  selector: {}
  podMetricsEndpoints:
  - interval: 10s
    relabelings:
    - sourceLabels: [__meta_kubernetes_pod_container_port_name]
      action: keep
      regex: ^linkerd-admin$
    - sourceLabels: [__meta_kubernetes_namespace]
      targetLabel: namespace
    - sourceLabels: [__meta_kubernetes_pod_name]
      targetLabel: pod
    - sourceLabels: [__meta_kubernetes_pod_label_linkerd_io_proxy_job]
      targetLabel: k8s_job
    - action: labeldrop
      regex: __meta_kubernetes_pod_label_linkerd_io_proxy_job
    - action: labelmap
      regex: __meta_kubernetes_pod_label_linkerd_io_proxy_(.+)
    - action: labeldrop
      regex: __meta_kubernetes_pod_label_linkerd_io_proxy_(.+)
    - action: labelmap
      regex: __meta_kubernetes_pod_label_linkerd_io_(.+)
`;
  return {
    does: `Add the PodMonitor that finds every proxy`,
    run: apply(yaml),
    risk: 'changes-config',
    touches: 'what Prometheus scrapes: one target more for every meshed pod',
    undo: { run: remove(yaml) },
    verify,
    note: "The control plane's chart writes the same with podMonitor.enabled=true.",
  };
}
