// A Gateway as istiod reads it: its servers and their hosts.
import type { KubeObject } from '../../../core/object.ts';
import type { Labels } from '../../kube/labels.ts';
import { items, labels, number, part, strings, text } from '../../kube/loose.ts';
import { idOf } from '../../kube/order.ts';
import type { Block } from './block.ts';

/** `namespace/host`; without a namespace VirtualServices of any may have it. */
export type ServerHost = { readonly namespace: string; readonly host: string };
export type Server = {
  /** The JSON pointer it is written at. */
  readonly at: string;
  readonly port: number;
  /** HTTP, HTTPS, TLS, TCP... in capitals. */
  readonly protocol: string;
  readonly bind: string;
  readonly hosts: readonly ServerHost[];
  /** `spec.servers[].tls.mode`; absent without TLS. */
  readonly tls: string | undefined;
  readonly credentials: readonly string[];
};
export type Gateway = {
  readonly object: KubeObject;
  readonly namespace: string;
  /** `namespace/name` */
  readonly id: string;
  readonly selector: Labels;
  readonly servers: readonly Server[];
};

export function readGateway(object: KubeObject): Gateway {
  const { namespace = '' } = object.metadata;
  return {
    object,
    namespace,
    id: idOf(object),
    selector: labels(object.spec, 'selector'),
    servers: items(object.spec, 'servers').flatMap(({ at, is }): Server[] => {
      const port = number(part(is, 'port'), 'number');
      if (port === undefined) return [];
      const tls = part(is, 'tls');
      const single = text(tls, 'credentialName');
      return [
        {
          at: `/spec/servers/${at}`,
          port,
          protocol: (text(part(is, 'port'), 'protocol') ?? '').toUpperCase(),
          bind: text(is, 'bind') ?? '',
          hosts: strings(is, 'hosts').map((host) => serverHost(host, namespace)),
          tls: is.tls === undefined ? undefined : (text(tls, 'mode') ?? 'PASSTHROUGH'),
          credentials: single === undefined ? strings(tls, 'credentialNames') : [single],
        },
      ];
    }),
  };
}

// istio/istio pilot/pkg/model/gateway.go sanitizeServerHostNamespace
function serverHost(written: string, own: string): ServerHost {
  const [first = '', host] = written.toLowerCase().split('/');
  if (host === undefined) return { namespace: '*', host: first };
  return { namespace: first === '.' ? own : first, host };
}

// pilot/pkg/networking/core/gateway.go createGatewayTCPFilterChainOpts, pkg/config/gateway/gateway.go IsHTTPServer
export function blockOf(server: Server): Block {
  if (['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'].includes(server.protocol)) return 'http';
  const passes = server.tls === 'PASSTHROUGH' || server.tls === 'AUTO_PASSTHROUGH';
  if (server.protocol === 'HTTPS' && !passes) return 'http';
  return passes ? 'tls' : 'tcp';
}
