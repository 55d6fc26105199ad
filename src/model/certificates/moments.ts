// When certificates become valid and expire, if that is close enough to matter.
import { happened, type Happening } from '../../core/moment.ts';
import type { Certificate } from './x509.ts';

const mostMs = 30 * 24 * 3600_000;

/**
 * `whose`: "the trust anchor of linkerd"; the subject follows in parentheses. An expiry in the past is always told. A start
 * and a coming expiry are told within a tenth of the lifetime: a proxy's certificate of a day is always young, and that
 * means nothing.
 */
export function certificateMoments(
  all: readonly Certificate[],
  now: number,
  whose: string,
): readonly Happening[] {
  return all.flatMap(({ subject, names, from, until }) => {
    const near = Math.min(mostMs, (until - from) / 10);
    const who = `${whose} (${subject || names[0] || 'no subject'})`;
    const begins = from > now ? 'becomes valid' : 'became valid';
    const ends = until > now ? 'expires' : 'expired';
    return [
      ...(now - from < near ? happened('certificate', from, `${who} ${begins}`) : []),
      ...(until - now < near ? happened('certificate', until, `${who} ${ends}`) : []),
    ];
  });
}
