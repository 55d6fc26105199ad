// The ports that Gateways make a gateway open. A Gateway names a port of the Service; where the Service does not translate
// it, Envoy opens that port itself.
import { podText, type Found, type PodRef, type Rest } from '../../../../src/authoring.ts';
import type { GatewayPorts, OpenedPort } from '../../../../src/model/istio/effect/gateway-ports.ts';
import type { PortRefusal } from '../../../../src/model/istio/gateway-refusals.ts';
import { sentence } from '../../../../src/model/istio/sync-verdict.ts';
import { again } from '../fixes.ts';
import { tell } from '../says.ts';
import { openAnother, readGateway } from './fixes.ts';

export function deniedPort(
  refusal: PortRefusal,
  ports: GatewayPorts | undefined,
  pod: PodRef,
  from: Rest['from'],
): Found {
  const opened = ports?.opened.find(({ opens }) => opens === refusal.port);
  const slots = {
    pod,
    resource: opened ? `Gateway ${opened.gateway.id}` : 'A Gateway',
    port: String(refusal.port),
    reason: sentence(refusal.reason),
    why: opened && because(opened, refusal),
  };
  const sure = opened !== undefined && refusal.by !== 'log';
  return tell('gateway-port-denied', slots, {
    from,
    sure,
    fixes: fixes(refusal, opened, ports, pod),
  });
}

function fixes(
  refusal: PortRefusal,
  opened: OpenedPort | undefined,
  ports: GatewayPorts | undefined,
  pod: PodRef,
) {
  if (!opened) return [];
  return isPrivileged(refusal)
    ? openAnother(opened, ports?.service ?? [], again(pod))
    : [readGateway(opened.gateway, again(pod))];
}

// istio/istio pilot/pkg/model/gateway.go resolvePorts
function because({ server, by }: OpenedPort, refusal: PortRefusal): string {
  const translated = by
    ? `Service ${podText(by.service)} maps port ${server.port} to it.`
    : `No Service of the gateway has port ${server.port}, so Envoy opens that port itself.`;
  const rule = isPrivileged(refusal)
    ? ' Only root, or a pod with the sysctl net.ipv4.ip_unprivileged_port_start, may open a port below 1024.'
    : '';
  return translated + rule;
}

function isPrivileged({ port, reason }: PortRefusal): boolean {
  return port < 1024 && /permission denied/i.test(reason);
}
