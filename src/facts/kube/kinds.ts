// The kinds meshdoc asks for, as the API server serves them.
import type { Resource } from '../../core/refs.ts';

function kind(group: string, version: string, plural: string, name: string): Resource {
  return { group, version, plural, kind: name, namespaced: true };
}

function clusterKind(group: string, version: string, plural: string, name: string): Resource {
  return { group, version, plural, kind: name, namespaced: false };
}

export const pods = kind('', 'v1', 'pods', 'Pod');
export const services = kind('', 'v1', 'services', 'Service');
export const configMaps = kind('', 'v1', 'configmaps', 'ConfigMap');
export const events = kind('', 'v1', 'events', 'Event');
export const nodes = clusterKind('', 'v1', 'nodes', 'Node');
export const namespaces = clusterKind('', 'v1', 'namespaces', 'Namespace');
export const deployments = kind('apps', 'v1', 'deployments', 'Deployment');
export const replicaSets = kind('apps', 'v1', 'replicasets', 'ReplicaSet');
export const statefulSets = kind('apps', 'v1', 'statefulsets', 'StatefulSet');
export const daemonSets = kind('apps', 'v1', 'daemonsets', 'DaemonSet');
export const jobs = kind('batch', 'v1', 'jobs', 'Job');
export const cronJobs = kind('batch', 'v1', 'cronjobs', 'CronJob');
/** What makes pods and has a name that people know. */
export const makers: readonly Resource[] = [deployments, statefulSets, daemonSets, jobs, cronJobs];
export const networkPolicies = kind('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy');
export const endpointSlices = kind('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');
export const mutatingWebhooks = clusterKind(
  'admissionregistration.k8s.io',
  'v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
);
