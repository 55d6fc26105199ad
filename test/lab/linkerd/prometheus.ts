// What the real Prometheus of a namespace says, and a second one as kube-prometheus-stack installs it.
import { stringify } from 'yaml';
import { apply, getJson, kubectl } from '../cluster.ts';
import { manifest, rolledOut } from '../install.ts';
import type { LabPod } from '../lab.ts';
import { podNetns } from '../paths.ts';
import { inNetns, run, until } from '../sh.ts';
import { FAULT_LABEL, MONITORING, VIZ } from './names.ts';

export type Target = {
  readonly scrapePool: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
};

type Pods = {
  items: { metadata: { name: string; deletionTimestamp?: string } }[];
};

const SELECTOR: Readonly<Record<string, string>> = {
  [VIZ]: 'component=prometheus',
};

async function ask<T>(path: string, namespace: string): Promise<T> {
  const selector = SELECTOR[namespace] ?? 'app.kubernetes.io/name=prometheus';
  const { items } = await getJson<Pods>('-n', namespace, 'pods', '-l', selector);
  const pod = items.find(({ metadata }) => !metadata.deletionTimestamp);
  if (!pod) throw new Error(`no Prometheus in ${namespace}`);
  const url = `http://127.0.0.1:9090/api/v1/${path}`;
  const netns = podNetns(namespace, pod.metadata.name);
  const { stdout } = await run(inNetns(netns, ['curl', '-sfG', '-m', '3', url]));
  return (JSON.parse(stdout) as { data: T }).data;
}

export async function targets(namespace = VIZ): Promise<readonly Target[]> {
  const data = await ask<{ activeTargets: Target[] }>('targets?state=active', namespace);
  return data.activeTargets;
}

/** Waits until the target of a pod's proxy is so, as Prometheus of that namespace sees it. */
export async function untilTarget(
  pod: Pick<LabPod, 'namespace' | 'name'>,
  health: 'up' | 'down' | 'absent',
  lastError = /.*/,
  namespace = VIZ,
): Promise<void> {
  await until(`${pod.name} to be ${health} in Prometheus`, async () => {
    const found = (await targets(namespace)).filter(
      ({ labels, scrapePool }) => labels['pod'] === pod.name && /linkerd-proxy/.test(scrapePool),
    );
    if (health === 'absent') return found.length === 0 && (await isSettled(namespace));
    if (found.some((each) => each.health === health && lastError.test(each.lastError))) return true;
    throw new Error(JSON.stringify(found.map((each) => [each.health, each.lastError])));
  });
}

/** One that has just started has no targets at all. */
async function isSettled(namespace: string): Promise<boolean> {
  const { startTime } = await ask<{ startTime: string }>('status/runtimeinfo', namespace);
  return Date.now() - Date.parse(startTime) > 35_000;
}

export async function query(promql: string, namespace = VIZ): Promise<readonly unknown[]> {
  const path = `query?query=${encodeURIComponent(promql)}`;
  return (await ask<{ result: unknown[] }>(path, namespace)).result;
}

export async function untilSeries(promql: string, namespace = VIZ): Promise<void> {
  await until(`series ${promql}`, async () => (await query(promql, namespace)).length > 0);
}

/** The scrape job of the documentation for a Prometheus of one's own (website tasks/external-prometheus.md). */
export const PROXY_JOB = {
  job_name: 'linkerd-proxy',
  kubernetes_sd_configs: [{ role: 'pod' }],
  relabel_configs: [
    {
      source_labels: [
        '__meta_kubernetes_pod_container_name',
        '__meta_kubernetes_pod_container_port_name',
        '__meta_kubernetes_pod_label_linkerd_io_control_plane_ns',
      ],
      action: 'keep',
      regex: '^linkerd-proxy;linkerd-admin;linkerd$',
    },
    {
      source_labels: ['__meta_kubernetes_namespace'],
      action: 'replace',
      target_label: 'namespace',
    },
    { source_labels: ['__meta_kubernetes_pod_name'], action: 'replace', target_label: 'pod' },
    {
      source_labels: ['__meta_kubernetes_pod_label_linkerd_io_proxy_job'],
      action: 'replace',
      target_label: 'k8s_job',
    },
    { action: 'labeldrop', regex: '__meta_kubernetes_pod_label_linkerd_io_proxy_job' },
    { action: 'labelmap', regex: '__meta_kubernetes_pod_label_linkerd_io_proxy_(.+)' },
    { action: 'labeldrop', regex: '__meta_kubernetes_pod_label_linkerd_io_proxy_(.+)' },
    { action: 'labelmap', regex: '__meta_kubernetes_pod_label_linkerd_io_(.+)' },
  ],
};

const NAME = 'kube-prometheus-stack-prometheus';
const POD_LABELS = {
  'app.kubernetes.io/name': 'prometheus',
  'app.kubernetes.io/instance': NAME,
  'app.kubernetes.io/managed-by': 'prometheus-operator',
  'operator.prometheus.io/name': NAME,
  prometheus: NAME,
};

const config = (jobs: readonly object[]): string =>
  stringify({ global: { scrape_interval: '2s', scrape_timeout: '2s' }, scrape_configs: jobs });

function objects(jobs: readonly object[], meshed: boolean): readonly object[] {
  const labels = { app: NAME, release: 'kube-prometheus-stack' };
  const meta = { name: NAME, namespace: MONITORING, labels };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: MONITORING } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta,
      data: { 'prometheus.yml': config(jobs) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: { selector: POD_LABELS, ports: [{ name: 'http-web', port: 9090, targetPort: 9090 }] },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: meta,
      spec: {
        serviceAccountName: NAME,
        podMonitorSelector: { matchLabels: { release: 'kube-prometheus-stack' } },
        podMonitorNamespaceSelector: {},
        replicas: 1,
      },
    },
    ...rights(meta),
    workload(meshed),
  ];
}

function rights(metadata: { name: string }): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const verbs = ['get', 'list', 'watch'];
  const resources = ['nodes', 'services', 'endpoints', 'pods'];
  const { name } = metadata;
  const own = { name, labels: { [FAULT_LABEL]: 'linkerd' } };
  return [
    {
      apiVersion,
      kind: 'ClusterRole',
      metadata: own,
      rules: [{ apiGroups: [''], resources, verbs }],
    },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: own,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: MONITORING }],
    },
  ];
}

function workload(meshed: boolean): object {
  const labels = { ...POD_LABELS, 'lab.meshdoc.dev/run': 'real' };
  const annotations = meshed ? { 'linkerd.io/inject': 'enabled' } : {};
  const container = {
    name: 'prometheus',
    image: 'quay.io/prometheus/prometheus:v2.42.0',
    args: [
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      '--web.enable-lifecycle',
    ],
    ports: [{ name: 'http-web', containerPort: 9090 }],
    readinessProbe: { httpGet: { path: '/-/ready', port: 'http-web' } },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/prometheus' },
      { name: 'db', mountPath: '/prometheus' },
    ],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: `prometheus-${NAME}`, namespace: MONITORING, labels: POD_LABELS },
    spec: {
      serviceName: 'prometheus-operated',
      selector: { matchLabels: POD_LABELS },
      template: {
        metadata: { labels, annotations },
        spec: {
          serviceAccountName: NAME,
          containers: [container],
          volumes: [
            { name: 'config', configMap: { name: NAME } },
            { name: 'db', emptyDir: {} },
          ],
        },
      },
    },
  };
}

export type Wanted = {
  /** Scrape jobs of its config: `[]` is one that knows nothing of Linkerd. */
  readonly jobs?: readonly object[];
  readonly meshed?: boolean;
};

/** kube-prometheus-stack's names and labels in namespace `monitoring`; the operator's part is played by the caller. */
export async function addPrometheus({
  jobs = [PROXY_JOB],
  meshed = false,
}: Wanted = {}): Promise<void> {
  await apply(await manifest('monitoring-crds.yaml'));
  const items = objects(jobs, meshed);
  await until('a second Prometheus', () =>
    apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items })).then(() => true),
  );
  const set = `statefulset/prometheus-${NAME}`;
  await kubectl('-n', MONITORING, 'rollout', 'status', set, '--timeout=180s');
}

/** Takes viz's own Prometheus, and all of viz, away. */
export async function removeViz(): Promise<void> {
  await kubectl('delete', 'apiservice', 'v1alpha1.tap.linkerd.io', '--ignore-not-found');
  const mwc = ['mutatingwebhookconfiguration', 'linkerd-tap-injector-webhook-config'];
  await kubectl('delete', ...mwc, '--ignore-not-found');
  await kubectl('delete', 'namespace', VIZ, '--ignore-not-found');
}

/** Changes viz's Prometheus configuration and starts it again with it. */
export async function configure(change: (text: string) => string): Promise<void> {
  const map = ['configmap', 'prometheus-config', '-n', VIZ];
  const { data } = await getJson<{ data: Record<string, string> }>(...map);
  const patch = { data: { 'prometheus.yml': change(data['prometheus.yml'] ?? '') } };
  await kubectl('patch', ...map, '--type=merge', '-p', JSON.stringify(patch));
  await kubectl('-n', VIZ, 'rollout', 'restart', 'deployment/prometheus');
  await rolledOut(VIZ, 'prometheus');
}
