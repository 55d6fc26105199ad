// The terminal view of what can be done: what to look at, the fixes from least to most invasive, and the last line.
import stringWidth from 'string-width';
import type { Command } from '../core/command.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Fix } from '../core/fix.ts';
import { count } from '../core/text.ts';
import { nextOf } from './next.ts';
import { oneLine } from './plain.ts';
import type { Room } from './text-room.ts';
import { besideLabel, command, labelWidth, prose, row, type Ink } from './text-rows.ts';
import { culpritOf, paintOf } from './text-verdict.ts';
import { allLooksOf, changesOf, fixesOf, isAmong, looksOf, urgentOf } from './view.ts';
import { risk, state } from './words.ts';
import { rowsOf } from './wrap.ts';

/** Commands stand under the words that introduce them. */
const indent = labelWidth + 2;
/** Rows of a command that a screen has room for; a longer one is printed by `--fix`. */
const longest = 3;

export function actions(d: Diagnosis, to: Ink, room: Room): string[] {
  // What is to be read of a further cause would seem to belong to the first.
  const own = looksOf({ ...d, findings: d.findings.slice(0, 1) });
  const fixes = urgentOf(d).slice(0, room.fixes);
  const looks = (fixes.length > 0 ? own : looksOf(d)).slice(0, room.looks);
  const left = changesOf(d).length - fixes.length;
  const hints = [
    ...(fixes.length > 0
      ? [`${room.said ? '' : 'affects, '}undo and verify: ${to.fixIn(fixes.map((_, i) => i + 1))}`]
      : []),
    ...(left > 0 ? [`${count(left, 'more fix', 'more fixes')} with --verbose`] : []),
  ];
  return [
    ...looks.flatMap((look) => lookRows(look, d, to, room)),
    ...fixes.flatMap((fix, i) => fixRows(fix, i + 1, d, to, room)),
    ...(hints.length > 0 ? prose(to, labelWidth, hints.join('; ')).map(to.c.dim) : []),
    ...next(d, to),
  ];
}

/** Where there is little room the command says what it shows. */
function lookRows(look: Fix, { about }: Diagnosis, to: Ink, room: Room): string[] {
  const beside = room.said ? undefined : besideLabel(to, 'Look', look.run, about.reach);
  return (
    beside ?? [...row(to, 'Look', oneLine(look.does)), ...command(look.run, about.reach, indent)]
  );
}

function fixRows(fix: Fix, n: number, { about }: Diagnosis, to: Ink, room: Room): string[] {
  const rows = command(fix.run, about.reach, indent);
  const told = `to see this command: ${to.fixIn([n])}`;
  return [
    ...row(to, `Fix ${n}`, `${oneLine(fix.does)} (${risk[fix.risk]})`),
    ...(rowsOf(rows, to.width) > longest ? prose(to, indent, told).map(to.c.dim) : rows),
    ...(room.said ? prose(to, labelWidth, `affects ${oneLine(fix.touches)}`) : []),
    ...(room.said && fix.note ? prose(to, labelWidth, `note: ${oneLine(fix.note)}`) : []),
  ];
}

/** What to do where that is no fix: another runbook, what is missing, the same again. */
function next(d: Diagnosis, to: Ink): string[] {
  const { says, run } = nextOf(d);
  if (run === undefined || isAmong(fixesOf(d.findings), run)) return [];
  return [...row(to, 'Next', oneLine(says)), ...command(run, d.about.reach, indent)];
}

/** The verdict again: what stays in sight, and what is pasted into a chat. */
export function atLast(d: Diagnosis, to: Ink): string[] {
  const name = state(d);
  const [first] = d.findings;
  const says = `${name}: ${culpritOf(d)}. ${todo(d)}`;
  // The command of a row of its own where the row would break it.
  const more = first ? `Read more: meshdoc explain ${first.code}` : '';
  const whole = `${says} ${more}`.trimEnd();
  const rows = stringWidth(whole) <= to.width ? [whole] : [...prose(to, 0, says), more];
  const [head = '', ...rest] = rows.filter((part) => part !== '');
  return [head.replace(name, (shown) => to.c.bold(paintOf(d, to)(shown))), ...rest];
}

function todo(d: Diagnosis): string {
  const { says, run } = nextOf(d);
  if (urgentOf(d).length > 0) return 'Fix 1 is above.';
  if (looksOf(d).length > 0) return 'Look first, above.';
  return run ? 'The next command is above.' : oneLine(says);
}

/** Every fix with all that belongs to it. */
export function wholeFixes(d: Diagnosis, to: Ink): string[] {
  const looks = allLooksOf(d).flatMap((look) => [
    ...row(to, 'Look', oneLine(look.does)),
    ...command(look.run, d.about.reach, indent),
    ...(look.note ? prose(to, labelWidth, `note: ${oneLine(look.note)}`) : []),
  ]);
  const fixes = changesOf(d).map((fix, i) => wholeFix(fix, i + 1, d, to));
  return [looks, ...fixes, next(d, to)].flatMap((part) => (part.length > 0 ? ['', ...part] : []));
}

/** A fix, what it affects, how to undo it and how to see that it helped. */
export function wholeFix(fix: Fix, n: number, { about }: Diagnosis, to: Ink): string[] {
  const under = (run: Command) => command(run, about.reach, indent);
  return [
    ...row(to, `Fix ${n}`, `${oneLine(fix.does)} (${risk[fix.risk]})`),
    ...under(fix.run),
    ...(fix.turn === 'then' ? row(to, 'When', 'after a fix before it has worked') : []),
    ...row(to, 'Affects', oneLine(fix.touches)),
    ...(fix.note ? row(to, 'Note', oneLine(fix.note)) : []),
    ...('run' in fix.undo
      ? [...row(to, 'Undo', ''), ...under(fix.undo.run)]
      : row(to, 'No undo', oneLine(fix.undo.because))),
    ...row(to, 'Verify', ''),
    ...under(fix.verify),
  ];
}
