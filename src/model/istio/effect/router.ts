// What a gateway pod serves: the Gateways that select it, and the VirtualServices that are bound to those.
import { matchesAll } from '../../kube/labels.ts';
import { byAge, idOf, once } from '../../kube/order.ts';
import { readGateway, type Gateway, type Server } from './gateway.ts';
import { covers, overlaps } from './host-name.ts';
import type { Scene } from './scene.ts';
import type { VirtualService } from './virtual-service.ts';

export type Router = {
  /** Those that this pod serves, the oldest first. */
  readonly gateways: readonly Gateway[];
  /** Every Gateway that was read. */
  readonly all: readonly Gateway[];
};
/** A server that has hosts of a VirtualService. */
export type Binding = {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly hosts: readonly string[];
};

/** `undefined` for a sidecar. */
export function readRouter(scene: Scene): Router | undefined {
  const { router } = scene;
  if (!router) return undefined;
  const all = once(scene.gateways).sort(byAge).map(readGateway);
  return { all, gateways: all.filter((one) => fits(one, scene) && inScope(one, scene)) };
}

// istio/istio pilot/pkg/model/push_context.go mergeGateways: without a selector it is for every gateway pod.
export function fits({ selector }: Gateway, { pod }: Scene): boolean {
  return matchesAll(selector, pod.labels);
}

// push_context.go initGateways: PILOT_SCOPE_GATEWAY_TO_NAMESPACE
export function inScope({ namespace }: Gateway, { pod, router }: Scene): boolean {
  return router?.scope !== 'namespace' || namespace === pod.namespace;
}

/** The Gateways of this pod that a VirtualService names. */
export function boundTo(router: Router, vs: VirtualService): readonly Gateway[] {
  return router.gateways.filter((gateway) => vs.gateways.includes(gateway.id));
}

export function bindings(router: Router, vs: VirtualService): readonly Binding[] {
  return boundTo(router, vs).flatMap((gateway) =>
    gateway.servers.flatMap((server): Binding[] => {
      const hosts = commonHosts(server, vs);
      return hosts.length === 0 ? [] : [{ gateway, server, hosts }];
    }),
  );
}

// networking/core/gateway.go buildGatewayHTTPRouteConfig, pickMatchingGatewayHosts: the hosts that a
// server and a VirtualService have in common, in the narrower form of the two.
export function commonHosts(server: Server, vs: VirtualService): readonly string[] {
  const open = server.hosts.filter((one) => ['*', vs.namespace].includes(one.namespace));
  return open.flatMap(({ host }) =>
    vs.hosts.filter((own) => overlaps(host, own)).map((own) => (covers(host, own) ? own : host)),
  );
}

export function gatewayNamed(router: Router, id: string): Gateway | undefined {
  return router.all.find(({ object }) => idOf(object) === id);
}
