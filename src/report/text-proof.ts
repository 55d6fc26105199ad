// The terminal view of what was seen: the evidence, what it rules out, and what nobody could look at.
import type { Diagnosis, StepRecord } from '../core/diagnosis.ts';
import type { Evidence } from '../core/evidence.ts';
import { count } from '../core/text.ts';
import { clip, linesOf, oneLine } from './plain.ts';
import { command, prose, section, type Ink } from './text-rows.ts';
import { missing, ruledOut, skipped, sorted } from './view.ts';
import { became, openQuestions, took, utc } from './words.ts';
import { cutRow, oneRow, pad, wrapHard } from './wrap.ts';

/** How much evidence there is room for: lines of the first piece, of each other, and how many pieces. */
export type Room = { readonly first: number; readonly rows: number; readonly items: number };

export function proof(d: Diagnosis, to: Ink, room: Room): string[] {
  const { cited, rest } = sorted(d);
  const shown = to.verbose ? d.evidence : cited.slice(0, room.items);
  const hidden = to.verbose ? [] : [...cited.slice(room.items), ...rest];
  const lines = shown.flatMap((e, i) => one(e, d, to, i === 0 ? room.first : room.rows));
  const more = hidden.length ? `${count(hidden.length, 'more answer')} with --verbose` : undefined;
  return section(to, 'Evidence', lines, more);
}

function one(evidence: Evidence, { about }: Diagnosis, to: Ink, most: number): string[] {
  const time = utc(evidence.at).slice(11);
  const road = evidence.road ? `${time}, by ${oneLine(evidence.road)}` : time;
  const at = to.verbose || road.length <= to.width / 2 ? road : time;
  const asked = to.verbose
    ? oneLine(evidence.asked)
    : cutRow(oneLine(evidence.asked), to.width - at.length - 8, to.more);
  const head = `  ${to.c.bold(pad(evidence.id, 3))} ${asked}  ${to.c.dim(at)}`;
  const rows = linesOf(evidence.excerpt).flatMap((line) => wrapHard(line, to.width - 6));
  const shown = to.verbose ? rows : rows.slice(0, most);
  const left = rows.length - shown.length;
  return [
    head,
    ...shown.map((line) => `      ${line}`.trimEnd()),
    ...(left ? [to.c.dim(`      ${to.more} ${count(left, 'more line')}`)] : []),
    ...(to.verbose ? command(evidence.byHand, about.reach, 6) : []),
  ];
}

/** Every moment that an answer told of. */
export function moments(d: Diagnosis, to: Ink): string[] {
  if (!to.verbose) return [];
  const lines = d.timeline.flatMap(({ at, what, evidence: ids }) => {
    const rows = wrapHard(`${oneLine(what)} (${ids.join(', ')})`, to.width - 24);
    return rows.map((row, i) => `  ${i === 0 ? utc(at) : ' '.repeat(20)}  ${row}`);
  });
  return section(to, 'Timeline', lines);
}

/** Quiet about what passed: one line for what is ruled out, one for what was not asked. */
export function passed(d: Diagnosis, to: Ink): string[] {
  if (to.verbose)
    return section(
      to,
      'Questions',
      d.steps.map((step) => question(step, to)),
    );
  const row = (label: string, items: readonly string[]) =>
    items.length
      ? [
          `${to.c.bold(pad(label, 10))}  ${cutRow(oneRow(items, to.dot, to.width - 12), to.width - 12, to.more)}`,
        ]
      : [];
  const rows = [...row('Ruled out', ruledOut(d)), ...row('Not needed', skipped(d))];
  return rows.length ? ['', ...rows] : [];
}

function question(step: StepRecord, to: Ink): string {
  return `  ${oneLine(step.asks)}  ${became(step)}  ${to.c.dim(took(step.ms))}`;
}

/** Every gap with its reason and the command that shows or gives what is missing. */
export function unknowns(d: Diagnosis, to: Ink): string[] {
  const groups = missing(d.gaps);
  const shown = to.verbose ? groups : groups.slice(0, 4);
  const left = groups.slice(shown.length).flatMap((group) => group.says).length;
  const open = openQuestions(d);
  return section(
    to,
    'Could not check',
    [
      ...shown.flatMap(({ says, remedy }) => [
        ...fewer(says, to).flatMap((text) => prose(to, 2, to.verbose ? text : clip(text, 300))),
        ...(remedy ? command(remedy, d.about.reach) : []),
      ]),
      ...(open.length ? prose(to, 2, `Left open: ${oneRow(open, ' ', to.width - 13)}`) : []),
    ],
    left ? `${left} more with --verbose` : undefined,
  );
}

function fewer(says: readonly string[], to: Ink): string[] {
  const left = says.length - 3;
  return to.verbose || left <= 1 ? [...says] : [...says.slice(0, 3), `and ${left} more like these`];
}
