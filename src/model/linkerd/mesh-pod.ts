// What a pod is to Linkerd. The proxy is looked for in both lists of containers: since 2.20 it is a native sidecar, an
// init container that restarts (linkerd2 charts/linkerd-control-plane/values.yaml proxy.nativeSidecar).
import type { Container } from '../kube/container.ts';
import type { Pod } from '../../facts/kube/pod.ts';

export type LinkerdRole =
  | { readonly is: 'meshed'; readonly native: boolean; readonly proxy: Container }
  /** A part of Linkerd itself; these have a proxy too, but for identity's own start. */
  | {
      readonly is: 'control-plane';
      readonly component: string;
      readonly proxy: Container | undefined;
    }
  | { readonly is: 'none' };

/** Names as linkerd2 pkg/k8s/labels.go has them. */
export const proxyContainer = 'linkerd-proxy';
export const injectAnnotation = 'linkerd.io/inject';
const componentLabel = 'linkerd.io/control-plane-component';
const controlPlaneLabel = 'linkerd.io/control-plane-ns';
const versionAnnotation = 'linkerd.io/proxy-version';
const adminPortName = 'linkerd-admin';
const defaultAdminPort = 4191;

/** Labels can be copied by hand, so the container decides. */
export function linkerdRole({ containers, labels }: Pod): LinkerdRole {
  const proxy = linkerdProxyOf({ containers });
  const component = labels[componentLabel];
  if (component !== undefined) return { is: 'control-plane', component, proxy };
  return proxy ? { is: 'meshed', native: proxy.role === 'sidecar', proxy } : { is: 'none' };
}

export function linkerdProxyOf({ containers }: Pick<Pod, 'containers'>): Container | undefined {
  return containers.find((c) => c.name === proxyContainer && c.role !== 'init');
}

/** The namespace of the control plane that injected the pod. */
export function controlPlaneOf({ labels }: Pod): string | undefined {
  return labels[controlPlaneLabel];
}

/** `edge-26.8.3`, `stable-2.14.10`, `v2.366.0`. */
export function proxyVersion(pod: Pod): string | undefined {
  const image = pod.containers.find(({ name }) => name === proxyContainer)?.image ?? '';
  return pod.annotations[versionAnnotation] ?? /:([\w.-]+)(?:@sha256:\w+)?$/.exec(image)?.[1];
}

/** Where the proxy serves /metrics, /ready and its identity: annotation `config.linkerd.io/admin-port` moves it. */
export function adminPortOf({ containers }: Pod): number {
  const proxy = containers.find(({ name }) => name === proxyContainer);
  return proxy?.ports.find(({ name }) => name === adminPortName)?.port ?? defaultAdminPort;
}
