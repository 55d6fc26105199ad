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

/** Kinds that people type, and that have no pods of their own. */
const others: readonly (readonly [kind: string, ...string[]])[] = [
  ['VirtualService', 'vs', 'virtualservice', 'virtualservices'],
  ['DestinationRule', 'dr', 'destinationrule', 'destinationrules'],
  ['Gateway', 'gw', 'gateway', 'gateways'],
  ['ServiceEntry', 'se', 'serviceentry', 'serviceentries'],
  ['EnvoyFilter', 'envoyfilter', 'envoyfilters'],
  ['Sidecar', 'sidecar', 'sidecars'],
  ['AuthorizationPolicy', 'ap', 'authorizationpolicy', 'authorizationpolicies'],
  ['PeerAuthentication', 'pa', 'peerauthentication', 'peerauthentications'],
  ['RequestAuthentication', 'ra', 'requestauthentication', 'requestauthentications'],
  ['Server', 'server', 'servers'],
  ['HTTPRoute', 'httproute', 'httproutes'],
  ['Ingress', 'ing', 'ingress', 'ingresses'],
  ['ConfigMap', 'cm', 'configmap', 'configmaps'],
  ['Secret', 'secret', 'secrets'],
  ['Node', 'no', 'node', 'nodes'],
];

/** What to tell whoever names an object of such a kind, `vs/cart.shop`; nothing for any other word. */
export function noTarget(target: string): string | undefined {
  const [word = '', name] = target.toLowerCase().split('/');
  const kind = others.find(([, ...names]) => names.includes(word))?.[0];
  if (kind === undefined || name === undefined) return undefined;
  const article = /^[AEIO]/.test(kind) ? 'an' : 'a';
  return `${article} ${kind} is no target: diagnose a pod that it concerns`;
}
