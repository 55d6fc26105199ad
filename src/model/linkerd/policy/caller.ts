// How a caller appears to the proxy it calls: with an identity when both have a proxy and no port is skipped.
import type { Container } from '../../kube/container.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { linkerdRole } from '../mesh-pod.ts';
import { identityOf } from './authorizations.ts';
import type { Identity } from './decide.ts';
import type { ClusterInfo } from './types.ts';
import { annotation, portIn } from './workload.ts';

export type Plaintext =
  | { readonly is: 'no-proxy' }
  | { readonly is: 'host-network' }
  /** Packets to this port bypass the caller's proxy. */
  | { readonly is: 'skipped'; readonly port: number }
  /** The destination's proxy reports it: its log has no identity of this caller. */
  | { readonly is: 'seen' };
export type CallerIdentity =
  | { readonly is: 'tls'; readonly id: string }
  | { readonly is: 'none'; readonly because: Plaintext }
  | { readonly is: 'unknown' };

/** `dialed` is the port that the caller connects to: the Service's, if it calls a Service. */
export function identityOfCaller(
  caller: Pod,
  dialed: number | undefined,
  cluster: ClusterInfo,
): CallerIdentity {
  if (caller.hostNetwork) return { is: 'none', because: { is: 'host-network' } };
  const role = linkerdRole(caller);
  const proxy = role.is === 'none' ? undefined : role.proxy;
  if (!proxy) return { is: 'none', because: { is: 'no-proxy' } };
  if (dialed !== undefined && skips(caller, 'outbound', dialed)) {
    return { is: 'none', because: { is: 'skipped', port: dialed } };
  }
  return { is: 'tls', id: localName(caller, proxy, cluster) };
}

/** `$(_pod_sa).$(_pod_ns).serviceaccount.identity.linkerd.cluster.local` in the proxy's own environment. */
function localName({ serviceAccount, ref }: Pod, proxy: Container, cluster: ClusterInfo): string {
  const named = proxy.env['LINKERD2_PROXY_IDENTITY_LOCAL_NAME'] ?? '';
  const [, rest] =
    /^\$\(_pod_sa\)\.\$\(_pod_ns\)\.serviceaccount\.(identity\..+)$/.exec(named) ?? [];
  return rest === undefined
    ? identityOf(serviceAccount, ref.namespace, cluster)
    : `${serviceAccount}.${ref.namespace}.serviceaccount.${rest}`;
}

/**
 * linkerd-init has the skipped ports in its arguments; with the CNI plugin they stand only in the annotation
 * (linkerd2 charts/partials/templates/_proxy-init.tpl).
 */
export function skips(pod: Pod, way: 'inbound' | 'outbound', port: number): boolean {
  const init = pod.containers.find(({ name }) => name === 'linkerd-init');
  const flag = init?.args.indexOf(`--${way}-ports-to-ignore`) ?? -1;
  const said = flag >= 0 ? init?.args[flag + 1] : undefined;
  const key = way === 'inbound' ? annotation.skipInbound : annotation.skipOutbound;
  return portIn(said ?? pod.annotations[key], port);
}

export function asIdentity(identity: CallerIdentity): Identity {
  return identity.is === 'none' ? { is: 'none' } : identity;
}
