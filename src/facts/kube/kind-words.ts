// The words for kinds that people type before a slash, as kubectl knows them.
import type { Resource } from '../../core/refs.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  namespaces,
  pods,
  replicaSets,
  services,
  statefulSets,
} from './kinds.ts';

const words: readonly (readonly [Resource, ...string[]])[] = [
  [pods, 'pod', 'pods', 'po'],
  [deployments, 'deploy', 'deployment', 'deployments'],
  [statefulSets, 'sts', 'statefulset', 'statefulsets'],
  [daemonSets, 'ds', 'daemonset', 'daemonsets'],
  [replicaSets, 'rs', 'replicaset', 'replicasets'],
  [jobs, 'job', 'jobs'],
  [cronJobs, 'cj', 'cronjob', 'cronjobs'],
  [services, 'svc', 'service', 'services'],
  [namespaces, 'ns', 'namespace', 'namespaces'],
];

/** The kind that a word means, in whatever case it is typed. */
export function kindOf(word: string): Resource | undefined {
  return words.find(([, ...names]) => names.includes(word.toLowerCase()))?.[0];
}
