// What to do when Linkerd metrics are missing: look closer, let a Prometheus in, make it select proxies, give it memory.
import {
  inspect,
  kubectl,
  listed,
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
import { linkerd } from '../../../src/meshes/linkerd/commands.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { selects } from '../../../src/model/kube/labels.ts';
import { memoryQuantity, readQuantity } from '../../../src/model/kube/quantity.ts';
import { makerOf } from '../../../src/model/kube/subject.ts';

export function seePod(does: string, { ref }: Pod, verify: Command): Fix {
  return inspect(does, kubectl`get pod ${ref.name} -n ${ref.namespace} -o yaml`, verify);
}

export function readProxyLog(
  { ref }: Pod,
  verify: Command,
  does = 'Read the log of the proxy',
  lines = 50,
): Fix {
  const run = kubectl`logs ${ref.name} -n ${ref.namespace} -c linkerd-proxy --tail=${lines}`;
  return inspect(does, run, verify);
}

export function restart(pod: Pod, verify: Command): Fix {
  const { kind, name } = makerOf(pod);
  return restartNamed(kind, name, pod.ref.namespace, verify, [pod.ref.name]);
}

export function installViz(does: string, verify: Command): Fix {
  return {
    does,
    run: piped(linkerd`viz install`, words`kubectl apply -f -`),
    risk: 'changes-config',
    touches: 'namespace linkerd-viz, which it creates or completes',
    undo: { run: piped(linkerd`viz uninstall`, words`kubectl delete -f -`) },
    verify,
  };
}

/** Adds the label that marks the namespace of linkerd-viz, or removes it. */
export function labelViz(namespace: string, change: 'on' | 'off'): Fix {
  const label = (to: 'on' | 'off') =>
    kubectl`label namespace ${namespace} linkerd.io/extension${to === 'on' ? '=viz' : '-'}`;
  return {
    does:
      change === 'on'
        ? `Add label linkerd.io/extension=viz to namespace ${namespace}`
        : `Remove label linkerd.io/extension from namespace ${namespace}`,
    run: label(change),
    risk: 'changes-config',
    touches: `one label of namespace ${namespace}`,
    undo: { run: label(change === 'on' ? 'off' : 'on') },
    verify: kubectl`get namespaces -l linkerd.io/extension=viz`,
  };
}

/** Doubles its limit, if it has one. */
export function raiseMemory(
  { name, resources }: Container,
  deployment: string,
  namespace: string,
  verify: Command,
): Fix {
  const limit = readQuantity(resources.limits['memory'] ?? '');
  if (limit === undefined) {
    const describe = kubectl`describe deployment ${deployment} -n ${namespace}`;
    return inspect(`See the memory limits of Deployment ${deployment}`, describe);
  }
  const target = `deployment/${deployment}`;
  const doubled = memoryQuantity(limit * 2);
  return {
    does: `Double the memory limit of ${name} to ${doubled}`,
    run: kubectl`set resources ${target} -n ${namespace} -c ${name}
      --limits=memory=${doubled}`,
    risk: 'restarts-pods',
    touches: `${target} in ${namespace}; a new pod loses the metrics on an emptyDir`,
    undo: { run: kubectl`rollout undo ${target} -n ${namespace}` },
    verify,
    note: 'Set Helm value prometheus.resources.memory.limit too, or an upgrade reverts it; prometheus.persistence keeps the data.',
  };
}

/** In the pod template; an annotation that would become empty is removed. */
export function annotate(
  pod: Pod,
  { key, before, after }: Readonly<Record<'key' | 'before' | 'after', string>>,
  verify: Command,
): Fix {
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
    does:
      after === ''
        ? `Remove annotation ${key} from ${target}`
        : `Set annotation ${key} of ${target} to ${after}`,
    run: patch(after),
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${namespace}, one after another`,
    undo: { run: patch(before) },
    verify,
    note: 'If the annotation is on the namespace or the Service, change it there.',
  };
}

/** What a job does with the pods it discovers, as the linkerd-viz chart or the operator has it. */
export function seeRelabelling(pool: string, verify: Command): Fix {
  const [, namespace, name] = /^podMonitor\/([^/]+)\/([^/]+)\//.exec(pool) ?? [];
  const run =
    namespace !== undefined && name !== undefined
      ? kubectl`get podmonitor ${name} -n ${namespace} -o yaml`
      : kubectl`get configmap prometheus-config -A -o yaml`;
  return inspect(`Compare the relabelling of job ${pool} with the labels of the pods`, run, verify);
}

/** Adds the label that the Prometheus selects by; if no one label would be enough, changes what it selects. */
export function selectMonitor(
  a: { readonly monitor: PodMonitor; readonly server: Operated; readonly why: Choice },
  verify: Command,
): Fix {
  const { monitor, server, why } = a;
  const wants = why.is === 'labels' ? why.wants : {};
  const missing = Object.entries(wants).filter(([key, value]) => monitor.labels[key] !== value);
  const isEnough = server.monitors && selects(server.monitors, { ...monitor.labels, ...wants });
  if (missing.length > 0 && isEnough) return labelMonitor(monitor, missing, verify);
  const [field, before] =
    why.is === 'labels'
      ? (['podMonitorSelector', server.monitors] as const)
      : (['podMonitorNamespaceSelector', server.monitorNamespaces] as const);
  const patch = (selector: object | null) =>
    kubectl`patch prometheuses.monitoring.coreos.com ${server.name} -n ${server.namespace}
      --type merge -p ${JSON.stringify({ spec: { [field]: selector } })}`;
  return {
    does: `Let Prometheus ${server.name} select ${
      why.is === 'labels' ? 'every PodMonitor' : 'PodMonitors in all namespaces'
    }`,
    run: patch({}),
    risk: 'changes-config',
    touches: `what Prometheus ${podText(server)} scrapes: also PodMonitors that it ignored until now`,
    undo: { run: patch(before ?? null) },
    verify,
  };
}

/** A label that is there with another value is only replaced with --overwrite. */
function labelMonitor(
  monitor: PodMonitor,
  missing: readonly (readonly [string, string])[],
  verify: Command,
): Fix {
  const { name, namespace, labels } = monitor;
  const label = (changes: readonly string[]) =>
    kubectl`label podmonitor ${name} -n ${namespace} ${changes} --overwrite`;
  const set = missing.map(([key, value]) => `${key}=${value}`);
  const back = missing.map(([key]) =>
    labels[key] === undefined ? `${key}-` : `${key}=${labels[key]}`,
  );
  return {
    does: `Set label ${listed(set)} on PodMonitor ${name}`,
    run: label(set),
    risk: 'changes-config',
    touches: `PodMonitor ${podText(monitor)}; Prometheus then scrapes every proxy`,
    undo: { run: label(back) },
    verify,
    note: 'Set Helm value podMonitor.labels of the control plane too, or an upgrade reverts it.',
  };
}

const apply = (stdin: string): Command => ({ ...kubectl`apply -f -`, stdin });
const remove = (stdin: string): Command => ({ ...kubectl`delete -f -`, stdin });

/** `spec` and `labels`: their lines, indented. */
function manifest(
  [version, kind]: readonly [string, string],
  { namespace, name }: PodRef,
  spec: string,
  labels = '',
): string {
  return `apiVersion: ${version}
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${namespace}
${labels === '' ? '' : `  labels:\n${labels}`}spec:
${spec}`;
}

const meshedPods = `  podSelector:
    matchExpressions:
    - key: linkerd.io/control-plane-ns
      operator: Exists
`;

/**
 * `linkerd viz allow-scrapes` writes similar policies, but only for linkerd-viz's own Prometheus (linkerd2
 * viz/cmd/allow-scrapes.go); here it is whichever was found. `server`: the one that already selects the admin port; a
 * second one would have no effect. `account`: of a meshed Prometheus; one without a proxy is known only by its address.
 */
export function allowScrapes(
  namespace: string,
  a: {
    readonly server: string | undefined;
    readonly account: PodRef | undefined;
    /** Names that its policies have already. */
    readonly taken: readonly string[];
  },
  verify: Command,
): Fix {
  const { server, account, taken } = a;
  const [admin, name] = [free('proxy-admin', taken), free('prometheus-scrape', taken)];
  const policy = (kind: string, name: string, spec: string, version = 'v1alpha1') =>
    manifest([`policy.linkerd.io/${version}`, kind], { namespace, name }, spec);
  const yaml = [
    ...(server === undefined ? [policy('Server', admin, proxyAdmin, 'v1beta3')] : []),
    ...(account ? [] : [policy('NetworkAuthentication', name, anyAddress)]),
    policy('AuthorizationPolicy', name, scraping(server ?? admin, account, name)),
  ].join('---\n');
  const who = account
    ? `ServiceAccount ${podText(account)}`
    : 'any address, because this Prometheus has no mesh identity';
  return {
    does: `Allow Prometheus to scrape the admin port of proxies in ${namespace}`,
    run: apply(yaml),
    risk: 'changes-security',
    touches: `the admin port (metrics) of every proxy in ${namespace}; allows ${who}`,
    undo: { run: remove(yaml) },
    verify,
    note: "The kubelet's probes stay allowed: no route is attached to the Server.",
  };
}

/** An object with its name would be overwritten, and the undo would delete it. */
function free(name: string, taken: readonly string[]): string {
  const others = Array.from({ length: 20 }, (_, i) => `${name}-${i + 2}`);
  return taken.includes(name) ? (others.find((one) => !taken.includes(one)) ?? name) : name;
}

/** A number matches every proxy. */
export function renumberServer({ namespace, name }: PodRef, port: number, verify: Command): Fix {
  const to = (by: number | string) =>
    kubectl`patch servers.policy.linkerd.io ${name} -n ${namespace} --type=merge
      -p ${JSON.stringify({ spec: { port: by } })}`;
  return {
    does: `Let Server ${name} select the admin port by number`,
    run: to(port),
    risk: 'changes-security',
    touches: `the admin port (metrics) of every pod that Server ${name} selects`,
    undo: { run: to('linkerd-admin') },
    verify,
  };
}

// By number: before edge-25.6.3 a name did not match the port of a native sidecar (linkerd2 issue 14103).
const proxyAdmin = `${meshedPods}  port: 4191\n  proxyProtocol: HTTP/1\n`;
const anyAddress = '  networks:\n  - cidr: 0.0.0.0/0\n  - cidr: ::/0\n';

function scraping(server: string, account: PodRef | undefined, network: string): string {
  const who = account
    ? `  - kind: ServiceAccount
    name: ${account.name}
    namespace: ${account.namespace}
`
    : `  - group: policy.linkerd.io
    kind: NetworkAuthentication
    name: ${network}
`;
  return `  targetRef:
    group: policy.linkerd.io
    kind: Server
    name: ${server}
  requiredAuthenticationRefs:
${who}`;
}

/** An addition: the policies that block stay as they are. */
export function allowNetwork(from: string, namespace: string, port: number, verify: Command): Fix {
  const spec = `${meshedPods}  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: ${from}
    ports:
    - { protocol: TCP, port: ${port} }
`;
  const ref = { namespace, name: 'allow-prometheus-scrape' };
  const yaml = manifest(['networking.k8s.io/v1', 'NetworkPolicy'], ref, spec);
  return {
    does: `Allow namespace ${from} to reach port ${port} of proxies in ${namespace}`,
    run: apply(yaml),
    risk: 'changes-security',
    touches: `port ${port} of every meshed pod in ${namespace}`,
    undo: { run: remove(yaml) },
    verify,
    note: `If a policy restricts egress of ${from}, it must allow this too.`,
  };
}

const ofEveryProxy = `  namespaceSelector: { any: true }
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

/** linkerd2 charts/linkerd-control-plane/templates/podmonitor.yaml, with the labels that the Prometheus selects by. */
export function addPodMonitor({ namespace, monitors }: Operated, verify: Command): Fix {
  const labels = Object.entries(monitors?.matchLabels ?? {});
  const lines = labels.map(([key, value]) => `    ${key}: "${value}"\n`).join('');
  const ref = { namespace, name: 'linkerd-proxy' };
  const yaml = manifest(['monitoring.coreos.com/v1', 'PodMonitor'], ref, ofEveryProxy, lines);
  return {
    does: 'Add a PodMonitor that selects every proxy',
    run: apply(yaml),
    risk: 'changes-config',
    touches: 'what Prometheus scrapes: one more target for every meshed pod',
    undo: { run: remove(yaml) },
    verify,
    note: 'The control-plane chart creates the same with podMonitor.enabled=true.',
  };
}
