// What a pod, or the pods of a workload, is to Linkerd now.
import type { Container } from '../../kube/container.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { everySubject, telling, type Subject } from '../../kube/subject.ts';
import type { Workloads } from '../../../facts/kube/workloads.ts';
import { controlPlaneOf, linkerdRole, proxyContainer } from '../mesh-pod.ts';
import { sidecarOf } from './decide.ts';
import type { Template } from './verdict.ts';

export type Now =
  | { readonly is: 'injected'; readonly pod: Pod; readonly proxy: Container }
  /** A proxy that is an init container without restartPolicy Always: no container after it starts. */
  | { readonly is: 'stuck'; readonly pod: Pod; readonly proxy: Container }
  | { readonly is: 'bare'; readonly pod: Pod }
  | { readonly is: 'ended'; readonly pod: Pod }
  | { readonly is: 'static'; readonly pod: Pod }
  | { readonly is: 'mesh-part'; readonly pod: Pod; readonly what: string }
  | { readonly is: 'no-pods' };

export function subjectsOf(all: Workloads): readonly Subject[] {
  return everySubject(all).filter(({ pods }) => !outside.has(nowOf(pods).is));
}

/** What is never injected. */
const outside: ReadonlySet<Now['is']> = new Set(['static', 'mesh-part', 'ended']);

/** The state of the most telling pod: a bare one before an injected one. */
export function nowOf(pods: readonly Pod[]): Now {
  return telling(pods, stateOf, order) ?? { is: 'no-pods' };
}

const order = ['bare', 'stuck', 'injected', 'mesh-part', 'static', 'ended'] as const;

function stateOf(pod: Pod): Exclude<Now, { is: 'no-pods' }> {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return { is: 'ended', pod };
  const role = linkerdRole(pod);
  if (role.is === 'control-plane' && controlPlaneOf(pod) === pod.ref.namespace) {
    return { is: 'mesh-part', pod, what: role.component };
  }
  // From here on: also pods that only have a copied label of a Linkerd part.
  if (role.is !== 'none' && role.proxy) return { is: 'injected', pod, proxy: role.proxy };
  const proxy = pod.containers.find(({ name }) => name === proxyContainer);
  if (proxy) return { is: 'stuck', pod, proxy };
  const mirror = pod.annotations['kubernetes.io/config.mirror'] !== undefined;
  return mirror ? { is: 'static', pod } : { is: 'bare', pod };
}

/**
 * What the injector sees: the template, with Istio's sidecar where its pods have one. Webhooks are called in alphabetical
 * order, so Istio's comes first and Linkerd's then finds the sidecar.
 */
export function templateOf({ template, pods }: Subject): Template {
  const has = sidecarOf(template.containers);
  const others = pods
    .filter((pod) => !pod.deleting && sidecarOf(pod.containers)?.of === 'Istio')
    .flatMap((pod) => pod.containers.filter((one) => sidecarOf([one])?.of === 'Istio'));
  return has || others.length === 0
    ? withoutOwnProxy(template)
    : { ...template, containers: [...template.containers, ...others] };
}

/** A pod without a controller stands for its own template: its proxy came from injection, so it is left out. */
function withoutOwnProxy(template: Template): Template {
  const { annotations, containers } = template;
  if (annotations['linkerd.io/created-by']?.includes('proxy-injector') !== true) return template;
  return { ...template, containers: containers.filter(({ name }) => !name.startsWith('linkerd-')) };
}
