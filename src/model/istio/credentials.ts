// The Secrets that Gateways name, as Envoy and istiod call them.
import type { Gateway, Server } from './effect/gateway.ts';

/** A Secret that a server of a Gateway names. */
export type Credential = {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly namespace: string;
  readonly name: string;
  /** What Envoy asks istiod for. */
  readonly resources: readonly string[];
};

// istio/istio pilot/pkg/model/credentials/resource.go ToResourceName, ParseResourceName: without a namespace it is
// looked for where the gateway pod runs. pilot/pkg/networking/core/listener.go: the CA of MUTUAL is asked for as `-cacert`.
export function credentialsOf(
  gateways: readonly Gateway[],
  podNamespace: string,
): readonly Credential[] {
  return gateways.flatMap((gateway) =>
    gateway.servers.flatMap((server) =>
      server.credentials.flatMap((written): Credential[] => {
        const [, scheme = 'kubernetes', path = ''] =
          /^(?:([a-z-]+):\/\/)?(.+)$/.exec(written) ?? [];
        if (scheme !== 'kubernetes') return [];
        const [first = '', second] = path.split('/');
        const [namespace, name] = second === undefined ? [podNamespace, first] : [first, second];
        const resource = `kubernetes://${path}`;
        return [{ gateway, server, namespace, name, resources: [resource, `${resource}-cacert`] }];
      }),
    ),
  );
}
