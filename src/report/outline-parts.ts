// The chapters of a report for pasting, in reading order: the verdict, what to do, what is open, the proof.
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Fix } from '../core/fix.ts';
import { count } from '../core/text.ts';
import { nextOf } from './next.ts';
import { timelineOf } from './timeline.ts';
import { item, run, text, title, type Block, type Room } from './outline.ts';
import { clip, cutLines, linesOf, oneLine } from './plain.ts';
import {
  allLooksOf,
  answers,
  avoided,
  changesOf,
  fixesOf,
  isAmong,
  leadOf,
  looksOf,
  missing,
  unreadIn,
  unwellIn,
  othersOf,
  ruledOut,
  sharedVerify,
  skipped,
  urgentOf,
} from './view.ts';
import * as words from './words.ts';

export function headline(d: Diagnosis, room: Room): Block {
  const found = {
    'cause-found': words.nameOf(d),
    inconclusive: 'inconclusive',
    warning: 'nothing broken, with a warning',
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
    ...also(othersOf(d), lead !== undefined, room),
    ...words.ignoredSays(d).map((said) => text(said, room, 'Ignored:')),
  ];
}

function claim(lead: Finding, room: Room): Block[] {
  return [
    text(cited(lead, room), room, `Cause (${words.certainty(lead).toLowerCase()}):`),
    text(lead.means, room),
    ...(lead.since ? [text(lead.since, room, 'Since:')] : []),
    ...(lead.reach ? [text(lead.reach, room, 'Impact:')] : []),
  ];
}

function also(others: readonly Finding[], hasLead: boolean, room: Room): Block[] {
  const shown = others.slice(0, room.list);
  return [
    ...shown.flatMap((finding) => [
      text(
        words.roleSays(finding, hasLead) + cited(finding, room),
        room,
        `${words.labelOf(finding, hasLead)}:`,
      ),
      // Without a cause it is all that there is to read.
      ...(hasLead ? [] : [text(finding.means, room)]),
    ]),
    ...leftOut(others.length - shown.length, 'finding', room),
  ];
}

/** The numbers of the evidence survive when the sentence is cut. */
function cited(finding: Finding, room: Room): string {
  const says = oneLine(finding.says);
  return `${clip(says, Math.max(40, room.prose - 110))} (${finding.evidence.slice(0, 6).join(', ')})`;
}

/** What to look at first, then the fixes as `--fix` counts them; without any, the next step. */
export function actions(d: Diagnosis, room: Room): Block[] {
  const looks = looksOf(d).slice(0, room.list);
  const others = allLooksOf(d).filter(({ run: command }) => !isAmong(looksOf(d), command));
  const [fixes, urgent] = [changesOf(d), urgentOf(d).length];
  const shown = fixes.slice(0, room.list);
  const verify = sharedVerify(shown);
  const furtherLooks = others.slice(0, Math.max(0, room.list - looks.length));
  const parts = shown.map(({ turn }, i) => turn ?? (i < urgent ? 'fixes' : 'also'));
  const listed = shown.flatMap((fix, i) => [
    ...(i > 0 && parts[i] !== parts[i - 1] ? headingOf(parts[i], room) : []),
    ...change(fix, i + 1, d, room, verify === undefined),
  ]);
  return [
    ...next(d, room),
    ...looks.flatMap((fix) => look(fix, 'Look first:', d, room)),
    ...(urgent > 1 && d.findings.filter(({ role }) => role === 'cause').length < 2
      ? [text('the least invasive first.', room, 'Fixes:')]
      : []),
    ...listed,
    ...(verify ? [text('', room, verifyText(parts)), run(verify, d, room)] : []),
    ...leftOut(fixes.length - shown.length, 'fix', room, 'fixes'),
    ...furtherLooks.flatMap((fix) => look(fix, 'Look as well:', d, room)),
  ];
}

type Part = 'fixes' | 'also' | NonNullable<Fix['turn']>;

function headingOf(part: Part | undefined, room: Room): readonly Block[] {
  if (part === 'also') return [text('these help, but do not fix the cause.', room, 'Also:')];
  return part === 'then'
    ? [text('these are needed too, after a fix above has worked.', room, 'Then:')]
    : [];
}

function verifyText(parts: readonly Part[]): string {
  return parts.includes('then') ? 'Verify, after each:' : 'Verify, whichever you choose:';
}

/** What to do where that is neither to look nor to fix. */
function next(d: Diagnosis, room: Room): Block[] {
  const { says, run: command } = nextOf(d);
  if (command && isAmong(fixesOf(d.findings), command)) return [];
  return [
    text(command ? `${says}:` : says, room, 'Do next:'),
    ...(command ? [run(command, d, room)] : []),
  ];
}

function look({ does, note, run: command }: Fix, label: string, d: Diagnosis, room: Room): Block[] {
  return [text(sentence(does) + noted(note), room, label), run(command, d, room)];
}

function change(fix: Fix, n: number, d: Diagnosis, room: Room, verified: boolean): Block[] {
  const undo =
    'run' in fix.undo
      ? [text('', room, 'Undo:'), run(fix.undo.run, d, room)]
      : [text(sentence(fix.undo.because), room, 'No undo:')];
  const after = [
    ...undo,
    ...(verified ? [text('', room, 'Verify:'), run(fix.verify, d, room)] : []),
  ];
  const affects = ` Affects ${oneLine(fix.touches)} (${words.risk[fix.risk]}).`;
  return [
    text(sentence(fix.does) + affects + noted(fix.note), room, `Fix ${n}:`),
    run(fix.run, d, room),
    ...(room.folds ? [{ is: 'details', summary: 'Undo and verify', body: after } as const] : after),
  ];
}

const noted = (note: string | undefined): string => (note ? ` Note: ${sentence(note)}` : '');

/** What the clear answers rule out, and what nobody had to ask. */
export function cleared(d: Diagnosis, room: Room, of: string): Block[] {
  // Where no proof has room, what is well has none either.
  if (room.items === 0) return [];
  const [out, skips] = [ruledOut(d), skipped(d)];
  return [
    ...(out.length ? [text(`${out.join(', ')}.`, room, `Ruled out${of}:`)] : []),
    ...(skips.length ? [text(`${skips.join(', ')}.`, room, `Skipped${of}:`)] : []),
  ];
}

export function open(d: Diagnosis, room: Room): Block[] {
  const groups = missing(unreadIn(d));
  const shown = groups.slice(0, room.list);
  return [
    ...unwellIn(d).map((said) => text(sentence(said), room, 'Not well:')),
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
