// What is wrong with a proxy or a Prometheus although the figures are there.
import { age, cite, podText, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Closer } from '../checks.ts';
import { targetOf, type At } from '../coverage.ts';
import { readProxyLog, restart } from '../fixes.ts';
import { tell } from '../says.ts';
import { asAnnotations, settingLabelsOf, slotsOf } from '../../../shared/linkerd/setting-labels.ts';
import { certificateEnd } from '../traffic.ts';
import { whoText, type Group, type View } from '../view.ts';

/** Proxies that are scraped, with a certificate that has expired. */
export function ofExpired(view: View): readonly Found[] {
  const down = new Set(
    view.covered.filter(({ coverage }) => coverage.is === 'down').map(({ pod }) => pod),
  );
  const ill = (view.got.closer ?? []).filter(({ pod }) => !down.has(pod));
  return ill.flatMap((one) => {
    const ended = endedMs(view, one);
    if (ended === undefined) return [];
    const fixes = [readProxyLog(one.pod, view.verify), restart(one.pod, view.verify)];
    const rest = { from: cite(...view.from, one.metrics), goesOn: podText(one.pod.ref), fixes };
    return [tell('certificate-expired', { who: whoText([one]), ago: age(ended) }, rest)];
  });
}

/** How long ago its certificate expired, by the clock of this machine and by that of Prometheus. */
function endedMs({ chosen }: View, { pod, metrics, counts }: Closer): number | undefined {
  const end = certificateEnd(counts);
  if (end === undefined || metrics.kind !== 'known') return undefined;
  const scraped = targetOf(pod, valueOf(chosen?.targets)?.targets ?? [])?.lastScrape;
  const clocks = [metrics.evidence.at, scraped].flatMap((at) => (at ? [Date.parse(at)] : []));
  const ms = Math.min(...clocks) - end;
  return ms > 0 ? ms : undefined;
}

/** Settings of its pods that are labels by mistake, such as opaque ports. */
export function ofLabels(view: View): readonly Found[] {
  return settingLabelsOf(view.covered.map(({ pod }) => pod)).map((some) =>
    tell('setting-as-label', slotsOf(some), {
      from: view.from,
      fixes: asAnnotations(some, view.verify),
    }),
  );
}

/** Longer than any interval that shows anything. */
const oldMs = 15 * 60_000;

export function ofOldScrapes({ all, chosen, prometheus, from }: Group<At<'present'>>) {
  if (chosen?.targets.kind !== 'known') return [];
  const now = Date.parse(chosen.targets.evidence.at);
  const old = all.filter(({ coverage }) => now - scrapedAt(coverage) > oldMs);
  const [first] = old;
  if (!first) return [];
  const slots = { prometheus, who: whoText(old), age: age(now - scrapedAt(first.coverage)) };
  return [tell('scrape-old', slots, { from })];
}

/** NaN where it is not told: then it is not old. */
function scrapedAt({ target }: At<'present'>): number {
  return Date.parse(target.lastScrape ?? '');
}
