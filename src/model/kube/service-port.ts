// Which protocol istiod assigns to a port. A port without one is sniffed, and then HTTP routes apply to it.
import { number, text } from './loose.ts';

export type Protocol = 'http' | 'tcp' | 'tls' | 'udp' | 'sniffed';
export type Port = {
  readonly number: number;
  readonly name: string | undefined;
  readonly protocol: Protocol;
};

// istio/istio pkg/config/protocol/instance.go Parse, IsHTTP, IsTCP, IsTLS
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  http: 'http',
  http2: 'http',
  http_proxy: 'http',
  grpc: 'http',
  'grpc-web': 'http',
  https: 'tls',
  tls: 'tls',
  tcp: 'tcp',
  mongo: 'tcp',
  redis: 'tcp',
  mysql: 'tcp',
  udp: 'udp',
};
// pkg/config/kube/conversion.go ConvertProtocol: names that only `appProtocol` may have, and the ports that
// are never sniffed.
const APP_PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'http',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'tls',
};
const NEVER_SNIFFED = new Set([25, 53, 3306, 27017]);

/** A port of a Service. */
export function servicePort(port: unknown): Port | undefined {
  const at = number(port, 'port');
  if (at === undefined) return undefined;
  const name = text(port, 'name');
  return { number: at, name, protocol: protocolOf(port, at, name) };
}

function protocolOf(port: unknown, at: number, name: string | undefined): Protocol {
  if (text(port, 'protocol') === 'UDP') return 'udp';
  const said = text(port, 'appProtocol');
  const standard = said === undefined ? undefined : APP_PROTOCOLS[said];
  if (standard) return standard;
  const word = (said ?? name ?? '').toLowerCase();
  if (word.startsWith('grpc-web')) return 'http';
  return PROTOCOLS[word.split('-')[0] ?? ''] ?? (NEVER_SNIFFED.has(at) ? 'tcp' : 'sniffed');
}

// pilot/pkg/serviceregistry/serviceentry/conversion.go convertPort
/** A port of a ServiceEntry. */
export function entryPort(port: unknown): Port | undefined {
  const at = number(port, 'number');
  if (at === undefined) return undefined;
  const word = (text(port, 'protocol') ?? '').toLowerCase();
  return { number: at, name: text(port, 'name'), protocol: PROTOCOLS[word] ?? 'sniffed' };
}

// protocol/instance.go IsHTTPOrSniffed; core/tls.go buildSidecarOutboundTCPFilterChainOpts leaves TLS ports
// to buildSidecarOutboundTLSFilterChainOpts.
export function carries(port: Port, block: 'http' | 'tcp' | 'tls'): boolean {
  if (port.protocol === 'sniffed') return block !== 'tls';
  return port.protocol === block;
}
