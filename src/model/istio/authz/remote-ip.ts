// Which address a proxy takes for the client's, which `remoteIpBlocks` are matched against
// (envoy source/common/http/conn_manager_utility.cc, docs/root/configuration/http/http_conn_man/headers.rst
// "x-forwarded-for"; istio pilot/pkg/networking/core/gateway.go sets use_remote_address and the trusted hops).
import type { Point } from './types.ts';

/**
 * `trusted` is the gateway's numTrustedProxies. A gateway without them believes no header, and takes its peer; with N it
 * takes the Nth entry from the end. A sidecar believes the last entry. `undefined`: not known.
 */
export function remoteIp(
  point: Point['is'],
  trusted: number | undefined,
  peer: string | undefined,
  forwardedFor: string | null | undefined,
): string | undefined {
  if (point === 'ztunnel') return peer;
  const entries = (forwardedFor ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (point !== 'gateway') return entries.at(-1) ?? (forwardedFor === null ? peer : undefined);
  if (trusted === undefined) return undefined;
  if (trusted === 0) return peer;
  return entries.at(-trusted) ?? (forwardedFor === null ? peer : undefined);
}
