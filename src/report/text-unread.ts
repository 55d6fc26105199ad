// The terminal view of what could not be checked: it counts against the verdict, so it stands before what to do.
import type { Diagnosis } from '../core/diagnosis.ts';
import { clip } from './plain.ts';
import type { Room } from './text-room.ts';
import { command, labelWidth, prose, row, type Ink } from './text-rows.ts';
import { missing, unreadIn, unwellIn } from './view.ts';
import { openQuestions } from './words.ts';
import { oneRow } from './wrap.ts';

/** Each with its reason and the command that shows or gives what is missing. */
export function unread(d: Diagnosis, to: Ink, room?: Room): string[] {
  const unwell = unwellIn(d).flatMap((text) => row(to, 'Seen', cut(text, room)));
  const groups = missing(unreadIn(d));
  if (groups.length === 0) return unwell;
  const shown = groups.slice(0, room?.gaps);
  const left = groups.slice(shown.length).flatMap(({ says }) => says).length;
  const rows = shown.flatMap(({ says, remedy }) => [
    ...few(says, room).flatMap((text) => row(to, 'Unread', cut(text, room))),
    ...(remedy ? command(remedy, d.about.reach, labelWidth + 2) : []),
  ]);
  const open = openQuestions(d);
  return [
    ...unwell,
    ...rows,
    ...(left > 0 ? prose(to, labelWidth, `and ${left} more with --verbose`).map(to.c.dim) : []),
    ...(open.length > 0 && (room?.said ?? true)
      ? row(to, 'Open', oneRow(open, ' ', to.width - labelWidth))
      : []),
  ];
}

function few(says: readonly string[], room?: Room): readonly string[] {
  const left = says.length - 2;
  return room === undefined || left <= 1
    ? says
    : [...says.slice(0, 2), `and ${left} more like these`];
}

const cut = (text: string, room?: Room): string =>
  room === undefined ? text : clip(text, Math.min(room.prose, 200));
