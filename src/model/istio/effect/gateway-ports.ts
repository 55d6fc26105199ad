// The port of a Gateway, the port of its Service and the port that Envoy opens.
import type { KubeObject } from '../../../core/object.ts';
import { matchesAll } from '../../kube/labels.ts';
import { items, labels, number, text } from '../../kube/loose.ts';
import type { Gateway, Server } from './gateway.ts';

/** A port of a Service that selects the gateway pod. */
export type GatewayServicePort = {
  readonly service: { readonly namespace: string; readonly name: string };
  /** The JSON pointer it is written at. */
  readonly at: string;
  /** How many ports the Service has, and whether each has a name: then one more may be added. */
  readonly of: number;
  readonly named: boolean;
  readonly port: number;
  /** Absent for a named port of the pod. */
  readonly targetPort: number | undefined;
};
/** What a gateway pod's Service says of its ports. */
export type GatewayPorts = {
  readonly opened: readonly OpenedPort[];
  /** Empty also where no Service selects the pod. */
  readonly service: readonly GatewayServicePort[];
};
/** A server, the port that Envoy opens for it, and the Service's port that says so. */
export type OpenedPort = {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly opens: number;
  readonly by: GatewayServicePort | undefined;
};

export function portsOf(
  services: readonly KubeObject[],
  pod: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): readonly GatewayServicePort[] {
  return services
    .filter(({ metadata, spec }) => {
      const selector = labels(spec, 'selector');
      const fits = Object.keys(selector).length > 0 && matchesAll(selector, pod.labels);
      return metadata.namespace === pod.namespace && fits && !untranslated(metadata.labels ?? {});
    })
    .flatMap(({ metadata: { name, namespace = '' }, spec }) =>
      readPorts({ namespace, name }, items(spec, 'ports')),
    );
}

function readPorts(
  service: GatewayServicePort['service'],
  all: ReturnType<typeof items>,
): GatewayServicePort[] {
  const shared = {
    service,
    of: all.length,
    named: all.every(({ is }) => text(is, 'name') !== undefined),
  };
  return all.flatMap(({ at, is }) => {
    const port = number(is, 'port');
    if (port === undefined) return [];
    const byName = text(is, 'targetPort') !== undefined;
    const targetPort = byName ? undefined : (number(is, 'targetPort') ?? port);
    return [{ ...shared, at: `/spec/ports/${at}`, port, targetPort }];
  });
}

// istio/istio pilot/pkg/model/gateway.go DisableGatewayPortTranslationLabel
function untranslated(of: Readonly<Record<string, string>>): boolean {
  return 'experimental.istio.io/disable-gateway-port-translation' in of;
}

// gateway.go resolvePorts: a Gateway's port is a Service's, and Envoy opens its targetPort; without one, the port itself.
export function openedPorts(
  gateways: readonly Gateway[],
  ports: readonly GatewayServicePort[],
): readonly OpenedPort[] {
  return gateways.flatMap((gateway) =>
    gateway.servers.map((server) => {
      const by = ports.find(({ port }) => port === server.port);
      return { gateway, server, opens: by?.targetPort ?? server.port, by };
    }),
  );
}
