// The terminal view of what can be done: fixes from least to most touching, and the next step at the very end.
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Fix } from '../core/fix.ts';
import { shell } from '../core/command.ts';
import { oneLine } from './plain.ts';
import { nextOf } from './next.ts';
import { command, labelled, section, type Ink, type Paint } from './text-rows.ts';
import { actionable, fixesOf } from './view.ts';
import { risk, type Tag } from './words.ts';
import { pad, wrap } from './wrap.ts';

export function fixes(d: Diagnosis, to: Ink): string[] {
  const all = fixesOf(to.verbose ? d.findings : actionable(d));
  const hidden = fixesOf(d.findings).length - all.length;
  const shared = sharedVerify(all);
  const title = all.length > 1 ? 'Fixes, the one that touches least first' : 'Fix';
  return section(to, title, [
    ...all.flatMap((fix, i) => one(fix, i + 1, d, to, shared !== undefined)),
    ...(shared ? labelled(to, 'verify', shared.verify, d.about.reach) : []),
    ...(hidden ? [to.c.dim(`  ${hidden} more for what is under Also: add --verbose`)] : []),
  ]);
}

/** When every change is verified the same way, the command is printed once, after the last. */
function sharedVerify(all: readonly Fix[]): Fix | undefined {
  const changes = all.filter((fix) => fix.risk !== 'reads');
  const lines = new Set(changes.map((fix) => shell(fix.verify)));
  return changes.length > 1 && lines.size === 1 ? changes[0] : undefined;
}

function one(fix: Fix, n: number, d: Diagnosis, to: Ink, shared: boolean): string[] {
  const { reach } = d.about;
  const { tag, says } = risk[fix.risk];
  const said = (label: string, text: string) =>
    wrap(oneLine(text), to.width - 12).map(
      (part, i) => `    ${i === 0 ? to.c.dim(pad(label, 8)) : ' '.repeat(8)}${part}`,
    );
  const head = [
    `  ${n} ${tagPaint(to)[tag](pad(tag, 7))} ${oneLine(fix.does)}`,
    ...command(fix.run, reach),
  ];
  const note = fix.note ? said('note', fix.note) : [];
  if (fix.risk === 'reads') return [...head, ...note];
  const undo =
    'run' in fix.undo
      ? labelled(to, 'undo', fix.undo.run, reach)
      : said('no undo', fix.undo.because);
  const verify = shared ? [] : labelled(to, 'verify', fix.verify, reach);
  return [...head, ...said('touches', `${fix.touches} (${says})`), ...note, ...undo, ...verify];
}

function tagPaint({ c }: Ink): Readonly<Record<Tag, Paint>> {
  return { READ: c.green, CHANGE: c.yellow, RESTART: c.magenta };
}

/** The last line of the page is the command to paste, or the sentence that says there is none. */
export function next(d: Diagnosis, to: Ink): string[] {
  const { says, run } = nextOf(d);
  const head = wrap(run ? `${says}:` : says, to.width - 6);
  return [
    '',
    ...head.map((part, i) => (i === 0 ? `${to.c.bold('Next')}  ${part}` : `      ${part}`)),
    ...(run ? command(run, d.about.reach, 0) : []),
  ];
}
