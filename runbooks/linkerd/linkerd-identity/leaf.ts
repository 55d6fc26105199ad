// How a leaf certificate fares: a pure reading of its dates, held against how Linkerd issues and renews.
import type { Certificate } from '../../../src/model/certificates/x509.ts';

/** linkerd2 pkg/tls/ca.go DefaultClockSkewAllowance: a leaf begins so long before it is issued. */
export const SKEW_MS = 20_000;

export type LeafState =
  | { readonly is: 'fine' }
  | { readonly is: 'expired'; readonly byMs: number }
  /** It begins later than now: one of two clocks is wrong by more than is allowed for. */
  | { readonly is: 'early'; readonly byMs: number }
  /** Its proxy should have had a new one by now. */
  | { readonly is: 'overdue'; readonly byMs: number };

/**
 * A proxy asks for a new certificate after 70 % of what is left, and after each failure again after 70 % of the rest
 * (linkerd2-proxy linkerd/proxy/identity-client/src/certify.rs refresh_in). Past the first two attempts is overdue.
 */
const OVERDUE = 0.7 + 0.3 * 0.7;

export function leafState({ from, until }: Certificate, now: number): LeafState {
  if (until < now) return { is: 'expired', byMs: now - until };
  if (from > now) return { is: 'early', byMs: from - now };
  const issued = from + SKEW_MS;
  const second = issued + (until - issued) * OVERDUE;
  if (now > second) return { is: 'overdue', byMs: now - (issued + (until - issued) * 0.7) };
  return { is: 'fine' };
}
