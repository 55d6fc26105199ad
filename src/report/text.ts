// The terminal view: the verdict first and last, the cause and what to do in between, on one screen.
import Table from 'cli-table3';
import type { Diagnosis } from '../core/diagnosis.ts';
import { again } from './next.ts';
import { oneLine } from './plain.ts';
import type { Report } from './style.ts';
import { actions, atLast, wholeFixes } from './text-actions.ts';
import { moments, passed, proof, questions, shownIn } from './text-proof.ts';
import { command, ink, prose, section, type Ink } from './text-rows.ts';
import { fitting, type Room } from './text-room.ts';
import { claimed, title } from './text-verdict.ts';
import { unread } from './text-unread.ts';
import { grouped, shown, type Group } from './view.ts';
import { brief, howMany, state, tally } from './words.ts';
import { cutRow, rowsOf } from './wrap.ts';

export const text: Report = (all, style) => {
  const to = ink(style);
  const diagnoses = shown(all);
  const [only] = diagnoses;
  if (!only) return 'Nothing was diagnosed.\n';
  const lines = diagnoses.length === 1 ? page(only, to) : several(diagnoses, to);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
};

function page(d: Diagnosis, to: Ink): readonly string[] {
  return to.verbose ? whole(d, to) : fitting(to, (room) => screen(d, to, room));
}

/** What fits: each block after a blank line, the verdict again at the end, where the eye is. */
function screen(d: Diagnosis, to: Ink, room: Room): readonly string[] {
  const cites = shownIn(d, room.pieces);
  const blocks = [
    [...title(d, to), ...claimed(d, to, room, cites), ...unread(d, to, room)],
    actions(d, to, room),
    [...proof(d, to, room), ...passed(d, to)],
    atLast(d, to),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i ? ['', ...block] : block));
}

/** Everything: no row is cut, no list is shortened. */
function whole(d: Diagnosis, to: Ink): readonly string[] {
  return [
    ...title(d, to),
    ...claimed(d, to),
    ...unread(d, to),
    ...wholeFixes(d, to),
    ...section(to, 'Proof', proof(d, to)),
    ...section(to, 'Timeline', moments(d, to)),
    ...section(to, 'Checks', questions(d, to)),
    '',
    ...atLast(d, to),
  ];
}

/** Several targets: a line each, the gravest in full, and how to see one of each other kind. */
function several(diagnoses: readonly Diagnosis[], to: Ink): readonly string[] {
  const groups = grouped(diagnoses);
  const [worst, ...rest] = groups;
  if (!worst) return [];
  const others = rest.flatMap(({ first }) => command(again(first), first.about.reach, 2));
  const head = [
    ...prose(to, 0, `${howMany(diagnoses)}: ${tally(groups.flatMap(({ all }) => all))}`).map(
      to.c.bold,
    ),
    ...summary(groups, to),
    ...section(to, 'The others in full', others),
    '',
    to.c.dim('-'.repeat(to.width)),
  ];
  return [...head, ...page(worst.first, { ...to, height: to.height - rowsOf(head, to.width) })];
}

/** Without borders, each row cut to the width: it must survive a narrow terminal and a paste. */
function summary(groups: readonly Group[], to: Ink): string[] {
  const none = Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((side) =>
      ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
    ),
  );
  const table = new Table({
    chars: none,
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
  });
  const most = to.verbose ? Infinity : 8;
  for (const { first, all } of groups) {
    for (const d of all.slice(0, most)) table.push([state(d), oneLine(d.target), brief(d)]);
    if (all.length > most) table.push([state(first), `and ${all.length - most} more`, 'the same']);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => cutRow(line.trimEnd(), to.width, to.more));
}
