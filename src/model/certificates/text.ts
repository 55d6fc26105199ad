// Certificates and their dates, in words.
import { age } from '../../core/text.ts';
import type { Certificate } from './x509.ts';

/** `CN=root.linkerd.cluster.local: until 2036-11-18T14:00:00Z (expired), ECDSA P-256` */
export function certificateLine({ subject, from, until, key: kind }: Certificate, now: number) {
  const early = from > now ? ` (not valid before ${isoText(from)})` : '';
  const state = until < now ? ' (expired)' : early;
  return `${subject || 'no subject'}: until ${isoText(until)}${state}, ${kind}`;
}

/** `2h3m ago (2026-11-15T00:00:00Z)`, `in 2h3m (...)`; only the date where no clock was read. */
export function whenText(at: number, now: number): string {
  if (Number.isNaN(now)) return isoText(at);
  const how = at < now ? `${age(now - at)} ago` : `in ${age(at - now)}`;
  return `${how} (${isoText(at)})`;
}

export function isoText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
