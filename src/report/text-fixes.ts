// The terminal view of what can be done: fixes from least to most touching, and the next step at the very end.
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Fix, Risk } from '../core/fix.ts';
import { oneLine } from './plain.ts';
import { nextOf } from './next.ts';
import { command, labelled, labelWidth, section, type Ink, type Paint } from './text-rows.ts';
import { actionable, fixesOf, sharedVerify } from './view.ts';
import { risk, type Tag } from './words.ts';
import { pad, wrap } from './wrap.ts';

export function fixes(d: Diagnosis, to: Ink): string[] {
  const all = fixesOf(to.verbose ? d.findings : actionable(d));
  const hidden = fixesOf(d.findings).length - all.length;
  const shared = sharedVerify(all);
  const title = all.length > 1 ? 'Fixes, least touching first' : 'Fix';
  return section(
    to,
    title,
    [
      ...all.flatMap((fix, i) => one(fix, i + 1, d, to, shared !== undefined)),
      ...(shared ? ['  Verify, whichever you take:', ...command(shared, d.about.reach)] : []),
    ],
    hidden ? `${hidden} more with --verbose` : undefined,
  );
}

function one(fix: Fix, n: number, d: Diagnosis, to: Ink, shared: boolean): string[] {
  const { reach } = d.about;
  const { tag, says } = risk[fix.risk];
  const grave = plainRisks.has(fix.risk) ? '' : ` (${says})`;
  const said = (label: string, text: string) =>
    wrap(oneLine(text), to.width - 12).map(
      (part, i) => `    ${i === 0 ? to.c.dim(pad(label, 8)) : ' '.repeat(8)}${part}`,
    );
  const does = wrap(oneLine(fix.does) + grave, to.width - 12);
  const head = [
    `  ${n} ${tagPaint(to)[tag](pad(tag, 7))} ${does[0] ?? ''}`,
    ...does.slice(1).map((part) => ' '.repeat(12) + part),
    ...command(fix.run, reach),
  ];
  const note = fix.note ? said('note', fix.note) : [];
  if (fix.risk === 'reads') return [...head, ...note];
  const undo =
    'run' in fix.undo
      ? labelled(to, 'undo', fix.undo.run, reach)
      : said('no undo', fix.undo.because);
  const verify = shared ? [] : labelled(to, 'verify', fix.verify, reach);
  return [...head, ...said('touches', fix.touches), ...note, ...undo, ...verify];
}

/** Risks the tag says in full; the others are named. */
const plainRisks: ReadonlySet<Risk> = new Set(['reads', 'changes-config', 'restarts-pods']);

function tagPaint({ c }: Ink): Readonly<Record<Tag, Paint>> {
  return { READ: c.green, CHANGE: c.yellow, RESTART: c.magenta };
}

/** The last line of the page is the command to paste, or the sentence that says there is none. */
export function next(d: Diagnosis, to: Ink): string[] {
  const { says, run } = nextOf(d);
  const head = wrap(run ? `${says}:` : says, to.width - labelWidth);
  return [
    '',
    ...head.map((part, i) =>
      i === 0 ? `${to.c.bold(pad('Next', labelWidth))}${part}` : ' '.repeat(labelWidth) + part,
    ),
    ...(run ? command(run, d.about.reach, 0) : []),
  ];
}
