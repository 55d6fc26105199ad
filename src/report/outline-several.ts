// The top of a report about several diagnoses: one title, a line for each, then each kind of trouble once.
import type { Diagnosis } from '../core/diagnosis.ts';
import { shell } from '../core/command.ts';
import { listed } from '../core/text.ts';
import { item, text, title, type Block, type Room } from './outline.ts';
import { cleared, leftOut, verdict } from './outline-parts.ts';
import { clip, oneLine } from './plain.ts';
import { actionable, fixesOf, leadOf, type Group } from './view.ts';
import * as words from './words.ts';

export function verdicts(groups: readonly Group[], room: Room): Block[] {
  const every = groups.flatMap(({ all }) => all);
  const shown = groups.slice(0, room.list);
  const replay = new Set(every.flatMap((d) => words.replaySays(d) ?? []));
  const name = namer(every);
  return [
    title(`meshdoc: ${words.howMany(every)}: ${words.tally(every)}`, room),
    ...[...replay].map((said) => text(said, room)),
    ...(every.length <= room.list
      ? every.map((d) => line(d, name(d), room))
      : shown.map((group) => together(group, name, room))),
    ...leftOut(every.length <= room.list ? 0 : groups.length - shown.length, 'kind', room),
    ...shown.flatMap((group) => story(group, name, room)),
  ];
}

type Namer = (d: Diagnosis) => string;

/** A target that was asked about in two ways is named with the way. */
function namer(every: readonly Diagnosis[]): Namer {
  const isOne = new Set(every.map((d) => d.runbook)).size === 1;
  return (d) => (isOne ? oneLine(d.target) : `${oneLine(d.target)}, ${d.runbook}`);
}

function line(d: Diagnosis, name: string, room: Room): Block {
  const lead = leadOf(d);
  const sure = lead ? ` (${words.certainty(lead).toLowerCase()})` : '';
  return item(`${name}${sure}: ${brief(d, room)}`, room, `${words.state(d)}:`);
}

function together({ first, all }: Group, name: Namer, room: Room): Block {
  const names = all.slice(0, 5).map(name);
  const more = all.length > 5 ? ` and ${all.length - 5} more` : '';
  const of = all.length > 1 ? 'First of them: ' : '';
  return item(
    `${names.join('; ')}${more}. ${of}${brief(first, room)}`,
    room,
    `${words.state(first)}:`,
  );
}

/** The story follows below; this is for whoever only looks for a name. */
function brief(d: Diagnosis, room: Room): string {
  return clip(words.brief(d), Math.min(160, room.prose));
}

/** A healthy target's line has said it all. */
function story({ first, all }: Group, name: Namer, room: Room): Block[] {
  if (first.verdict === 'healthy' && first.findings.length === 0) return [];
  const names = all.slice(0, 5).map(name);
  const more = all.length > 5 ? [`${all.length - 5} more`] : [];
  return [
    text('', room, `${listed([...names, ...more])}: ${words.state(first).toLowerCase()}`),
    ...verdict({ ...first, about: live(first) }, room),
  ];
}

/** What is ruled out for one target may be the fault of another. */
export function clearedOf(groups: readonly Group[], room: Room): Block[] {
  const name = namer(groups.flatMap(({ all }) => all));
  return groups
    .slice(0, room.list)
    .filter(({ first }) => first.verdict !== 'healthy')
    .flatMap(({ first }) => cleared(first, room, ` for ${name(first)}`));
}

/** That it is a replay is said once, above. */
function live({ about }: Diagnosis): Diagnosis['about'] {
  return { ...about, source: { is: 'live' } };
}

/** Targets of one kind share the commands of the first, unless theirs name themselves. */
export function likewise(groups: readonly Group[], room: Room): Block[] {
  const lines = groups.flatMap(({ first, all }) => {
    const own = commands(first);
    const others = all.slice(1).filter((d) => commands(d).some((one) => !own.includes(one)));
    const names = others.slice(0, 5).map((d) => oneLine(d.target));
    const more = others.length > 5 ? [`${others.length - 5} more`] : [];
    return names.length
      ? [`${oneLine(first.target)} stands for ${listed([...names, ...more])}`]
      : [];
  });
  return lines.length
    ? [
        text(
          `${lines.slice(0, room.list).join('; ')}: put their names into its commands.`,
          room,
          'Likewise:',
        ),
      ]
    : [];
}

function commands(d: Diagnosis): readonly string[] {
  return fixesOf(actionable(d)).map((fix) => shell(fix.run));
}
