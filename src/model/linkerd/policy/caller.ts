// How a caller appears to the proxy it calls: with an identity when both have a proxy and no port is skipped.
import type { Container } from '../../kube/container.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { linkerdProxyOf, linkerdRole, proxyContainer } from '../mesh-pod.ts';
import { identityOf } from './authorizations.ts';
import type { Identity } from './decide.ts';
import type { ClusterInfo } from './types.ts';
import { annotation, portIn } from './workload.ts';

export type Plaintext =
  | { readonly is: 'no-proxy' }
  | { readonly is: 'host-network' }
  /** Packets to this port bypass the caller's proxy. */
  | { readonly is: 'skipped'; readonly port: number }
  /** So do all packets of this container: it runs as the user of the proxy. */
  | { readonly is: 'proxy-uid'; readonly user: number; readonly container: string }
  /** It comes from the address of the destination's node. */
  | { readonly is: 'own-node' }
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
  const past = pastProxy(caller);
  return past && own(caller).every(({ runAsUser }) => runAsUser === past.user)
    ? { is: 'none', because: past }
    : { is: 'tls', id: localName(caller, proxy, cluster) };
}

/** Why the destination's proxy saw no mutual TLS of this caller, as far as its pod tells. */
export function plaintextOf(
  caller: Pod,
  dialed: number | undefined,
  cluster: ClusterInfo,
): Plaintext {
  const identity = identityOfCaller(caller, dialed, cluster);
  return identity.is === 'none' ? identity.because : (pastProxy(caller) ?? { is: 'seen' });
}

/**
 * iptables lets packets of the proxy's user past, whoever sends them (linkerd2-proxy-init pkg/iptables/iptables.go
 * "ignore-proxy-user-id"; linkerd2 issue 14796).
 */
function pastProxy(caller: Pod): Extract<Plaintext, { is: 'proxy-uid' }> | undefined {
  const init = caller.containers.find(({ name }) => name === 'linkerd-init');
  const said = argument(init, '--proxy-uid');
  const user = said === undefined ? linkerdProxyOf(caller)?.runAsUser : Number(said);
  const found = own(caller).find(({ runAsUser }) => runAsUser !== undefined && runAsUser === user);
  return found && user !== undefined ? { is: 'proxy-uid', user, container: found.name } : undefined;
}

/** The application's own containers. */
function own({ containers }: Pod): readonly Container[] {
  return containers.filter(({ name, role }) => role === 'main' && name !== proxyContainer);
}

function argument(container: Container | undefined, flag: string): string | undefined {
  const at = container?.args.indexOf(flag) ?? -1;
  return at >= 0 ? container?.args[at + 1] : undefined;
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
  const said = argument(init, `--${way}-ports-to-ignore`);
  const key = way === 'inbound' ? annotation.skipInbound : annotation.skipOutbound;
  return portIn(said ?? pod.annotations[key], port);
}

export function asIdentity(identity: CallerIdentity): Identity {
  return identity.is === 'none' ? { is: 'none' } : identity;
}
