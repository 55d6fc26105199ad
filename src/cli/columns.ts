// Two columns as help has them: a name, and what it stands for, wrapped beside it.
import { pad, wrap } from '../report/wrap.ts';

type Row = readonly [name: string, says: string];

/** Narrower than this the second column stands below the first. */
const narrowest = 24;

type Layout = {
  readonly indent?: number;
  /** Of the first column, where several lists have the same. */
  readonly first?: number;
};

export function firstWidth(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => name.length)) + 2;
}

/** A line each where there is room; never broken inside a word. Ends in a newline. */
export function columns(rows: readonly Row[], width: number, layout: Layout = {}): string {
  const { indent = 0, first = firstWidth(rows.map(([name]) => name)) } = layout;
  const room = width - indent - first;
  const lines = rows.flatMap((row) =>
    room < narrowest ? below(row, width - indent) : beside(row, first, room),
  );
  return lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
}

function beside([name, says]: Row, first: number, room: number): readonly string[] {
  return wrap(says, room).map((part, i) => pad(i === 0 ? name : '', first) + part);
}

function below([name, says]: Row, width: number): readonly string[] {
  return [name, ...wrap(says, width - 2).map((part) => `  ${part}`)];
}

/** A paragraph of our own. Ends in a newline. */
export function prose(text: string, width: number): string {
  return `${wrap(text, width).join('\n')}\n`;
}
