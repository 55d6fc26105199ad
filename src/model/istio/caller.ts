// Which identity a caller has at the proxy it calls: a principal with mutual TLS, none without.
// Automatic mutual TLS: istio pilot/pkg/networking/core/cluster_tls.go buildAutoMtlsSettings, and
// pilot/pkg/xds/endpoints/mtls_checker.go for the server's side.
import type { MtlsMode } from './authz/types.ts';
import type { TlsRule } from '../../facts/istio/client-rules.ts';
import { outboundBypass, type Bypass } from './interception.ts';
import { meshRole } from './mesh-pod.ts';
import type { Pod } from '../../facts/kube/pod.ts';

export type Plaintext =
  | { readonly is: 'no-sidecar' }
  /** Its ztunnel has no tunnel to a pod whose sidecar does not accept one. */
  | { readonly is: 'ambient' }
  | { readonly is: 'excluded'; readonly bypass: Bypass }
  | { readonly is: 'destination-rule'; readonly tls: TlsRule }
  | { readonly is: 'server-disabled' }
  | { readonly is: 'auto-mtls-off' }
  /** No mutual TLS of the mesh ends at this port of a gateway. */
  | { readonly is: 'gateway' }
  /** The called pod lacks the label that turns automatic mutual TLS on. */
  | { readonly is: 'unlabelled' }
  /** It dials the address of the pod: its sidecar has no cluster for that, and passes the connection on as it is. */
  | { readonly is: 'pod-address'; readonly host: string }
  /** The proxy that was called logged a connection without the server name of mutual TLS. */
  | { readonly is: 'logged' };

export type CallerIdentity =
  | { readonly is: 'mtls'; readonly principal: string }
  | { readonly is: 'plaintext'; readonly because: Plaintext }
  /** It sends mutual TLS to a port that takes none. */
  | { readonly is: 'refused'; readonly tls: TlsRule }
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
  /** It has the label by which callers know that it speaks mutual TLS; the injector sets it. */
  readonly labelled: boolean;
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
  const bypass = outboundBypass(c.caller, c);
  if (bypass) return plaintext({ is: 'excluded', bypass });
  if (c.tls) return byRule(c.tls, c, principal);
  if (!c.autoMtls) return plaintext({ is: 'auto-mtls-off' });
  if (!c.labelled && !c.tunnel) return plaintext({ is: 'unlabelled' });
  return c.mode === 'DISABLE' ? plaintext({ is: 'server-disabled' }) : { is: 'mtls', principal };
}

/** A DestinationRule decides whatever the server takes. */
function byRule(tls: TlsRule, { mode }: Connection, principal: string): CallerIdentity {
  if (tls.mode !== 'ISTIO_MUTUAL') return plaintext({ is: 'destination-rule', tls });
  return mode === 'DISABLE' ? { is: 'refused', tls } : { is: 'mtls', principal };
}

export function plaintext(because: Plaintext): CallerIdentity {
  return { is: 'plaintext', because };
}
