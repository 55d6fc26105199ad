// The streams of one proxy as istiod reports them, however the answer was fetched.
import type { PodRef } from '../../core/refs.ts';
import type { ProxySync } from '../../model/istio/syncz.ts';

/** One stream of the proxy, as one istiod sees it. */
export type Stream = {
  readonly istiod: string;
  readonly revision: string;
  /** Milliseconds since the epoch; unknown when only istioctl could be asked. */
  readonly connectedAt: number | undefined;
  readonly sync: ProxySync;
};

export type SyncView = {
  /** The istiods that answered. */
  readonly answered: readonly string[];
  /** The istiods that accepted the connection and answered nothing that they were asked: they are stopped or starved. */
  readonly silent: readonly string[];
  /** The istiods that serve, and whose sync status alone does not answer. */
  readonly busy: readonly string[];
  /** Newest first; only the first one counts, any other is a leftover half-open stream. */
  readonly streams: readonly Stream[];
  /** Every proxy connected to the istiods that answered. */
  readonly proxies: readonly ProxySync[];
  readonly samples: number;
  readonly at: number;
};

export type SyncArgs = {
  readonly pod: PodRef;
  readonly root: string;
  readonly revision?: string | undefined;
};

export function newestFirst(streams: readonly Stream[]): readonly Stream[] {
  return [...streams].sort((a, b) => (b.connectedAt ?? 0) - (a.connectedAt ?? 0));
}
