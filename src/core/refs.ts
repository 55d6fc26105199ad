// Names of things in a cluster: resources, objects, pods.

/** A kind as the API server serves it. `group` is '' for the core group. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

/** `pods`, `virtualservices.networking.istio.io`: as kubectl takes and RBAC names them. */
export function resourceName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** One object. `namespace` is absent for cluster-scoped kinds. */
export type ObjectRef = {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
};

export type PodRef = { readonly namespace: string; readonly name: string };

/** `shop/cart-x2x4q` */
export function podText(pod: PodRef): string {
  return `${pod.namespace}/${pod.name}`;
}

/** `cart-x2x4q.shop`: how istiod, Envoy and istioctl name a proxy. */
export function dotted(pod: PodRef): string {
  return `${pod.name}.${pod.namespace}`;
}

/** Kubernetes' own rule for names (RFC 1123 subdomain, apimachinery pkg/util/validation). */
export function isName(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)
  );
}

/** What a controller makes a name unique with (apimachinery pkg/util/rand): no vowels, no 0, 1 and 3. */
export const suffixLetter = '[bcdfghjklmnpqrstvwxz2456789]';
