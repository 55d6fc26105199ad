// The chapters of a report for pasting, in reading order: the verdict, what to do, what is open, the proof.
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Fix } from '../core/fix.ts';
import { shell } from '../core/command.ts';
import { count } from '../core/text.ts';
import { nextOf } from './next.ts';
import { timelineOf } from './timeline.ts';
import { item, run, text, title, type Block, type Room } from './outline.ts';
import { clip, cutLines, linesOf, oneLine } from './plain.ts';
import {
  actionable,
  answers,
  avoided,
  fixesOf,
  leadOf,
  missing,
  othersOf,
  ruledOut,
  sharedVerify,
  skipped,
} from './view.ts';
import * as words from './words.ts';

export function headline(d: Diagnosis, room: Room): Block {
  const found = {
    'cause-found': words.nameOf(d),
    inconclusive: 'nothing proven',
    healthy: 'no fault found',
    'only-ignored': 'nothing else found',
  };
  return title(`meshdoc: ${clip(d.target, 120)}: ${found[d.verdict]}`, room);
}

export function verdict(d: Diagnosis, room: Room): Block[] {
  const lead = leadOf(d);
  const special = [words.replaySays(d), words.fromSays(d), words.cutSays(d)];
  return [
    ...special.flatMap((said) => (said ? [text(said, room)] : [])),
    ...(lead ? claim(lead, room) : [text(words.verdictSays(d), room, 'Verdict:')]),
    ...(lead ? [] : answers(d).map((said) => text(said, room, 'Answer:'))),
    ...avoided(d)
      .slice(0, room.list)
      .map((avoid) => text(avoid, room, 'Do NOT')),
    ...also(othersOf(d), lead ? 'Also' : 'Seen', room),
    ...words.ignoredSays(d).map((said) => text(said, room, 'Ignored:')),
  ];
}

function claim(lead: Finding, room: Room): Block[] {
  return [
    text(cited(lead, room), room, `Cause (${words.certainty(lead).toLowerCase()}):`),
    text(lead.means, room),
    ...(lead.since ? [text(lead.since, room, 'Since:')] : []),
    ...(lead.reach ? [text(lead.reach, room, 'Reach:')] : []),
  ];
}

function also(others: readonly Finding[], label: string, room: Room): Block[] {
  const shown = others.slice(0, room.list);
  return [
    ...shown.map((finding) =>
      text(words.roleSays(finding, label === 'Also') + cited(finding, room), room, `${label}:`),
    ),
    ...leftOut(others.length - shown.length, 'finding', room),
  ];
}

/** The numbers of the evidence survive when the sentence is cut. */
function cited(finding: Finding, room: Room): string {
  const says = oneLine(finding.says);
  return `${clip(says, Math.max(40, room.prose - 110))} (${finding.evidence.slice(0, 6).join(', ')})`;
}

/** Fixes of the cause, from least to most touching, then the others; without any, the next step. */
export function actions(d: Diagnosis, room: Room): Block[] {
  const urgent = fixesOf(actionable(d));
  const commands = urgent.map((fix) => shell(fix.run));
  const further = fixesOf(d.findings).filter((fix) => !commands.includes(shell(fix.run)));
  const fixes = [...urgent, ...further];
  const shown = fixes.slice(0, room.list);
  const verify = sharedVerify(shown);
  const listed = shown.flatMap((fix, i) => [
    ...(fix === further[0] ? [text('these help, but do not cure.', room, 'Also:')] : []),
    ...action(fix, i + 1, d, room, verify === undefined),
  ]);
  return [
    ...first(d, shown, room),
    ...listed,
    ...(verify ? [text('', room, 'Verify, whichever you take:'), run(verify, d, room)] : []),
    ...leftOut(fixes.length - shown.length, 'fix', room, 'fixes'),
  ];
}

function first(d: Diagnosis, shown: readonly Fix[], room: Room): Block[] {
  const next = nextOf(d);
  if (!shown[0] || next.run !== shown[0].run) {
    const says = text(next.run ? `${next.says}:` : next.says, room, 'Do next:');
    return [says, ...(next.run ? [run(next.run, d, room)] : [])];
  }
  return [
    text(shown.length > 1 ? 'in this order, the least touching first.' : '', room, 'Do next:'),
  ];
}

function action(fix: Fix, n: number, d: Diagnosis, room: Room, verified: boolean): Block[] {
  const { tag, says } = words.risk[fix.risk];
  const note = fix.note ? ` Note: ${sentence(fix.note)}` : '';
  const head = (more: string) => text(`${sentence(fix.does)}${more}${note}`, room, `${n}. ${tag}:`);
  if (fix.risk === 'reads') return [head(' It only reads.'), run(fix.run, d, room)];
  const undo =
    'run' in fix.undo
      ? [text('', room, 'Undo:'), run(fix.undo.run, d, room)]
      : [text(sentence(fix.undo.because), room, 'No undo:')];
  const touches = ` It touches ${oneLine(fix.touches)} (${says}).`;
  const verify = verified ? [text('', room, 'Verify:'), run(fix.verify, d, room)] : [];
  return [head(touches), run(fix.run, d, room), ...undo, ...verify];
}

/** What the clear answers rule out, and what nobody had to ask. */
export function cleared(d: Diagnosis, room: Room, of: string): Block[] {
  // Where no proof has room, what is well has none either.
  if (room.items === 0) return [];
  const [out, skips] = [ruledOut(d), skipped(d)];
  return [
    ...(out.length ? [text(`${out.join(', ')}.`, room, `Ruled out${of}:`)] : []),
    ...(skips.length ? [text(`${skips.join(', ')}.`, room, `Not needed${of}:`)] : []),
  ];
}

export function open(d: Diagnosis, room: Room): Block[] {
  const groups = missing(d.gaps);
  const shown = groups.slice(0, room.list);
  return [
    ...(shown.length ? [text(leftOpen(d), room, 'Could not check:')] : []),
    ...shown.flatMap(({ says, remedy }, i) => [
      ...says.slice(0, room.list).map((said) => item(said, room)),
      ...leftOut(says.length - room.list, 'gap', room),
      ...(remedy && i < room.remedies ? [run(remedy, d, room)] : []),
    ]),
    ...leftOut(groups.length - shown.length, 'gap', room),
  ];
}

function leftOpen(d: Diagnosis): string {
  const questions = words.openQuestions(d);
  return questions.length ? `this leaves open: ${questions.join(' ')}` : '';
}

/** One piece of evidence: what was asked and when, the lines that matter, the command that shows it again. */
export function evidence(e: Evidence, d: Diagnosis, room: Room, byHand: boolean): Block[] {
  const road = e.road ? `, by ${oneLine(e.road)}` : '';
  const { shown, left } = cutLines(linesOf(e.excerpt), room.rows, room.chars);
  const quoted: Block[] = shown.length ? [{ is: 'quote', lines: shown }] : [];
  return [
    text(`${oneLine(e.asked)} (${words.utc(e.at)}${road})`, room, e.id),
    ...quoted,
    ...(left ? [text(`${count(left, 'more line')} left out.`, room)] : []),
    ...(byHand ? [run(e.byHand, d, room)] : []),
  ];
}

export function foot(d: Diagnosis, room: Room): Block {
  const { about } = d;
  const from = about.source.is === 'live' ? about.server : undefined;
  const parts = [
    ...(d.findings[0] ? [d.findings[0].code] : [d.runbook]),
    ...(about.reach.context ? [`context ${about.reach.context}`] : []),
    `meshdoc ${about.meshdoc}`,
    ...words.versions(d),
    ...(from ? [from] : []),
    words.utc(about.started),
    // A replay takes no time of its own.
    ...(about.source.is === 'live' ? [`took ${words.took(about.tookMs)}`] : []),
  ];
  return text(parts.join(', '), room);
}

export function timeline(diagnoses: readonly Diagnosis[], room: Room): Block[] {
  const { moments, cut } = timelineOf(diagnoses, room.moments);
  if (moments.length === 0) return [];
  return [
    text('', room, 'Timeline:'),
    ...moments.map(({ at, what, evidence }) => {
      const cites = ` (${evidence.slice(0, 6).join(', ')})`;
      return item(
        clip(oneLine(what), Math.max(40, Math.min(240, room.prose - 60))) + cites,
        room,
        words.utc(at),
      );
    }),
    ...(cut ? [text(cut, room)] : []),
  ];
}

export function leftOut(n: number, one: string, room: Room, many = `${one}s`): Block[] {
  return n > 0 ? [text(`${count(n, `more ${one}`, `more ${many}`)} left out.`, room)] : [];
}

function sentence(said: string): string {
  const line = oneLine(said);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
