// What Envoy rejects because of a Gateway, and not because of a line that a person wrote: a port that it may not open, a
// certificate that it cannot use.
import type { Refusal } from './sync-verdict.ts';

/** `reason`: `Permission denied`, `Address already in use`. */
export type PortRefusal = Refusal & { readonly port: number; readonly reason: string };

// envoy source/common/network/listen_socket_impl.cc
export function portRefusals(refusals: readonly Refusal[]): readonly PortRefusal[] {
  return refusals.flatMap((refusal): PortRefusal[] => {
    const [, port, reason = ''] = /cannot bind '[^']*:(\d+)': ([^\n]+)/.exec(refusal.error) ?? [];
    if (refusal.type !== 'LDS' || port === undefined) return [];
    return [{ ...refusal, port: Number(port), reason: reason.trim() }];
  });
}

// istio/istio pilot/pkg/xds/sds.go: a gateway is sent the Secrets of its Gateways, and what the agent serves never is.
export function certificateRefusals(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.filter(({ type }) => type === 'SDS');
}
