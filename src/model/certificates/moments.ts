// When certificates begin and end, where that is near enough to matter.
import { happened, type Happening } from '../../core/moment.ts';
import type { Certificate } from './x509.ts';

const mostMs = 30 * 24 * 3600_000;

/**
 * `whose`: "the trust anchor of linkerd", without an article of its own for the subject, which follows. What has ended
 * is told however long ago. A beginning and a coming end are told within a tenth of the lifetime: a proxy's
 * certificate of a day is always young, and says nothing by it.
 */
export function certificateMoments(
  all: readonly Certificate[],
  now: number,
  whose: string,
): readonly Happening[] {
  return all.flatMap(({ subject, names, from, until }) => {
    const near = Math.min(mostMs, (until - from) / 10);
    const who = `${whose} (${subject || names[0] || 'no subject'})`;
    const begins = from > now ? 'begins' : 'began';
    const ends = until > now ? 'ends' : 'ended';
    return [
      ...(now - from < near ? happened('certificate', from, `${who} ${begins}`) : []),
      ...(until - now < near ? happened('certificate', until, `${who} ${ends}`) : []),
    ];
  });
}
