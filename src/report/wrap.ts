// Wrapping of prose by what a terminal shows, not by characters: wide letters take two columns.
import stringWidth from 'string-width';

/** Lines of at most `width` columns, broken at spaces. A longer word stays whole: names must stay copyable. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** As `wrap`, but a longer word is broken too: for evidence, where the number of rows matters most. */
export function wrapHard(text: string, width: number): string[] {
  if (stringWidth(text) <= width) return [text];
  const rows = wrap(text.trimStart(), width);
  return rows.some((row) => stringWidth(row) > width) ? broken(text, width) : rows;
}

/** Fills with spaces up to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** As many of the items as fit on one line; the rest is counted. */
export function oneRow(items: readonly string[], between: string, width: number): string {
  for (let shown = items.length; shown > 0; shown--) {
    const left = items.length - shown;
    const row = [...items.slice(0, shown), ...(left ? [`${left} more`] : [])].join(between);
    if (shown === 1 || stringWidth(row) <= width) return row;
  }
  return '';
}

/** One line of at most `width` columns. */
export function cutRow(text: string, width: number, more: string): string {
  if (stringWidth(text) <= width) return text;
  const [start = ''] = broken(text, width - stringWidth(more));
  return start.trimEnd() + more;
}

function broken(line: string, width: number): string[] {
  if (stringWidth(line) <= width) return [line];
  const lines: string[] = [];
  let piece = '';
  let columns = 0;
  for (const char of line) {
    const wide = stringWidth(char);
    if (columns + wide > width && piece !== '') {
      lines.push(piece);
      piece = '';
      columns = 0;
    }
    piece += char;
    columns += wide;
  }
  return [...lines, piece];
}

/** Rows of a terminal that these lines take, wrapped as it wraps them. */
export function rowsOf(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / width)), 0);
}
