// The routes of a VirtualService that a pod's sidecar gets, and those that nothing can ever reach.
import { catchesAll, forHttp, forStream, type Viewer } from './match.ts';
import type { HttpRoute, StreamRoute, VirtualService } from './virtual-service.ts';

export type Routed = {
  readonly live: readonly HttpRoute[];
  /** Meant for this pod, but behind `catchAll`. */
  readonly dead: readonly HttpRoute[];
  readonly catchAll: HttpRoute | undefined;
};

// istio/istio pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService: in the order they are
// written, up to the first that takes every request.
export function httpRoutes(vs: VirtualService, pod: Viewer, port: number | undefined): Routed {
  const live: HttpRoute[] = [];
  const dead: HttpRoute[] = [];
  let catchAll: HttpRoute | undefined;
  for (const route of vs.http) {
    const matches = route.matches.filter((match) => forHttp(match, pod, port));
    if (route.matches.length > 0 && matches.length === 0) continue;
    (catchAll ? dead : live).push(route);
    const ends = route.matches.length === 0 || matches.some((match) => catchesAll(match, port));
    if (ends) catchAll ??= route;
  }
  return { live, dead, catchAll };
}

// pilot/pkg/networking/core/tls.go buildSidecarOutboundTCPFilterChainOpts, ...TLSFilterChainOpts
export function streamRoutes(
  vs: VirtualService,
  block: 'tcp' | 'tls',
  pod: Viewer,
  port: number | undefined,
): readonly StreamRoute[] {
  const live: StreamRoute[] = [];
  for (const route of vs.streams.filter((one) => one.block === block)) {
    const open = block === 'tcp' && route.matches.length === 0;
    if (!open && !route.matches.some((match) => forStream(match, pod, port))) continue;
    live.push(route);
    if (open) break;
  }
  return live;
}
