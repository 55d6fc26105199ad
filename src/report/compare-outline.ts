// The chapters of a comparison, for every place it is pasted to: what became of each finding, what is open, what next.
import type { Gap } from '../core/answer.ts';
import type { Command } from '../core/command.ts';
import type { Change, Comparison } from '../core/comparison.ts';
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import { count } from '../core/text.ts';
import { changeSays, outcomeSays, sideSays, tallySays } from './compare-words.ts';
import type { Composed } from './fit.ts';
import { again, nextOf } from './next.ts';
import { item, text, title, withContext, type Block, type Room } from './outline.ts';
import { oneLine } from './plain.ts';
import { actionable, fixesOf, grouped, shown } from './view.ts';
import { gapSays, versions } from './words.ts';

/** How a command is written: with `$CTX` for a paste, as it is for the terminal in which it is typed. */
export type Runs = (command: Command, d: Diagnosis) => Block;

export function composeComparison(c: Comparison, room: Room, run: Runs): Composed {
  const after = c.pairs.flatMap((pair) => pair.after ?? []);
  const d = grouped(shown(after))[0]?.first;
  const rest = [
    ...gaps('Could be checked before, but not now:', c.gaps.came, room, run, d),
    ...gaps('Can be checked now, but not before:', c.gaps.went, room, run),
    ...(d ? actions(d, room, run) : []),
    ...foot(c, room),
  ];
  return {
    must: [
      title(`meshdoc compare: ${targets(c)}: ${outcomeSays(c)}`, room),
      text(sideSays(c, 'before'), room, 'Before:'),
      text(sideSays(c, 'after'), room, 'After:'),
      text(tallySays(c), room),
      ...changes(c, room),
    ],
    may: d ? withContext(rest, d, room) : rest,
  };
}

function targets({ pairs }: Comparison): string {
  const names = [
    ...new Set(pairs.map(({ before, after }) => oneLine((after ?? before)?.target ?? ''))),
  ];
  return names.length === 1 ? (names[0] ?? '') : count(names.length, 'target');
}

const labels: Readonly<Record<Change['is'], string>> = {
  new: 'New:',
  changed: 'Changed:',
  unchanged: 'Unchanged:',
  'not-known': 'No longer known:',
  resolved: 'Resolved:',
};

function changes(c: Comparison, room: Room): Block[] {
  const many = c.pairs.length > 1;
  const shownChanges = c.changes.slice(0, room.list * 2);
  const left = c.changes.length - shownChanges.length;
  return [
    ...shownChanges.map((change) => item(changeSays(change, many), room, labels[change.is])),
    ...(left > 0 ? [text(`${count(left, 'more finding')} not shown.`, room)] : []),
  ];
}

function gaps(label: string, all: readonly Gap[], room: Room, run: Runs, d?: Diagnosis): Block[] {
  if (all.length === 0) return [];
  const remedy = all.find((gap) => gap.remedy)?.remedy;
  const left = all.length - room.list;
  return [
    text('', room, label),
    ...all.slice(0, room.list).map((gap) => item(gapSays(gap), room)),
    ...(left > 0 ? [text(`${count(left, 'more gap')} not shown.`, room)] : []),
    ...(d && remedy ? [run(remedy, d)] : []),
  ];
}

/** What is left to do, and how to see all of it. */
function actions(d: Diagnosis, room: Room, run: Runs): Block[] {
  if (d.verdict !== 'cause-found' && d.verdict !== 'inconclusive' && !hasFixes(d.findings))
    return [];
  const next = nextOf(d);
  return [
    text(next.run ? `${next.says}:` : next.says, room, 'Do next:'),
    ...(next.run ? [run(next.run, d)] : []),
    ...(d.about.source.is === 'live' ? [text('', room, 'Full report:'), run(again(d), d)] : []),
  ];
}

function hasFixes(findings: readonly Finding[]): boolean {
  return fixesOf(actionable({ findings } as Diagnosis)).length > 0;
}

function foot({ pairs }: Comparison, room: Room): Block[] {
  const d = pairs.flatMap(({ before, after }) => after ?? before ?? [])[0];
  if (!d) return [];
  const { context } = d.about.reach;
  const parts = [
    ...(context ? [`context ${context}`] : []),
    `meshdoc ${d.about.meshdoc}`,
    ...versions(d),
  ];
  return [text(parts.join(', '), room)];
}
