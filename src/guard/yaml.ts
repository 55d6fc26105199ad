// Values of YAML in text that stand on the lines below their name: blocks (`password: |`), lists, and maps whose
// own fields hold the value.
import type { Edit, Hide } from './edit.ts';
import { isHarmless } from './names.ts';
import { lineEnd, readValue } from './value.ts';

type Key = {
  /** Where the name begins. */
  readonly start: number;
  /** Behind the colon. */
  readonly at: number;
  readonly password: boolean;
};
/** Lines of one value. */
const LINES = 200;
const FIELD = /^([ \t]*(?:- )?["']?([\w.-]{1,128})["']?:[ \t]+)(?=\S)/;
const ITEM = /^([ \t]*- )(?=\S)/;
const VALUE =
  /^(?:values?|(?:exact|prefix|suffix|regex)(?:_?match)?|literal|plain(?:text)?|content|data|raw|inline\w*)$/i;

/** What is below a name that says it is a credential, whose own line ends with the colon or a block's mark. */
export function hideBlock(text: string, key: Key, hide: Hide): Edit | undefined {
  const head = lineEnd(text, key.at);
  const end = blockEnd(text, key.start, head);
  if (end === head) return undefined;
  const scalar = /[|>]/.test(text.slice(key.at, Math.min(head, key.at + 64)).split('#')[0] ?? '');
  const body = text.slice(head + 1, end);
  const safe = scalar ? wholeScalar(body, hide) : fields(body, key.password, hide);
  return safe === body ? undefined : { from: head + 1, to: end, end, text: safe };
}

/** The end of the last line that is indented more than the name; blank lines inside count. */
function blockEnd(text: string, start: number, head: number): number {
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  let end = head;
  let at = head;
  for (let lines = 0; lines < LINES && at < text.length; lines++) {
    const stop = lineEnd(text, at + 1);
    const line = text.slice(at + 1, Math.min(stop, at + 512));
    const blank = line.trim() === '';
    const column = line.search(/[^ \t]/);
    // A list may stand as far to the left as its name.
    if (!blank && column <= indent && !(column === indent && /^[ \t]*- /.test(line))) break;
    if (!blank) end = stop;
    at = stop;
  }
  return end;
}

function wholeScalar(body: string, hide: Hide): string {
  const value = body.trim();
  return isHarmless('', value) ? body : body.replace(value, () => hide(value));
}

function fields(body: string, password: boolean, hide: Hide): string {
  const lines = body.split('\n');
  // A plain scalar on the next line: `password:` and `  x`.
  if (lines.length === 1 && !FIELD.test(body) && !ITEM.test(body) && !body.trimEnd().endsWith(':'))
    return wholeScalar(body, hide);
  return lines.map((line) => fieldLine(line, password, hide)).join('\n');
}

function fieldLine(line: string, password: boolean, hide: Hide): string {
  const field = FIELD.exec(line);
  const head = field?.[1] ?? (password ? ITEM.exec(line)?.[1] : undefined);
  if (head === undefined || (field !== null && !VALUE.test(field[2] ?? ''))) return line;
  const value = readValue(line, head.length, 0);
  const bare = line.slice(value.from, value.to);
  if (bare === '' || isHarmless('', bare)) return line;
  return `${line.slice(0, value.from)}${hide(bare)}${line.slice(value.to)}`;
}

/** `  db-token: value` and nothing else on its line; in a sentence the word after `token:` is prose. */
export function isLineStart(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 120), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (line.length < before.length || start <= 120) && /^[ \t]*(?:- )?["']?$/.test(line);
}

/** Behind a colon nothing but a block's mark or a comment: the value is below. */
export function isAbove(text: string, at: number): boolean {
  return /^[ \t]*(?:[|>][+-]?\d?[+-]?[ \t]*)?(?:#|\r?\n|$)/.test(text.slice(at, at + 64));
}
