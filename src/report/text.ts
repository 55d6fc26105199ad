// The terminal view: the verdict in the first lines, the next action in the last, one screen in between.
import Table from 'cli-table3';
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import { again } from './next.ts';
import { clip, oneLine } from './plain.ts';
import type { Report } from './style.ts';
import { fixes, next } from './text-fixes.ts';
import { moments, passed, proof, unknowns, type Room } from './text-proof.ts';
import { command, ink, labelWidth, prose, row, section, type Ink } from './text-rows.ts';
import { answers, avoided, grouped, leadOf, othersOf, shown, type Group } from './view.ts';
import {
  certainty,
  cutSays,
  fromSays,
  howMany,
  ignoredSays,
  replaySays,
  roleSays,
  state,
  tally,
  utc,
  verdictSays,
  versions,
} from './words.ts';
import { cutRow } from './wrap.ts';

/** What fits on a screen at 3 a.m. without scrolling. */
const screen = 40;
const rooms: readonly Room[] = [
  { first: 6, rows: 4, items: 8 },
  { first: 4, rows: 3, items: 6 },
  { first: 4, rows: 1, items: 5 },
  { first: 3, rows: 1, items: 3 },
  { first: 2, rows: 1, items: 2 },
  { first: 1, rows: 1, items: 1 },
];

export const text: Report = (all, style) => {
  const to = ink(style);
  const diagnoses = shown(all);
  const [only] = diagnoses;
  if (!only) return 'Nothing was diagnosed.\n';
  const lines = diagnoses.length === 1 ? page(only, to) : several(diagnoses, to);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
};

/** The roomiest page that fits; a page too long even at its shortest is shown at its shortest. */
function page(d: Diagnosis, to: Ink): string[] {
  const pages = rooms.map((room) => [
    ...top(d, to),
    ...proof(d, to, room),
    ...moments(d, to),
    ...passed(d, to),
    ...unknowns(d, to),
    ...fixes(d, to),
    ...next(d, to),
  ]);
  if (to.verbose) return pages[0] ?? [];
  return pages.find((lines) => lines.length <= screen) ?? pages.at(-1) ?? [];
}

function top(d: Diagnosis, to: Ink): string[] {
  const lead = leadOf(d);
  const special = [replaySays(d), fromSays(d), cutSays(d)].flatMap((text) =>
    text ? prose(to, 0, text) : [],
  );
  return [
    ...title(d, to),
    ...special.map((line) => to.c.yellow(line)),
    ...(lead ? claim(lead, to) : row(to, 'Verdict', verdictSays(d))),
    ...(lead ? [] : answers(d).flatMap((text) => row(to, 'Answer', text))),
    ...avoided(d).flatMap((text) => row(to, 'Do NOT', text, (s) => to.c.bold(to.c.red(s)))),
    ...othersOf(d).flatMap((finding) => also(finding, lead !== undefined, to)),
    ...ignoredSays(d).flatMap((text) => row(to, 'Ignored', text)),
  ];
}

/** State and target; then where and when. */
function title(d: Diagnosis, to: Ink): string[] {
  const paint = {
    'cause-found': to.c.red,
    inconclusive: to.c.yellow,
    healthy: to.c.green,
    'only-ignored': to.c.yellow,
  }[d.verdict];
  const name = `${to.c.bold(paint(state(d)))}  ${to.c.bold(oneLine(d.target))}`;
  const where = oneLine(d.about.reach.context ?? d.about.server ?? 'no context');
  const about = [where, ...versions(d), utc(d.about.started)].join(to.dot);
  return [name, ...prose(to, 0, about)];
}

function claim(finding: Finding, to: Ink): string[] {
  const cite = ` (${finding.evidence.join(', ')})`;
  return [
    ...row(to, 'Cause', said(finding.says, to) + cite, undefined, certainty(finding)),
    ...prose(to, labelWidth, said(finding.means, to)),
    ...(finding.since ? row(to, 'Since', said(finding.since, to)) : []),
    ...(finding.reach ? row(to, 'Reach', said(finding.reach, to)) : []),
  ];
}

function also(finding: Finding, hasLead: boolean, to: Ink): string[] {
  const cite = ` (${finding.evidence.join(', ')})`;
  const text = roleSays(finding, hasLead) + said(finding.says, to) + cite;
  return row(to, hasLead ? 'Also' : 'Seen', text);
}

/** A reason can be a page long; its evidence has the whole of it. */
function said(text: string, to: Ink): string {
  return to.verbose ? oneLine(text) : clip(oneLine(text), 360);
}

/** Several targets: a line each, the gravest in full, and how to see one of each other kind. */
function several(diagnoses: readonly Diagnosis[], to: Ink): string[] {
  const groups = grouped(diagnoses);
  const [worst, ...rest] = groups;
  if (!worst) return [];
  const others = rest.flatMap(({ first }) => command(again(first), first.about.reach, 2));
  return [
    to.c.bold(`${howMany(diagnoses)}: ${tally(groups.flatMap(({ all }) => all))}`),
    ...summary(groups, to),
    ...section(to, 'The others in full', others),
    '',
    to.c.dim('-'.repeat(to.width)),
    ...page(worst.first, to),
  ];
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

/** The first finding without the name its row starts with anyway. */
function brief(d: Diagnosis): string {
  const says = oneLine(d.findings[0]?.says ?? verdictSays(d));
  const target = oneLine(d.target);
  return says.startsWith(`${target} `) ? says.slice(target.length + 1) : says;
}
