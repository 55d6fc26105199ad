// Authorizations that were meant for a port and are not in force there. Linkerd does not report that they have no
// effect: Servers and AuthorizationPolicies have no status, and a targetRef to a missing object is no error.
import type { KubeObject } from '../../../core/object.ts';
import { text } from '../../kube/read.ts';
import { resolvePolicy, targetOf, type Void } from './authorizations.ts';
import { isKind, isRoute, refText, sameRef, type Target } from './refs.ts';
import { bindings, unattached, type Unattached } from './routes.ts';
import { portsOf, selectsPod, serversAt } from './server.ts';
import type { Authz, PortServer, Ref, Scene } from './types.ts';

export type Beside = {
  readonly policy: KubeObject;
  readonly why: NotInForce;
  /** What it would authorize; `undefined` when its authentications do not exist. */
  readonly authz: Authz | undefined;
};
export type NotInForce =
  | { readonly is: 'no-server'; readonly name: string }
  | { readonly is: 'other-namespace'; readonly server: string }
  /** It is for every Server of the namespace, and no Server selects the port. */
  | { readonly is: 'port-without-server'; readonly port: number }
  | { readonly is: 'shadowed'; readonly server: string; readonly by: string }
  | { readonly is: 'port-name'; readonly server: string; readonly port: string }
  | { readonly is: 'no-route'; readonly ref: Ref }
  | { readonly is: 'route-refused'; readonly ref: Ref; readonly why: Unattached }
  | { readonly is: 'route-on-tcp'; readonly ref: Ref; readonly server: string }
  | { readonly is: 'void'; readonly why: Void }
  | { readonly is: 'unsupported'; readonly kind: string };

export function beside(scene: Scene, port: number, server: PortServer): readonly Beside[] {
  return scene.objects.authorizationPolicies.flatMap((policy) => {
    const resolved = resolvePolicy(policy, scene);
    const why = notInForce(policy, scene, port, server);
    if (why) return [{ policy, why, authz: resolved.ok ? resolved.authz : undefined }];
    if (resolved.ok || !isMeantFor(policy, server)) return [];
    return [{ policy, why: { is: 'void', why: resolved.why }, authz: undefined }];
  });
}

/** It names this Server, its namespace or one of its routes. */
function isMeantFor(policy: KubeObject, { ref, routes }: PortServer): boolean {
  const target = targetOf(policy);
  if (!target || ref.kind !== 'Server') return false;
  if (isRoute(target)) return routes.some((route) => sameRef(route.ref, target));
  return isKind(target, 'core', 'Namespace') || target.name === ref.name;
}

function notInForce(
  policy: KubeObject,
  scene: Scene,
  port: number,
  server: PortServer,
): NotInForce | undefined {
  const own = policy.metadata.namespace === scene.workload.namespace;
  const target = targetOf(policy);
  if (!target) {
    const kind = text(policy.spec, 'targetRef', 'kind') ?? 'nothing';
    return own ? { is: 'unsupported', kind } : undefined;
  }
  if (!own) {
    const mine = server.ref.kind === 'Server' && target.name === server.ref.name;
    return mine && !isRoute(target) ? { is: 'other-namespace', server: target.name } : undefined;
  }
  if (isKind(target, 'core', 'Namespace')) {
    return server.ref.kind === 'default' ? { is: 'port-without-server', port } : undefined;
  }
  return isRoute(target) ? ofRoute(target, scene, server) : ofServer(target, scene, port);
}

function ofServer({ name }: Target, scene: Scene, port: number): NotInForce | undefined {
  const { workload, objects } = scene;
  const named = objects.servers.find(
    ({ metadata }) => metadata.namespace === workload.namespace && metadata.name === name,
  );
  if (!named) return { is: 'no-server', name };
  const [first, ...others] = serversAt(scene, port);
  if (first && others.includes(named)) {
    return { is: 'shadowed', server: name, by: first.metadata.name };
  }
  const portName = text(named.spec, 'port');
  const nowhere = portName !== undefined && portsOf(named, workload).length === 0;
  return nowhere && selectsPod(named, workload)
    ? { is: 'port-name', server: name, port: portName }
    : undefined;
}

function ofRoute(target: Target, scene: Scene, server: PortServer): NotInForce | undefined {
  const ref: Ref = { group: target.group, kind: target.kind, name: target.name };
  const binding = bindings(scene.objects).find(
    (b) => b.object.metadata.namespace === scene.workload.namespace && sameRef(b.ref, ref),
  );
  if (!binding) return { is: 'no-route', ref };
  if (server.ref.kind !== 'Server' || !binding.servers.includes(server.ref.name)) return undefined;
  const why = unattached(binding, server.ref.name);
  if (why) return { is: 'route-refused', ref: binding.ref, why };
  const taken = server.routes.some((route) => sameRef(route.ref, binding.ref));
  return taken ? undefined : { is: 'route-on-tcp', ref: binding.ref, server: server.ref.name };
}

/** Routes that name the Server and are not in force there, named by a policy or not. */
export function routesBeside(
  scene: Scene,
  server: PortServer,
): readonly { readonly ref: Ref; readonly why: Unattached }[] {
  if (server.ref.kind !== 'Server') return [];
  return bindings(scene.objects).flatMap((binding) => {
    const own = binding.object.metadata.namespace === scene.workload.namespace;
    if (!own || !binding.servers.includes(server.ref.name)) return [];
    const why = unattached(binding, server.ref.name);
    return why ? [{ ref: binding.ref, why }] : [];
  });
}

/** `its targetRef names Server web, which does not exist in its namespace` */
export function notInForceText(why: NotInForce): string {
  switch (why.is) {
    case 'no-server':
      return `its targetRef names Server ${why.name}, which does not exist in its namespace`;
    case 'other-namespace':
      return `it is in another namespace than Server ${why.server}, and a targetRef works only within one namespace`;
    case 'port-without-server':
      return `it covers only the Servers of its namespace, and none selects port ${why.port}`;
    case 'shadowed':
      return `the older Server ${why.by} takes the port from its target, Server ${why.server}`;
    case 'port-name':
      return `Server ${why.server} selects the port named ${why.port}, and no container of the pod has a TCP port with that name`;
    case 'no-route':
      return `its targetRef names ${refText(why.ref)} of ${why.ref.group}, which does not exist in its namespace`;
    case 'route-refused':
      return `its target, ${refText(why.ref)}, is not in force: ${unattachedText(why.why)}`;
    case 'route-on-tcp':
      return `its target is ${refText(why.ref)}, and the protocol of Server ${why.server} has no such routes`;
    case 'void':
      return voidText(why.why);
    case 'unsupported':
      return `its targetRef names a ${why.kind}, which Linkerd does not support`;
  }
}

export function voidText(why: Void): string {
  switch (why.is) {
    case 'missing':
      return `it requires ${why.kind} ${why.namespace}/${why.name}, which does not exist`;
    case 'empty':
      return `${why.kind} ${why.namespace}/${why.name} names no client that Linkerd accepts`;
    case 'several':
      return `it requires more than one authentication of ${why.kind}, and Linkerd accepts only one`;
    case 'unsupported':
      return `it requires a ${why.kind}, which Linkerd does not accept as an authentication`;
  }
}

export function unattachedText(why: Unattached): string {
  switch (why.is) {
    case 'other-namespace':
      return `it names a Server in ${why.namespace}, and a route can only attach to Servers in its own namespace`;
    case 'port':
      return 'its parentRef names a port, which Linkerd does not accept for a Server';
    case 'section':
      return 'its parentRef names a section, which Linkerd does not accept for a Server';
    case 'filter':
      return `it has a filter that Linkerd does not support here (${why.says})`;
    case 'match':
      return `Linkerd does not support one of its matches: ${why.says}`;
    case 'not-accepted':
      return `its status says not accepted (${[why.reason, why.message].filter(Boolean).join(': ')})`;
    case 'no-status':
      return 'the policy controller has not accepted it (its status does not mention this Server)';
  }
}
