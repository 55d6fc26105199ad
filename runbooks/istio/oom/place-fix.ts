// Where a proxy's resources are set depends on how its pod came to be. This decides the place and writes the patch.
import type { Labels } from '../../../src/model/kube/labels.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { MeshRole } from '../../../src/model/istio/mesh-pod.ts';
import { workloadKinds, type ProxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import { overridden } from './reasons.ts';
import type { Sized } from '../../../src/model/istio/memory-size.ts';

export type Way =
  /** The four annotations on the pod template. */
  | 'annotations'
  /** The proxy's container is written in the template: annotations do not reach it. */
  | 'container'
  /** istiod makes the Deployment from a Gateway. */
  | 'gateway'
  /** No controller would make the pod again. */
  | 'bare'
  /** The template cannot be changed (Job), or its kind is not known here. */
  | 'elsewhere';

/** Every value is text, as slots are. */
export type Place = {
  readonly way: Way;
  /** `deployment/web` */
  readonly target: string;
  readonly patch: string;
  /** The patch that puts back what the template had; '' when the template was not read. */
  readonly undo: string;
  readonly limits: string;
  readonly requests: string;
  readonly gateway: string;
};

/** Of Deployments that istiod makes (istio pilot/pkg/config/kube/gateway/deploymentcontroller.go). */
const gatewayLabel = 'gateway.networking.k8s.io/gateway-name';

export function placeFix(
  pod: Pod,
  role: MeshRole,
  resources: ProxyResources | undefined,
  sized: Sized,
): Place {
  const { workload } = pod;
  const target = workload
    ? `${workload.kind.toLowerCase()}/${workload.name}`
    : `pod/${pod.ref.name}`;
  return {
    way: wayOf(pod, role),
    target,
    patch: annotationPatch(annotationsOf(sized)),
    undo: resources?.template ? annotationPatch(before(resources.template, sized)) : '',
    limits: `cpu=${sized.cpuLimit},memory=${sized.memoryLimit}`,
    requests: `cpu=${sized.cpuRequest},memory=${sized.memoryRequest}`,
    gateway: pod.labels[gatewayLabel] ?? '',
  };
}

function wayOf(pod: Pod, role: MeshRole): Way {
  if (pod.labels[gatewayLabel] !== undefined || role.is === 'waypoint') return 'gateway';
  if (!pod.workload) return 'bare';
  if (pod.workload.kind === 'Job' || !workloadKinds[pod.workload.kind]) return 'elsewhere';
  return role.is === 'gateway' || overridden(pod) ? 'container' : 'annotations';
}

export function annotationsOf(sized: Sized): Labels {
  return {
    'sidecar.istio.io/proxyCPU': sized.cpuRequest,
    'sidecar.istio.io/proxyCPULimit': sized.cpuLimit,
    'sidecar.istio.io/proxyMemory': sized.memoryRequest,
    'sidecar.istio.io/proxyMemoryLimit': sized.memoryLimit,
  };
}

/** In a merge patch `null` takes an annotation away. */
function before(template: Labels, sized: Sized): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.keys(annotationsOf(sized)).map((name) => [name, template[name] ?? null]),
  );
}

function annotationPatch(annotations: Readonly<Record<string, string | null>>): string {
  return JSON.stringify({ spec: { template: { metadata: { annotations } } } });
}
