// How a leaf certificate fares: a pure reading of its dates, held against how Linkerd issues and renews.
import { valueOf, type Answer } from '../../../src/authoring.ts';
import type { ProxyCertificate } from '../../../src/facts/linkerd/identity/proxy-certificate.ts';
import type { Certificate } from '../../../src/model/certificates/x509.ts';

/** linkerd2 pkg/tls/ca.go DefaultClockSkewAllowance: a leaf begins so long before it is issued. */
export const SKEW_MS = 20_000;

/**
 * `early`: it begins later than now, so one of two clocks is wrong by more than is allowed for. `overdue`: its proxy should
 * have had a new one by now.
 */
export type LeafState = 'fine' | 'expired' | 'early' | 'overdue';

/**
 * A proxy asks for a new certificate after 70 % of what is left, and after each failure again after 70 % of the rest
 * (linkerd2-proxy linkerd/proxy/identity-client/src/certify.rs refresh_in). Past the first two attempts is overdue.
 */
const OVERDUE = 0.7 + 0.3 * 0.7;

export function leafState({ from, until }: Certificate, now: number): LeafState {
  if (until < now) return 'expired';
  if (from > now) return 'early';
  const issued = from + SKEW_MS;
  return now > issued + (until - issued) * OVERDUE ? 'overdue' : 'fine';
}

/** What a proxy presented, where it presented anything. */
export function presentedIn(answer: Answer<ProxyCertificate> | undefined) {
  const seen = valueOf(answer);
  return seen?.is === 'presented' ? { ...seen, state: leafState(seen.leaf, seen.now) } : undefined;
}
