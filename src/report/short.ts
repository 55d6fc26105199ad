// A few lines for a chat: the state, the cause, how far it goes, what to look at and how to fix it.
import type { Command } from '../core/command.ts';
import { isSound, type Diagnosis } from '../core/diagnosis.ts';
import { nextOf } from './next.ts';
import { clip, oneLine } from './plain.ts';
import type { Report } from './style.ts';
import {
  answers,
  avoided,
  grouped,
  leadOf,
  line,
  looksOf,
  shown,
  urgentOf,
  type Group,
} from './view.ts';
import {
  certainty,
  cutSays,
  fromSays,
  howMany,
  ignoredSays,
  replaySays,
  risk,
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
    `Impact: ${reachLine(d)}`,
    ...todo(d),
  ];
  return `${lines.join('\n')}\n`;
};

function stateLine(
  d: Diagnosis,
  groups: readonly Group[],
  diagnoses: readonly Diagnosis[],
): string {
  const where = [d.about.reach.context ?? d.about.server, utc(d.about.started)].filter(Boolean);
  const code = d.findings[0] ? ` ${d.findings[0].code},` : '';
  const one = `${state(d)}${code} ${d.target} (${where.join(', ')})`;
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
    (seen ? ` ${seenAs[seen.role]}: ${clip(oneLine(seen.says), 200)}` : '')
  );
}

const seenAs = { cause: 'Seen', symptom: 'Seen', contributor: 'Warning' } as const;

function reachLine(d: Diagnosis): string {
  const lead = leadOf(d);
  const said = [
    ...(lead?.reach ? [oneLine(lead.reach)] : []),
    ...(lead?.since ? [`since ${oneLine(lead.since)}`] : []),
  ];
  return clip(said.join('; ') || (isSound(d.verdict) ? 'none' : 'not known'), 300);
}

/** What to look at, the first fix, or what comes next. */
function todo(d: Diagnosis): readonly string[] {
  const avoid = avoided(d)[0];
  const [look, fix] = [looksOf(d)[0], urgentOf(d)[0]];
  return [
    ...(avoid ? [`Do not: ${clip(avoid, 200)}`] : []),
    ...(look ? [`Look: ${told(look.does, look.run, d)}`] : []),
    ...(fix ? [`Fix: ${told(`${oneLine(fix.does)} (${risk[fix.risk]})`, fix.run, d)}`] : []),
    ...(look || fix ? [] : [nextLine(d)]),
  ];
}

function nextLine(d: Diagnosis): string {
  const { says, run } = nextOf(d);
  return `Do next: ${run ? told(says, run, d) : oneLine(says)}`;
}

/** A here-document does not fit on a line, so the reader is sent to the full report. */
function told(says: string, run: Command, d: Diagnosis): string {
  const [first = '', ...more] = line(run, d.about.reach).split('\n');
  return `${oneLine(says).replace(/\.$/, '')}: ${more.length > 0 ? 'see the full report' : first}`;
}
