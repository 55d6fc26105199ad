// The target, a pod or a workload with its pods, and what it is now to Istio.
import type { Labels } from '../../kube/labels.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { everySubject, telling, type Subject } from '../../kube/subject.ts';
import type { Template } from '../../kube/webhook-called.ts';
import type { Workloads } from '../../../facts/kube/workloads.ts';
import { meshRole, proxyName, revisionOf } from '../mesh-pod.ts';

export type Now =
  | { readonly is: 'injected'; readonly pod: Pod; readonly revision: string | undefined }
  | { readonly is: 'bare'; readonly pod: Pod }
  | { readonly is: 'ambient'; readonly pod: Pod }
  | { readonly is: 'ended'; readonly pod: Pod }
  | { readonly is: 'static'; readonly pod: Pod }
  | { readonly is: 'mesh-part'; readonly pod: Pod; readonly what: string }
  | { readonly is: 'no-pods' };

export function subjectsOf(all: Workloads): readonly Subject[] {
  return everySubject(all).filter(({ pods }) => !outside.has(nowOf(pods).is));
}

/** What is never injected. */
const outside: ReadonlySet<Now['is']> = new Set(['ambient', 'static', 'mesh-part', 'ended']);

export function hasAutoImage({ containers }: Subject['template']): boolean {
  return containers.some(isAuto);
}

function isAuto({ name, image }: { readonly name: string; readonly image: string }): boolean {
  return name === proxyName && image === 'auto';
}

/** The state of the most telling pod: a bare one before an injected one. */
export function nowOf(pods: readonly Pod[]): Now {
  return telling(pods, stateOf, order) ?? { is: 'no-pods' };
}

const order = ['bare', 'injected', 'ambient', 'mesh-part', 'static', 'ended'] as const;

function stateOf(pod: Pod): Exclude<Now, { is: 'no-pods' }> {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return { is: 'ended', pod };
  if (pod.containers.some(isAuto)) return { is: 'bare', pod };
  const role = meshRole(pod);
  if (role.is === 'control-plane') return { is: 'mesh-part', pod, what: 'istiod' };
  if (role.is === 'ztunnel') return { is: 'mesh-part', pod, what: 'ztunnel' };
  if ('proxy' in role || role.is === 'custom')
    return { is: 'injected', pod, revision: revisionOf(pod) };
  if (pod.annotations['kubernetes.io/config.mirror'] !== undefined) return { is: 'static', pod };
  return role.is === 'ambient' ? { is: 'ambient', pod } : { is: 'bare', pod };
}

const modeKey = 'istio.io/dataplane-mode';

/** Labelled for ambient mode; the label of the pod wins (istio cni/pkg/util/podutil.go PodRedirectionEnabled). */
export function wantsAmbient(namespace: Labels, { labels }: Template): boolean {
  return (labels[modeKey] ?? namespace[modeKey]) === 'ambient';
}
