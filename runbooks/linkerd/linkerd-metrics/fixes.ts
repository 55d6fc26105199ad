// What can be done where metrics of Linkerd are missing: look closer, let a Prometheus in or make it look, give it memory.
import {
  inspect,
  kubectl,
  meshdoc,
  piped,
  podText,
  restartNamed,
  words,
  type Command,
  type Fix,
  type PodRef,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Choice, Operated, PodMonitor } from '../../../src/facts/linkerd/metrics/monitors.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { memoryQuantity, readQuantity } from '../../../src/model/kube/quantity.ts';
import { linkerd } from '../../../src/meshes/linkerd/commands.ts';

export const seeInjection = (target: string, verify: Command) =>
  inspect('See why', meshdoc`diagnose linkerd-injection ${target}`, verify);
export const seePod = (does: string, { ref }: Pod, verify: Command) =>
  inspect(does, kubectl`get pod ${ref.name} -n ${ref.namespace} -o yaml`, verify);
export const describePod = ({ ref }: Pod) =>
  inspect('See why', kubectl`describe pod ${ref.name} -n ${ref.namespace}`);
export const seeDeployments = (namespace: string) =>
  inspect('See its Deployments', kubectl`get deployments -n ${namespace}`);
export const lookLonger = (namespace: string) =>
  inspect('Look at ten minutes', linkerd`viz stat deploy -n ${namespace} -t 10m`);
export const runVizCheck = inspect('Run the check', linkerd`viz check`);
export const seeTapApi = inspect(
  'See what answers for it',
  kubectl`get apiservice v1alpha1.tap.linkerd.io -o yaml`,
);
export const compareJobs = (verify: Command) =>
  inspect(
    'Compare with the job of linkerd-viz',
    kubectl`get configmap prometheus-config -A -o yaml`,
    verify,
  );
export const seeOwnMetrics = ({ ref }: Pod, verify: Command) =>
  inspect(
    'See what the proxy counts',
    linkerd`diagnostics proxy-metrics -n ${ref.namespace} po/${ref.name}`,
    verify,
  );
export const seePrometheusUrl = (namespace: string) => [
  inspect(
    'See what metrics-api is told to read',
    kubectl`get deployment metrics-api -n ${namespace} -o yaml`,
  ),
  inspect(
    'See which Prometheus there is',
    kubectl`get services -A -l app.kubernetes.io/name=prometheus`,
  ),
];

export function readProxyLog(
  { ref }: Pod,
  verify: Command,
  does = 'Read what the proxy says',
  lines = 50,
): Fix {
  const run = kubectl`logs ${ref.name} -n ${ref.namespace} -c linkerd-proxy --tail=${lines}`;
  return inspect(does, run, verify);
}

export function restart(pod: Pod, verify: Command): Fix {
  const { kind, name } = makerOf(pod);
  return restartNamed(kind, name, pod.ref.namespace, verify);
}

/** A pod of its own is its own maker. */
function makerOf({ workload, ref }: Pod): { readonly kind: string; readonly name: string } {
  return workload ?? { kind: 'Pod', name: ref.name };
}

export function installViz(does: string, verify: Command): Fix {
  return {
    does,
    run: piped(linkerd`viz install`, words`kubectl apply -f -`),
    risk: 'changes-config',
    touches: 'namespace linkerd-viz, which it makes or completes',
    undo: { run: piped(linkerd`viz uninstall`, words`kubectl delete -f -`) },
    verify,
  };
}

export function labelViz(namespace: string): Fix {
  return labelFix(namespace, 'Put the label back', 'extension=viz', 'extension-');
}

export function unlabelViz(namespace: string): Fix {
  return labelFix(namespace, `Take the label off ${namespace}`, 'extension-', 'extension=viz');
}

function labelFix(namespace: string, does: string, to: string, back: string): Fix {
  return {
    does,
    run: kubectl`label namespace ${namespace} linkerd.io/${to}`,
    risk: 'changes-config',
    touches: `namespace ${namespace}, one label`,
    undo: { run: kubectl`label namespace ${namespace} linkerd.io/${back}` },
    verify: kubectl`get namespaces -l linkerd.io/extension=viz`,
  };
}

/** Twice its limit, where it has one. */
export function raiseMemory(
  a: { readonly namespace: string; readonly deployment: string; readonly container: Container },
  verify: Command,
): Fix {
  const { name, resources } = a.container;
  const limit = readQuantity(resources.limits['memory'] ?? '');
  if (limit === undefined) {
    const describe = kubectl`describe deployment ${a.deployment} -n ${a.namespace}`;
    return inspect('See what memory it may have', describe);
  }
  const deployment = `deployment/${a.deployment}`;
  return {
    does: `Raise the memory limit of ${name}`,
    run: kubectl`set resources ${deployment} -n ${a.namespace} -c ${name}
      --limits=memory=${memoryQuantity(limit * 2)}`,
    risk: 'restarts-pods',
    touches: `${deployment} in ${a.namespace}; what it holds in memory is lost once more`,
    undo: { run: kubectl`rollout undo ${deployment} -n ${a.namespace}` },
    verify,
    note: 'Helm value prometheus.resources.memory.limit keeps it; prometheus.persistence keeps the data.',
  };
}

/** Of the pod template; an annotation that would be empty is taken away. */
export function annotate(
  pod: Pod,
  change: { readonly key: string; readonly before: string; readonly after: string },
  verify: Command,
): Fix {
  const { key, before, after } = change;
  const { namespace } = pod.ref;
  const { kind, name } = makerOf(pod);
  if (kind === 'Pod') {
    return inspect('See the annotation', kubectl`get pods -n ${namespace} -o yaml`, verify);
  }
  const patch = (value: string) => {
    const annotations = { [key]: value === '' ? null : value };
    const body = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    return kubectl`patch ${kind.toLowerCase()} ${name} -n ${namespace} -p ${body}`;
  };
  const target = `${kind.toLowerCase()}/${name}`;
  return {
    does: `${after === '' ? 'Take' : 'Change'} the annotation ${key} ${after === '' ? 'off' : 'of'} ${target}`,
    run: patch(after),
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${namespace}, one after another`,
    undo: { run: patch(before) },
    verify,
    note: 'Where the annotation stands on the namespace or the Service, change it there.',
  };
}

/** By the label that the Prometheus wants, or, where it wants none that would be enough, by what it selects. */
export function selectMonitor(
  a: { readonly monitor: PodMonitor; readonly server: Operated; readonly why: Choice },
  verify: Command,
): Fix {
  const { monitor, server, why } = a;
  const [wanted] = why.is === 'labels' ? Object.entries(why.wants) : [];
  if (wanted) {
    const [key, value] = wanted;
    return {
      does: 'Give the PodMonitor the label',
      run: kubectl`label podmonitor ${monitor.name} -n ${monitor.namespace} ${key}=${value}`,
      risk: 'changes-config',
      touches: `PodMonitor ${podText(monitor)}; Prometheus then reads every proxy`,
      undo: { run: kubectl`label podmonitor ${monitor.name} -n ${monitor.namespace} ${key}-` },
      verify,
      note: 'Helm value podMonitor.labels of the control plane keeps it.',
    };
  }
  const [field, before] =
    why.is === 'labels'
      ? (['podMonitorSelector', server.monitors] as const)
      : (['podMonitorNamespaceSelector', server.monitorNamespaces] as const);
  const patch = (selector: object | null) =>
    kubectl`patch prometheuses.monitoring.coreos.com ${server.name} -n ${server.namespace}
      --type merge -p ${JSON.stringify({ spec: { [field]: selector } })}`;
  return {
    does: 'Let the Prometheus take PodMonitors of every namespace',
    run: patch({}),
    risk: 'changes-config',
    touches: `what Prometheus ${podText(server)} reads: PodMonitors that it left out until now too`,
    undo: { run: patch(before ?? null) },
    verify,
  };
}

const apply = (stdin: string): Command => ({ ...kubectl`apply -f -`, stdin });
const remove = (stdin: string): Command => ({ ...kubectl`delete -f -`, stdin });

/**
 * `linkerd viz allow-scrapes` writes the like for linkerd-viz's own Prometheus alone (linkerd2 viz/cmd/allow-scrapes.go);
 * here it is whichever was found. `server`: the one that selects the admin port already; a second would not be in force.
 * `account`: that of a Prometheus that is meshed; without one only its address tells it.
 */
export function allowScrapes(
  a: {
    readonly namespace: string;
    readonly server: string | undefined;
    readonly account: PodRef | undefined;
  },
  verify: Command,
): Fix {
  const { namespace, server, account } = a;
  const yaml = [
    ...(server === undefined ? [serverYaml(namespace)] : []),
    ...(account ? [] : [networkYaml(namespace)]),
    policyYaml(namespace, server ?? 'proxy-admin', account),
  ].join('---\n');
  const who = account
    ? `ServiceAccount ${podText(account)}`
    : 'any address, for this Prometheus has no identity of the mesh';
  return {
    does: `Let Prometheus read the admin port of proxies in ${namespace}`,
    run: apply(yaml),
    risk: 'changes-security',
    touches: `the admin port (metrics) of every proxy in ${namespace}, for ${who}`,
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

function policyYaml(namespace: string, server: string, account: PodRef | undefined): string {
  const who = account
    ? `  - kind: ServiceAccount
    name: ${account.name}
    namespace: ${account.namespace}
`
    : `  - group: policy.linkerd.io
    kind: NetworkAuthentication
    name: prometheus-scrape
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
  a: { readonly namespace: string; readonly from: string; readonly port: number },
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

/** linkerd2 charts/linkerd-control-plane/templates/podmonitor.yaml, with the labels that the Prometheus selects by. */
export function addPodMonitor({ namespace, monitors }: Operated, verify: Command): Fix {
  const labels = Object.entries(monitors?.matchLabels ?? {});
  const lines = labels.map(([key, value]) => `    ${key}: "${value}"\n`).join('');
  const yaml = `apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: linkerd-proxy
  namespace: ${namespace}
${lines === '' ? '' : `  labels:\n${lines}`}spec:
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
    does: 'Add the PodMonitor that finds every proxy',
    run: apply(yaml),
    risk: 'changes-config',
    touches: 'what Prometheus scrapes: one target more for every meshed pod',
    undo: { run: remove(yaml) },
    verify,
    note: "The control plane's chart writes the same with podMonitor.enabled=true.",
  };
}
