// A message to the person at standard error: one line, and nothing unseen in it.
import { visible } from '../core/text.ts';
import { wrap } from '../report/wrap.ts';

/** A message may begin with erasing the line that it stands in. */
const erased = '\r\x1b[2K';

/** One message is one line, however many lines hold what it quotes. */
export function messageText(text: string): string {
  const start = text.startsWith(erased) ? erased : '';
  const end = text.endsWith('\n') ? '\n' : '';
  const lines = text.slice(start.length).split(/[\n\r]/);
  const kept = lines.map((line) => visible(line).trimEnd()).filter((line) => line.trim() !== '');
  const [first = '', ...rest] = kept;
  return start + [first, ...rest.map((line) => line.trimStart())].join(' ') + end;
}

/** As a terminal of that width shows it without breaking a word. A line that is written over must stay one. */
export function messageRows(text: string, columns: number | undefined): string {
  if (columns === undefined || text.startsWith(erased) || text.length <= columns) return text;
  return text
    .split('\n')
    .flatMap((line) => wrap(line, columns))
    .join('\n');
}
