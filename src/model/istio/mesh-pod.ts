// What a pod is to Istio: with a sidecar of either kind, a gateway, in ambient mode, proxyless, or nothing.
import type { Container } from '../kube/container.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import { parseJson, text } from '../kube/read.ts';

export type MeshRole =
  /** `native`: the proxy is an init container with restartPolicy Always (default since Istio 1.27). */
  | { readonly is: 'sidecar'; readonly native: boolean; readonly proxy: Container }
  | { readonly is: 'gateway'; readonly proxy: Container }
  | { readonly is: 'waypoint'; readonly proxy: Container }
  /** gRPC without Envoy: the agent runs, there is no proxy to configure. */
  | { readonly is: 'proxyless'; readonly proxy: Container }
  /** Redirected to the node's ztunnel; only ztunnel and waypoints talk to istiod. */
  | { readonly is: 'ambient' }
  | { readonly is: 'ztunnel' }
  | { readonly is: 'control-plane' }
  | { readonly is: 'none' };

/** Name of the proxy container: istio istioctl/pkg/util/... and inject.FindSidecar look in both lists. */
export const proxyName = 'istio-proxy';

export function meshRole(pod: Pod): MeshRole {
  const proxy = pod.containers.find((c) => c.name === proxyName && c.role !== 'init');
  if (pod.labels['app'] === 'istiod') return { is: 'control-plane' };
  if (pod.labels['app'] === 'ztunnel') return { is: 'ztunnel' };
  if (!proxy)
    return pod.annotations['ambient.istio.io/redirection'] === 'enabled'
      ? { is: 'ambient' }
      : { is: 'none' };
  if (isProxyless(pod)) return { is: 'proxyless', proxy };
  const role = proxy.args.find((arg) => ['sidecar', 'router', 'waypoint'].includes(arg));
  if (role === 'waypoint') return { is: 'waypoint', proxy };
  if (role === 'router') return { is: 'gateway', proxy };
  return { is: 'sidecar', native: proxy.role === 'sidecar', proxy };
}

/** Template `grpc-agent` (istio manifests/charts/istio-control/istio-discovery/files/grpc-agent.yaml). */
function isProxyless(pod: Pod): boolean {
  return (pod.annotations['inject.istio.io/templates'] ?? '').split(',').includes('grpc-agent');
}

/** The proxy container of a pod that has one. */
export function proxyOf(role: MeshRole): Container | undefined {
  return 'proxy' in role ? role.proxy : undefined;
}

/** The revision that injected the pod: annotation `istio.io/rev`, or the injector's own status. */
export function revisionOf(pod: Pod): string | undefined {
  const status = parseJson(pod.annotations['sidecar.istio.io/status'] ?? '');
  return pod.annotations['istio.io/rev'] ?? text(status, 'revision') ?? pod.labels['istio.io/rev'];
}
