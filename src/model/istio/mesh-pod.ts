// What a pod is to Istio: with a sidecar of either kind, a gateway, in ambient mode, proxyless, or nothing.
import type { Container } from '../kube/container.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import { parseJson, text, texts } from '../kube/read.ts';

export type MeshRole =
  /** `native`: the proxy is an init container with restartPolicy Always (default since Istio 1.27). */
  | { readonly is: 'sidecar'; readonly native: boolean; readonly proxy: Container }
  | { readonly is: 'gateway'; readonly proxy: Container }
  | { readonly is: 'waypoint'; readonly proxy: Container }
  /** gRPC without Envoy: the library in the application takes its config from istiod, through an agent or itself. */
  | { readonly is: 'proxyless'; readonly proxy: Container | undefined }
  /** Injected by a template of its own that adds no proxy of Istio. */
  | { readonly is: 'custom'; readonly added: readonly string[] }
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
  const added = injected(pod);
  if (isProxyless(pod, proxy, added)) return { is: 'proxyless', proxy };
  if (!proxy) {
    if (added.length > 0) return { is: 'custom', added };
    return { is: isRedirected(pod) ? 'ambient' : 'none' };
  }
  const role = proxy.args.find((arg) => ['sidecar', 'router', 'waypoint'].includes(arg));
  if (role === 'waypoint') return { is: 'waypoint', proxy };
  if (role === 'router') return { is: 'gateway', proxy };
  return { is: 'sidecar', native: proxy.role === 'sidecar', proxy };
}

function isRedirected({ annotations }: Pod): boolean {
  return annotations['ambient.istio.io/redirection'] === 'enabled';
}

/**
 * What the injector noted that it added (istio pkg/kube/inject/inject.go SidecarInjectionStatus), as far as the pod has it:
 * a note that was copied with a manifest proves nothing.
 */
function injected({ annotations, containers }: Pod): readonly string[] {
  const status = parseJson(annotations['sidecar.istio.io/status'] ?? '');
  const noted = [...texts(status, 'initContainers'), ...texts(status, 'containers')];
  return noted.filter((name) => containers.some((container) => container.name === name));
}

/** istio manifests/charts/istio-control/istio-discovery/files/grpc-agent.yaml, grpc-simple.yaml. */
const proxylessTemplates = ['grpc-agent', 'grpc-simple'];
const bootstrapper = 'grpc-bootstrap-init';

function isProxyless(
  { annotations }: Pod,
  proxy: Container | undefined,
  added: readonly string[],
): boolean {
  const asked = (annotations['inject.istio.io/templates'] ?? '').split(',');
  const isAsked = asked.some((name) => proxylessTemplates.includes(name.trim()));
  return added.includes(bootstrapper) || (isAsked && (proxy !== undefined || added.length > 0));
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
