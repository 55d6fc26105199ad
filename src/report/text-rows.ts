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
  readonly height: number;
  readonly verbose: boolean;
  /** Where all of a fix is. */
  readonly fixIn: (numbers: readonly number[]) => string;
  /** Between things on one line. */
  readonly dot: string;
  readonly more: string;
};

export function ink(style: Style): Ink {
  return {
    c: pc.createColors(style.color),
    width: Math.max(40, style.width),
    height: style.height,
    verbose: style.verbose,
    fixIn: style.within === 'session' ? () => '"Copy a command"' : flags,
    dot: style.unicode ? ' · ' : ' - ',
    more: style.unicode ? '…' : '...',
  };
}

const flags = (numbers: readonly number[]): string => numbers.map((n) => `--fix ${n}`).join(', ');

/** `Cause`, `Do NOT`, `Verdict`: everything they introduce starts in one column. */
export const labelWidth = 8;

export type Paint = (text: string) => string;

/** `Cause  text that wraps under its start`. */
export function row(to: Ink, label: string, text: string, paint: Paint = to.c.bold): string[] {
  const left = pad(label, labelWidth - 1) + ' ';
  const indent = stringWidth(left);
  return wrap(text, to.width - indent).map((part, i) =>
    i === 0 ? paint(label) + left.slice(label.length) + part : ' '.repeat(indent) + part,
  );
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

/** `Look    kubectl ...`, where the command is one line. */
export function besideLabel(
  to: Ink,
  label: string,
  run: Command,
  reach: Reach,
): string[] | undefined {
  const [only, ...more] = command(run, reach, 0);
  if (only === undefined || more.length > 0) return undefined;
  return [to.c.bold(label) + ' '.repeat(labelWidth - label.length) + only];
}
