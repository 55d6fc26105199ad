// Four lines for a chat: the state, the cause, how far it goes, what to do now.
import type { Diagnosis } from '../core/diagnosis.ts';
import { nextOf } from './next.ts';
import { clip, oneLine } from './plain.ts';
import type { Report } from './style.ts';
import { answers, avoided, grouped, leadOf, line, shown, type Group } from './view.ts';
import {
  certainty,
  cutSays,
  fromSays,
  howMany,
  ignoredSays,
  replaySays,
  state,
  tally,
  utc,
  verdictSays,
} from './words.ts';

export const short: Report = (all) => {
  const diagnoses = shown(all);
  const groups = grouped(diagnoses);
  const d = groups[0]?.first;
  if (!d) return 'Nothing was diagnosed.\n';
  const lines = [
    `State: ${stateLine(d, groups, diagnoses)}`,
    `Cause: ${causeLine(d)}`,
    `Reach: ${reachLine(d)}`,
    `Do next: ${nextLine(d)}`,
  ];
  return `${lines.join('\n')}\n`;
};

function stateLine(
  d: Diagnosis,
  groups: readonly Group[],
  diagnoses: readonly Diagnosis[],
): string {
  const where = [d.about.reach.context ?? d.about.server, utc(d.about.started)].filter(Boolean);
  const one = `${state(d)} ${d.target} (${where.join(', ')})`;
  const all =
    diagnoses.length > 1
      ? `${howMany(diagnoses)}: ${tally(groups.flatMap(({ all }) => all))}. Gravest: ${one}`
      : one;
  const special = [replaySays(d), fromSays(d), cutSays(d)].filter((said) => said !== undefined);
  return oneLine([all, ...special].join('. '));
}

function causeLine(d: Diagnosis): string {
  const lead = leadOf(d);
  if (lead) return `${clip(oneLine(lead.says), 300)} (${certainty(lead).toLowerCase()})`;
  const seen = d.findings[0];
  const answer = answers(d).map((said) => ` ${clip(said, 200)}`);
  const ignored = ignoredSays(d).map((said) => ` Ignored: ${clip(said, 200)}`);
  return (
    verdictSays(d) +
    ignored.join('') +
    answer.join('') +
    (seen ? ` Seen: ${clip(oneLine(seen.says), 200)}` : '')
  );
}

function reachLine(d: Diagnosis): string {
  const lead = leadOf(d);
  const said = [
    ...(lead?.reach ? [oneLine(lead.reach)] : []),
    ...(lead?.since ? [`since ${oneLine(lead.since)}`] : []),
  ];
  return clip(said.join('; ') || (d.verdict === 'healthy' ? 'none' : 'not known'), 300);
}

/** A here-document does not fit on a line, so the reader is sent to the full report. */
function nextLine(d: Diagnosis): string {
  const { says, run } = nextOf(d);
  const [first, ...more] = run ? line(run, d.about.reach).split('\n') : [];
  const paste = more.length ? 'see the full report' : first;
  const dont = avoided(d)[0];
  const warning = dont ? `Do NOT ${clip(dont, 200)} ` : '';
  return warning + (paste ? `${says}: ${paste}` : says);
}
