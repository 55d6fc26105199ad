// Root VirtualServices and their delegates: whose routes are merged in, and which references lead nowhere.
import { idOf } from '../../kube/order.ts';
import { exportedTo } from './export-to.ts';
import { number, part, record, strings, text, type Loose } from '../../kube/loose.ts';
import type { HttpRoute, VirtualService } from './virtual-service.ts';

export type Delegation =
  | { readonly is: 'none' }
  | { readonly is: 'merged'; readonly routes: readonly HttpRoute[] }
  | { readonly is: 'absent' }
  | { readonly is: 'root'; readonly delegate: VirtualService }
  | { readonly is: 'not-exported'; readonly delegate: VirtualService };

/** By `namespace/name`. */
export type ByName = ReadonlyMap<string, VirtualService>;

export function byNameOf(all: readonly VirtualService[]): ByName {
  return new Map(all.map((vs) => [idOf(vs.object), vs]));
}

// istio/istio pilot/pkg/model/virtualservice_controller.go mergeVirtualServices: a delegate that is not there,
// has hosts of its own or is not exported to its root costs that one route.
export function delegation(route: HttpRoute, root: VirtualService, all: ByName): Delegation {
  if (!route.delegate) return { is: 'none' };
  const delegate = all.get(`${route.delegate.namespace}/${route.delegate.name}`);
  if (!delegate) return { is: 'absent' };
  if (delegate.hosts.length > 0) return { is: 'root', delegate };
  if (!exportedTo(delegate.exportTo, delegate.namespace, root.namespace)) {
    return { is: 'not-exported', delegate };
  }
  return { is: 'merged', routes: delegate.http.flatMap((sub) => merge(route, sub)) };
}

export function withDelegates(root: VirtualService, all: ByName): VirtualService {
  const http = root.http.flatMap((route) => {
    const found = delegation(route, root, all);
    if (found.is === 'none') return [route];
    return found.is === 'merged' ? found.routes : [];
  });
  return { ...root, http };
}

// pilot/pkg/model/virtualservice.go mergeHTTPRoute, mergeHTTPMatchRequests: each match of the delegate must
// fit into one of the root's, or the route is left out.
function merge(root: HttpRoute, sub: HttpRoute): HttpRoute[] {
  if (root.matches.length === 0) return [sub];
  if (sub.matches.length === 0) return [{ ...sub, matches: root.matches }];
  const merged = sub.matches.map((leaf) =>
    root.matches.filter((match) => !conflict(match, leaf)).map((match) => join(match, leaf)),
  );
  return merged.some((found) => found.length === 0) ? [] : [{ ...sub, matches: merged.flat() }];
}

const MAPS = ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'] as const;

// virtualservice.go mergeHTTPMatchRequest
function join(root: Loose, leaf: Loose): Loose {
  const maps = MAPS.map((key) => [key, { ...part(root, key), ...part(leaf, key) }] as const);
  const gateways = strings(leaf, 'gateways').length > 0 ? leaf.gateways : root.gateways;
  return { ...root, ...leaf, ...Object.fromEntries(maps), gateways };
}

// virtualservice.go hasConflict
function conflict(root: Loose, leaf: Loose): boolean {
  const texts = ['uri', 'scheme', 'method', 'authority'];
  if (texts.some((key) => textConflict(record(root[key]), record(leaf[key])))) return true;
  const maps = ['headers', 'withoutHeaders', 'queryParams'];
  if (maps.some((key) => mapConflict(part(root, key), part(leaf, key)))) return true;
  if ((root.ignoreUriCase ?? false) !== (leaf.ignoreUriCase ?? false)) return true;
  const [rootPort, leafPort] = [number(root, 'port') ?? 0, number(leaf, 'port') ?? 0];
  if (rootPort > 0 && leafPort > 0 && rootPort !== leafPort) return true;
  const from = text(root, 'sourceNamespace');
  if (from !== undefined && text(leaf, 'sourceNamespace') !== from) return true;
  const [wanted, given] = [part(root, 'sourceLabels'), part(leaf, 'sourceLabels')];
  if (Object.keys(given).some((key) => key in wanted && wanted[key] !== given[key])) return true;
  const outer = strings(root, 'gateways');
  return outer.length > 0 && strings(leaf, 'gateways').some((name) => !outer.includes(name));
}

function mapConflict(root: Loose, leaf: Loose): boolean {
  return Object.keys(leaf).some((key) => textConflict(record(root[key]), record(leaf[key])));
}

// virtualservice.go stringMatchConflict
function textConflict(root: Loose | undefined, leaf: Loose | undefined): boolean {
  if (!root || !leaf) return false;
  if (text(root, 'regex') !== undefined || text(leaf, 'regex') !== undefined) return true;
  const [exact, leafExact] = [text(root, 'exact'), text(leaf, 'exact')];
  if (exact !== undefined) return leafExact !== exact;
  const prefix = text(root, 'prefix');
  const inside = text(leaf, 'prefix') ?? leafExact;
  return prefix === undefined || inside === undefined || !inside.startsWith(prefix);
}
