// The terminal view of what was seen: the evidence, when it happened, and what it rules out.
import type { Diagnosis, StepRecord } from '../core/diagnosis.ts';
import type { Evidence, EvidenceId } from '../core/evidence.ts';
import { count } from '../core/text.ts';
import { linesOf, oneLine } from './plain.ts';
import type { Room } from './text-room.ts';
import { command, labelWidth, row, type Ink } from './text-rows.ts';
import { ruledOut, sorted } from './view.ts';
import { became, took, utc } from './words.ts';
import { cutRow, oneRow, wrapHard } from './wrap.ts';

/** The pieces of evidence that a screen shows, of those that findings cite. */
export function shownIn(d: Diagnosis, pieces: number): ReadonlySet<EvidenceId> {
  return new Set(
    sorted(d)
      .cited.slice(0, pieces)
      .map(({ id }) => id),
  );
}

export function proof(d: Diagnosis, to: Ink, room?: Room): string[] {
  if (room === undefined) return d.evidence.flatMap((e) => whole(e, d, to));
  return sorted(d)
    .cited.slice(0, room.pieces)
    .flatMap((e, i) => piece(e, i === 0 ? 'Proof' : '', to, room));
}

/** A row that says what was asked and what tells; with room, the lines of the answer under it. */
function piece(e: Evidence, label: string, to: Ink, room: Room): string[] {
  const width = to.width - labelWidth;
  const rows = linesOf(e.excerpt);
  const asked = `${e.id} ${oneLine(e.asked)}`;
  const text = room.rows === 0 && rows[0] !== undefined ? `${asked}: ${rows[0].trim()}` : asked;
  const under = rows.flatMap((line) => wrapHard(line, width - 3)).slice(0, room.rows);
  return [
    ...row(to, label, cutRow(text, width, to.more)),
    ...under.map((line) => `${' '.repeat(labelWidth + 3)}${line}`),
  ];
}

function whole(e: Evidence, { about }: Diagnosis, to: Ink): string[] {
  const road = e.road ? `, by ${oneLine(e.road)}` : '';
  return [
    `  ${to.c.bold(e.id)} ${oneLine(e.asked)}  ${to.c.dim(utc(e.at).slice(11) + road)}`,
    ...linesOf(e.excerpt)
      .flatMap((line) => wrapHard(line, to.width - 6))
      .map((line) => `      ${line}`),
    ...command(e.byHand, about.reach, 6),
  ];
}

/** Every moment that an answer told of. */
export function moments(d: Diagnosis, to: Ink): string[] {
  return d.timeline.flatMap(({ at, what, evidence: ids }) => {
    const rows = wrapHard(`${oneLine(what)} (${ids.join(', ')})`, to.width - 24);
    return rows.map((part, i) => `  ${i === 0 ? utc(at) : ' '.repeat(20)}  ${part}`);
  });
}

/** Quiet about what passed: one row, whatever was asked. */
export function passed(d: Diagnosis, to: Ink): string[] {
  const asked = d.steps.filter(({ outcome }) => outcome.is !== 'skipped');
  if (asked.length === 0) return [];
  const answered = asked.filter(({ outcome }) => outcome.is !== 'could-not-check').length;
  const skips = d.steps.length - asked.length;
  const parts = [`${answered} of ${asked.length}`, ...(skips > 0 ? [`skipped ${skips}`] : [])].join(
    ', ',
  );
  return row(to, 'Checked', parts + ruledOutSays(d, to.width - labelWidth - parts.length));
}

/** By name as far as the row goes: half a name rules out nothing. */
function ruledOutSays(d: Diagnosis, room: number): string {
  const out = ruledOut(d);
  if (out.length === 0) return '';
  const named = `; ruled out: ${oneRow(out, ', ', room - '; ruled out: '.length)}`;
  return named.length <= room ? named : `; ruled out ${count(out.length, 'fault')} (--verbose)`;
}

/** Each question, and what became of it. */
export function questions(d: Diagnosis, to: Ink): string[] {
  return d.steps.map(
    (step: StepRecord) => `  ${oneLine(step.asks)}  ${became(step)}  ${to.c.dim(took(step.ms))}`,
  );
}
