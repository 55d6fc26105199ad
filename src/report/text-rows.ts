// The building blocks of the terminal view: a labelled row, a section, a command nobody wraps.
import pc from 'picocolors';
import { needsPosix, type Command, type Reach } from '../core/command.ts';
import type { Style } from './style.ts';
import { line } from './view.ts';
import { pad, wrap } from './wrap.ts';
import stringWidth from 'string-width';

export type Ink = {
  readonly c: ReturnType<typeof pc.createColors>;
  readonly width: number;
  readonly verbose: boolean;
  /** Between things on one line. */
  readonly dot: string;
  readonly more: string;
};

export function ink(style: Style): Ink {
  return {
    c: pc.createColors(style.color),
    width: Math.max(40, style.width),
    verbose: style.verbose,
    dot: style.unicode ? ' · ' : ' - ',
    more: style.unicode ? '…' : '...',
  };
}

/** `Cause`, `Do NOT`, `Verdict`: everything they introduce starts in one column. */
export const labelWidth = 8;

export type Paint = (text: string) => string;

/** `Cause  text that wraps under its start`, with an optional word at the right edge. */
export function row(to: Ink, label: string, text: string, paint?: Paint, tag?: string): string[] {
  const left = pad(label, labelWidth - 1) + ' ';
  const indent = stringWidth(left);
  const room = to.width - indent - (tag ? stringWidth(tag) + 2 : 0);
  const bold = paint ?? to.c.bold;
  return wrap(text, room).map((part, i) => {
    const start = i === 0 ? bold(label) + left.slice(label.length) : ' '.repeat(indent);
    return tag && i === 0 ? `${start}${pad(part, room)}  ${bold(tag)}` : start + part;
  });
}

export function prose(to: Ink, indent: number, text: string): string[] {
  return wrap(text, to.width - indent).map((part) => ' '.repeat(indent) + part);
}

/** A title and its lines; nothing when there are no lines. What is held back is said beside the title. */
export function section(
  to: Ink,
  title: string,
  lines: readonly string[],
  hidden?: string,
): string[] {
  if (lines.length === 0) return [];
  return ['', to.c.bold(title) + (hidden ? to.c.dim(`  ${hidden}`) : ''), ...lines];
}

/** On its own line, ready to copy. Several lines start at the edge: a here-document ends only there. */
export function command(run: Command, reach: Reach, indent = 4): string[] {
  const lines = line(run, reach).split('\n');
  const note = needsPosix(run) ? [`${' '.repeat(indent)}In a POSIX shell (not fish):`] : [];
  return [...note, ...(lines.length === 1 ? [' '.repeat(indent) + (lines[0] ?? '')] : lines)];
}

/** `undo  kubectl ...`: beside its label when it is one line. */
export function labelled(to: Ink, label: string, run: Command, reach: Reach): string[] {
  const lines = command(run, reach, 0);
  const head = `    ${to.c.dim(pad(label, 8))}`;
  return lines.length === 1 ? [head + (lines[0] ?? '')] : [head.trimEnd(), ...lines];
}
