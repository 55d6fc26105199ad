// The part of a route's match that istiod decides before anything is sent: whose sidecar, which port.
import { matchesAll } from '../../kube/labels.ts';
import { filled, labels, number, part, strings, text, type Loose } from '../../kube/loose.ts';
import type { Scene } from './scene.ts';

/** A proxy, and what it is reached through: the Gateway a request came in by; a sidecar is `mesh`. */
export type Viewer = Scene['pod'] & { readonly via?: string };
type Pod = Viewer;

// istio/istio pilot/pkg/networking/core/route/route.go sourceMatchHTTP: with `gateways`, the source's labels
// and namespace are not looked at.
export function forHttp(match: Loose, pod: Pod, port: number | undefined): boolean {
  if (!forPort(match, port)) return false;
  const gateways = strings(match, 'gateways');
  if (gateways.length > 0) return gateways.includes(pod.via ?? 'mesh');
  return forSource(match, pod);
}

// pilot/pkg/networking/core/tls.go matchTLS, matchTCP
export function forStream(match: Loose, pod: Pod, port: number | undefined): boolean {
  const gateways = strings(match, 'gateways');
  if (gateways.length > 0 && !gateways.includes(pod.via ?? 'mesh')) return false;
  return forPort(match, port) && forSource(match, pod);
}

function forSource(match: Loose, pod: Pod): boolean {
  const from = text(match, 'sourceNamespace');
  if (from !== undefined && from !== pod.namespace) return false;
  return matchesAll(labels(match, 'sourceLabels'), pod.labels);
}

/** An unknown port may be any. */
function forPort(match: Loose, port: number | undefined): boolean {
  const wanted = number(match, 'port');
  return wanted === undefined || wanted === 0 || port === undefined || wanted === port;
}

// route.go TranslateRouteMatch and IsCatchAllRoute: nothing about the request but, at most, that its path
// starts with `/` or matches `.*`.
export function catchesAll(match: Loose, port: number | undefined): boolean {
  const asks = ['headers', 'withoutHeaders', 'queryParams', 'method', 'authority', 'scheme'];
  if (asks.some((key) => filled(match, key))) return false;
  if (port === undefined && (number(match, 'port') ?? 0) !== 0) return false;
  const uri = part(match, 'uri');
  return Object.keys(uri).length === 0 || uri.prefix === '/' || uri.regex === '.*';
}
