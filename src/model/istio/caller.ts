// Which identity a caller has at the proxy it calls: a principal with mutual TLS, none without.
// Automatic mutual TLS: istio pilot/pkg/networking/core/cluster_tls.go buildAutoMtlsSettings, and
// pilot/pkg/xds/endpoints/mtls_checker.go for the server's side.
import type { MtlsMode } from './authz/types.ts';
import type { TlsRule } from '../../facts/istio/client-rules.ts';
import { meshRole } from './mesh-pod.ts';
import type { Pod } from '../../facts/kube/pod.ts';

export type Plaintext =
  | { readonly is: 'no-sidecar' }
  /** Its ztunnel has no tunnel to a pod whose sidecar does not accept one. */
  | { readonly is: 'ambient' }
  | { readonly is: 'excluded'; readonly annotation: string; readonly value: string }
  | { readonly is: 'destination-rule'; readonly tls: TlsRule }
  | { readonly is: 'server-disabled' }
  | { readonly is: 'auto-mtls-off' };

export type CallerIdentity =
  | { readonly is: 'mtls'; readonly principal: string }
  | { readonly is: 'plaintext'; readonly because: Plaintext }
  | { readonly is: 'unknown' };

export type Connection = {
  readonly caller: Pod;
  readonly trustDomain: string;
  readonly autoMtls: boolean;
  /** The effective mode of the port that is called. */
  readonly mode: MtlsMode;
  readonly tls: TlsRule | undefined;
  /** What the caller dials: the Service's address and port. */
  readonly port: number | undefined;
  readonly ip: string | undefined;
  /** The called pod speaks HBONE: it is in ambient mode, or its sidecar accepts tunnels. */
  readonly tunnel: boolean;
};

export function principalOf(pod: Pod, trustDomain: string): string {
  return `${trustDomain}/ns/${pod.ref.namespace}/sa/${pod.serviceAccount}`;
}

export function callerIdentity(c: Connection): CallerIdentity {
  const role = meshRole(c.caller);
  const principal = principalOf(c.caller, c.trustDomain);
  if (role.is === 'ambient' || role.is === 'ztunnel') {
    return c.tunnel ? { is: 'mtls', principal } : plaintext({ is: 'ambient' });
  }
  if (role.is === 'none' || role.is === 'control-plane') return plaintext({ is: 'no-sidecar' });
  if (role.is === 'proxyless' || role.is === 'custom') return { is: 'unknown' };
  const excluded = excludedBy(c);
  if (excluded) return plaintext(excluded);
  if (c.tls) {
    return c.tls.mode === 'ISTIO_MUTUAL'
      ? { is: 'mtls', principal }
      : plaintext({ is: 'destination-rule', tls: c.tls });
  }
  if (!c.autoMtls) return plaintext({ is: 'auto-mtls-off' });
  return c.mode === 'DISABLE' ? plaintext({ is: 'server-disabled' }) : { is: 'mtls', principal };
}

function plaintext(because: Plaintext): CallerIdentity {
  return { is: 'plaintext', because };
}

const prefix = 'traffic.sidecar.istio.io/';

// tools/istio-iptables: traffic that these annotations name bypasses the proxy.
function excludedBy({ caller, port, ip }: Connection): Plaintext | undefined {
  const { annotations } = caller;
  const said = (name: string) => annotations[name] ?? '';
  const found = (annotation: string): Plaintext => ({
    is: 'excluded',
    annotation,
    value: said(annotation),
  });
  const mode = 'sidecar.istio.io/interceptionMode';
  if (said(mode) === 'NONE') return found(mode);
  const ports = `${prefix}excludeOutboundPorts`;
  if (port !== undefined && words(said(ports)).includes(String(port))) return found(ports);
  const ranges = `${prefix}excludeOutboundIPRanges`;
  if (ip !== undefined && words(said(ranges)).some((range) => contains(range, ip)))
    return found(ranges);
  const included = `${prefix}includeOutboundIPRanges`;
  const only = words(said(included));
  const left = ip !== undefined && included in annotations && !only.includes('*');
  return left && !only.some((range) => contains(range, ip)) ? found(included) : undefined;
}

function words(list: string): readonly string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** IPv4 ranges; for IPv6 only `*` and the exact address. */
export function contains(range: string, ip: string): boolean {
  if (range === '*' || range === ip) return true;
  const [base = '', bits = '32'] = range.split('/');
  const [network, address] = [bytes(base), bytes(ip)];
  const length = Number(bits);
  if (network === undefined || address === undefined || !(length >= 0 && length <= 32))
    return false;
  const size = 2 ** (32 - length);
  return Math.floor(network / size) === Math.floor(address / size);
}

function bytes(ip: string): number | undefined {
  const parts = ip.split('.').map(Number);
  const valid = parts.length === 4 && parts.every((p) => Number.isInteger(p) && p >= 0 && p < 256);
  return valid ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}
