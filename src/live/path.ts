// Request paths of the Kubernetes API.
import type { PodRef, Resource } from '../core/refs.ts';

/** `/apis/networking.istio.io/v1/namespaces/shop/virtualservices/web`. */
export function resourcePath(resource: Resource, namespace?: string, name?: string): string {
  const { group, version, plural } = resource;
  return join(
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    plural,
    ...(name === undefined ? [] : [name]),
  );
}

/** `/api/v1/namespaces/shop/pods/web-1/log`. */
export function podPath(pod: PodRef, subresource: string): string {
  return join('api', 'v1', 'namespaces', pod.namespace, 'pods', pod.name, subresource);
}

/** An empty or dotted segment would ask for something else: `get pods ""` is a list. */
function join(...segments: readonly string[]): string {
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new RangeError('a name in the question is empty or a dot');
  }
  return `/${segments.map(encodeURIComponent).join('/')}`;
}
