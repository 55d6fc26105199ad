// How a page stands on a terminal, counted as the terminal counts.
import stringWidth from 'string-width';
import { rowsOf } from '../../src/report/wrap.ts';

export function rowsAt(page: string, columns: number): number {
  return rowsOf(page.trimEnd().split('\n'), columns);
}

/** A command is pasted whole, so that the terminal wraps it. */
const command =
  /^\s*(?:Look {4}|Read more: )?(?:kubectl|istioctl|linkerd|meshdoc|helm|curl|openssl|step|[{"'}<]|EOF|CTX=)/;

/** Rows of prose that a terminal would break inside a word; a word longer than the row breaks anywhere. */
export function brokenRows(page: string, columns: number): readonly string[] {
  return page
    .split('\n')
    .filter((line) => stringWidth(line) > columns && !command.test(line))
    .filter((line) => line.trim().split(/\s+/).length > labelled(line));
}

/** A label and the one word after it. */
const labelled = (line: string): number => (/^\S/.test(line) ? 2 : 1);
