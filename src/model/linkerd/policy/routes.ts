// HTTPRoutes and GRPCRoutes that a Server has accepted (linkerd2 policy-controller/k8s/index/src/inbound/routes.rs,
// index/http.rs, index/grpc.rs, ../routes/http.rs).
import type { KubeObject } from '../../../core/object.ts';
import { at, list, text, texts } from '../../kube/read.ts';
import { gatewayGroup, isKind, policyGroup, readTarget, type Target } from './refs.ts';
import type { PathMatch, PolicyObjects, Ref, Route, RouteMatch, TextMatch } from './types.ts';

export type RouteKind = { readonly group: string; readonly kind: 'HTTPRoute' | 'GRPCRoute' };

/** Why a route that names a Server is not in force for it. */
export type Unattached =
  | { readonly is: 'other-namespace'; readonly namespace: string }
  | { readonly is: 'port' | 'section' }
  | { readonly is: 'filter' | 'match'; readonly says: string }
  | { readonly is: 'not-accepted'; readonly reason: string; readonly message: string }
  | { readonly is: 'no-status' };

export type Binding = {
  readonly ref: Ref;
  readonly object: KubeObject;
  /** Servers that it names, in its own namespace. */
  readonly servers: readonly string[];
  readonly route: Route;
  /** A fault of the whole route: none of it is in force then. */
  readonly invalid: Unattached | undefined;
};

export function bindings(objects: PolicyObjects): readonly Binding[] {
  return [
    ...objects.httpRoutes.map((o) => binding(o, { group: policyGroup, kind: 'HTTPRoute' })),
    ...objects.gatewayHttpRoutes.map((o) => binding(o, { group: gatewayGroup, kind: 'HTTPRoute' })),
    ...objects.grpcRoutes.map((o) => binding(o, { group: gatewayGroup, kind: 'GRPCRoute' })),
  ];
}

function binding(object: KubeObject, { group, kind }: RouteKind): Binding {
  const ref = { group, kind, name: object.metadata.name };
  const parents = list(object.spec, 'parentRefs')
    .map((value) => ({ value, target: readTarget(value) }))
    .filter(({ target }) => isKind(target, policyGroup, 'Server') && target.name !== '');
  const rules = list(object.spec, 'rules');
  const read = rules.map((rule) => list(rule, 'matches').map((m) => readMatch(m, kind)));
  const invalid =
    parents.flatMap(({ value, target }) => parentFault(value, target, object) ?? [])[0] ??
    read.flat().find((m): m is Unattached => 'is' in m) ??
    rules.flatMap((rule) => filterFault(rule, ref) ?? [])[0];
  return {
    ref,
    object,
    servers: parents.map(({ target }) => target.name),
    route: {
      ref,
      hosts: texts(object.spec, 'hostnames'),
      rules: read.map((rule) => rule.filter((m): m is RouteMatch => !('is' in m))),
      authzs: [],
    },
    invalid,
  };
}

function parentFault(value: unknown, target: Target, object: KubeObject): Unattached | undefined {
  const { namespace } = target;
  if (namespace !== undefined && namespace !== object.metadata.namespace) {
    return { is: 'other-namespace', namespace };
  }
  if (at(value, 'port') !== undefined) return { is: 'port' };
  return at(value, 'sectionName') === undefined ? undefined : { is: 'section' };
}

/** The controller ignores a route with a filter it does not support. */
function filterFault(rule: unknown, { group, kind }: Ref): Unattached | undefined {
  const taken =
    kind === 'GRPCRoute'
      ? ['requestHeaderModifier', 'responseHeaderModifier']
      : ['requestHeaderModifier', 'responseHeaderModifier', 'requestRedirect'];
  if (group === policyGroup) return undefined;
  const bad = list(rule, 'filters').find(
    (filter) => !taken.some((field) => at(filter, field) !== undefined),
  );
  return bad === undefined ? undefined : { is: 'filter', says: text(bad, 'type') ?? 'a filter' };
}

function readMatch(match: unknown, kind: RouteKind['kind']): RouteMatch | Unattached {
  const headers = list(match, 'headers').map(readText);
  if (kind === 'GRPCRoute') {
    if (text(match, 'method', 'type') === 'RegularExpression') {
      return { is: 'match', says: 'a method as a regular expression' };
    }
    const method = at(match, 'method');
    const rpc = { service: text(method, 'service') ?? '', method: text(method, 'method') ?? '' };
    return { headers, params: [], rpc: method === undefined ? 'unset' : rpc };
  }
  const path = at(match, 'path') === undefined ? undefined : readPath(at(match, 'path'));
  if (path && path.is !== 'regex' && !path.value.startsWith('/')) {
    return { is: 'match', says: `a path that does not start with a slash (${path.value})` };
  }
  const params = list(match, 'queryParams').map(readText);
  return { path, method: text(match, 'method'), headers, params };
}

function readPath(path: unknown): PathMatch {
  const type = text(path, 'type');
  const is = type === 'Exact' ? 'exact' : type === 'RegularExpression' ? 'regex' : 'prefix';
  return { is, value: text(path, 'value') ?? '/' };
}

function readText(match: unknown): TextMatch {
  const is = text(match, 'type') === 'RegularExpression' ? 'regex' : 'exact';
  return { is, name: text(match, 'name') ?? '', value: text(match, 'value') ?? '' };
}

/** `undefined` when the Server has taken it. */
export function unattached({ object, invalid }: Binding, server: string): Unattached | undefined {
  if (invalid) return invalid;
  const mine = list(object.status, 'parents').filter(
    (parent) =>
      text(parent, 'controllerName') === 'linkerd.io/policy-controller' &&
      text(parent, 'parentRef', 'kind') === 'Server' &&
      text(parent, 'parentRef', 'name') === server,
  );
  const conditions = mine.flatMap((parent) => list(parent, 'conditions'));
  const accepted = conditions.filter((c) => text(c, 'type') === 'Accepted');
  if (accepted.some((c) => text(c, 'status') === 'True')) return undefined;
  const [no] = accepted;
  if (no === undefined) return { is: 'no-status' };
  const [reason, message] = [text(no, 'reason') ?? '', text(no, 'message') ?? ''];
  return { is: 'not-accepted', reason, message };
}

/** The older first, then by name, group, kind (linkerd2 policy-controller/grpc/src/inbound/http.rs to_route_list). */
export function byPrecedence(a: Binding, b: Binding): number {
  const time = ({ object }: Binding) => object.metadata.creationTimestamp ?? '';
  return (
    compare(time(a), time(b)) ||
    compare(a.ref.name, b.ref.name) ||
    compare(a.ref.group, b.ref.group) ||
    compare(a.ref.kind, b.ref.kind)
  );
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
