// The routes of a VirtualService that a pod's sidecar uses, and those that nothing can ever reach.
import { filled, strings, type Loose } from '../../kube/loose.ts';
import { catchesAll, forHttp, forStream, type Viewer } from './match.ts';
import { takesAll } from './takes.ts';
import type { HttpRoute, StreamRoute, VirtualService } from './virtual-service.ts';

export type Dead<R> = {
  /** Meant for this pod, but `behind` takes all of its requests. */
  readonly route: R;
  readonly behind: R;
  /** Every request, or those that the route asks for. */
  readonly takes: 'everything' | 'its own';
};
export type Routed<R> = { readonly live: readonly R[]; readonly dead: readonly Dead<R>[] };

// istio/istio pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService: in the order they are
// written, up to the first that takes every request; Envoy uses the first that matches.
export function httpRoutes(
  vs: VirtualService,
  pod: Viewer,
  port: number | undefined,
): Routed<HttpRoute> {
  const live: HttpRoute[] = [];
  const dead: Dead<HttpRoute>[] = [];
  const earlier: { readonly route: HttpRoute; readonly match: Loose }[] = [];
  let catchAll: HttpRoute | undefined;
  for (const route of vs.http) {
    const matches = route.matches.filter((match) => forHttp(match, pod, port));
    if (route.matches.length > 0 && matches.length === 0) continue;
    const all = route.matches.length === 0 ? [{}] : matches;
    // On an unknown port a match may be for another one.
    const takers = all.map((match) => earlier.find((one) => takesAll(one.match, match))?.route);
    const behind = takers.includes(undefined) || port === undefined ? undefined : takers[0];
    if (catchAll) dead.push({ route, behind: catchAll, takes: 'everything' });
    else if (behind) dead.push({ route, behind, takes: 'its own' });
    else live.push(route);
    earlier.push(...all.map((match) => ({ route, match })));
    const ends = route.matches.length === 0 || matches.some((match) => catchesAll(match, port));
    if (ends) catchAll ??= route;
  }
  return { live, dead };
}

// pilot/pkg/networking/core/tls.go buildSidecarOutboundTCPFilterChainOpts: up to the first that takes any address.
// buildSidecarOutboundTLSFilterChainOpts: of matches with the same names and subnets the first.
export function streamRoutes(
  vs: VirtualService,
  block: 'tcp' | 'tls',
  pod: Viewer,
  port: number | undefined,
): Routed<StreamRoute> {
  const live: StreamRoute[] = [];
  const dead: Dead<StreamRoute>[] = [];
  const handled = new Map<string, StreamRoute>();
  for (const route of vs.streams.filter((one) => one.block === block)) {
    const keys =
      block === 'tcp' && route.matches.length === 0
        ? [anyAddress]
        : route.matches.filter((match) => forStream(match, pod, port)).map(keyOf(block));
    if (keys.length === 0) continue;
    const ended = handled.get(anyAddress);
    const takers = keys.map((key) => ended ?? handled.get(key));
    const behind = takers.includes(undefined) || port === undefined ? undefined : takers[0];
    if (behind) dead.push({ route, behind, takes: ended ? 'everything' : 'its own' });
    else live.push(route);
    for (const key of keys) if (!handled.has(key)) handled.set(key, route);
  }
  return { live, dead };
}

const anyAddress = 'any address';

/** What Envoy is left to compare. TCP routes by subnet all stay: each adds its own. */
function keyOf(block: 'tcp' | 'tls'): (match: Loose) => string {
  return (match) => {
    const subnets = strings(match, 'destinationSubnets');
    if (block === 'tls') return [strings(match, 'sniHosts').join(','), ...subnets].join('|');
    return filled(match, 'destinationSubnets') ? `subnets ${subnets.join(',')}` : anyAddress;
  };
}
