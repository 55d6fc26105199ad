// What happened when, over all diagnoses of a ticket: merged, in the order of time, cut to what matters.
import type { Diagnosis } from '../core/diagnosis.ts';
import { inTime, type Moment } from '../core/moment.ts';
import { count } from '../core/text.ts';
import { utc } from './words.ts';

export type Timeline = {
  readonly moments: readonly Moment[];
  /** What was left out, as a sentence. */
  readonly cut: string | undefined;
};

const dayMs = 24 * 3600_000;

/** At most `most` moments. Evidence numbers must not clash: `asOne` sees to it. */
export function timelineOf(diagnoses: readonly Diagnosis[], most: number): Timeline {
  const all = inTime(diagnoses.flatMap(({ timeline }) => timeline));
  const asked = Math.max(...diagnoses.map(({ about }) => Date.parse(about.started)));
  const far = (moment: Moment) => Math.abs(Date.parse(moment.at) - asked);
  const weight = weightOf(diagnoses);
  const kept = all
    // What no finding cites matters only around the incident.
    .filter((moment) => weight(moment) < uncited || far(moment) <= dayMs)
    .toSorted((a, b) => weight(a) - weight(b) || far(a) - far(b))
    .slice(0, most);
  return { moments: inTime(kept), cut: cutSays(all.filter((moment) => !kept.includes(moment))) };
}

const uncited = 2;

/** 0: an answer that a cause cites tells of it; 1: one that another finding cites. */
function weightOf(diagnoses: readonly Diagnosis[]): (moment: Moment) => number {
  const findings = diagnoses.flatMap((d) => d.findings);
  const idsOf = (all: typeof findings) => new Set(all.flatMap(({ evidence }) => evidence));
  const ofCauses = idsOf(findings.filter(({ role }) => role === 'cause'));
  const ofAny = idsOf(findings);
  return ({ evidence }) => {
    if (evidence.some((id) => ofCauses.has(id))) return 0;
    return evidence.some((id) => ofAny.has(id)) ? 1 : uncited;
  };
}

export function isCitedIn(diagnoses: readonly Diagnosis[]): (moment: Moment) => boolean {
  const weight = weightOf(diagnoses);
  return (moment) => weight(moment) < uncited;
}

function cutSays(left: readonly Moment[]): string | undefined {
  const [first] = left;
  const last = left.at(-1);
  if (!first || !last) return undefined;
  const when = first === last ? utc(first.at) : `${utc(first.at)} to ${utc(last.at)}`;
  return `${count(left.length, 'more event')} not shown (${when}): no cause cites it, or it is further from this run.`;
}
