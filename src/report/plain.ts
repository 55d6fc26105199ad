// Text on its way into a report: nothing unseen in it, and a known number of lines.
import { oneLine, safeText } from '../core/text.ts';

export { oneLine };

/** The lines of an excerpt, without blank ones at the end and without trailing spaces. */
export function linesOf(texts: readonly string[]): string[] {
  const lines = texts.flatMap((text) => safeText(text).split('\n'));
  return lines.map((line) => line.replaceAll('\t', '  ').trimEnd()).filter((line) => line !== '');
}

/** At most `max` characters, the last ones saying how much is missing. */
export function clip(text: string, max: number): string {
  // A note longer than what it stands for helps nobody.
  if (text.length <= max + 30) return text;
  const kept = [...text.slice(0, max)];
  // A pair of surrogates cut in half would not be a character any more.
  if (/[\ud800-\udbff]$/.test(kept.at(-1) ?? '')) kept.pop();
  return `${kept.join('').trimEnd()}... (${(text.length - max).toLocaleString('en-US')} characters cut)`;
}

/** `rows` lines of at most `chars` characters, and how many lines were left out. */
export function cutLines(
  lines: readonly string[],
  rows: number,
  chars: number,
): { shown: string[]; left: number } {
  const shown = lines.slice(0, rows).map((line) => clip(line, chars));
  return { shown, left: lines.length - shown.length };
}

/** A word between its brackets and its punctuation: `(a@b),` is `(`, `a@b` and `),`; the bracket of `f(x)` is its own. */
export function wordParts(word: string): [before: string, core: string, after: string] {
  const before = /^[(["']*/.exec(word)?.[0] ?? '';
  const rest = word.slice(before.length);
  const after = /(?<![)\]"'.,;:!?])[)\]"'.,;:!?]*$/.exec(rest)?.[0] ?? '';
  const core = rest.slice(0, rest.length - after.length);
  const own = core.includes('(') && !core.includes(')') && after.startsWith(')') ? 1 : 0;
  return [before, core + after.slice(0, own), after.slice(own)];
}

const clock = /(?<![\w.-])(?:\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d(?:\.\d+)?Z?(?!\w)/g;

/**
 * The words with those that `isLive` in a code span: words in a row are quoted together, so they are one span. A time is
 * never live, whatever its digits look like.
 */
export function spannedWords(
  text: string,
  isLive: (word: string) => boolean,
  write: { readonly plain: (text: string) => string; readonly code: (text: string) => string },
): string {
  const out: string[] = [];
  let row: string[] = [];
  const end = (): void => {
    if (row.length > 0) out.push(oneSpan(row.join(' '), write));
    row = [];
  };
  for (const word of text.split(' ')) {
    const isOne = isLive(word.replace(clock, ''));
    if (!isOne || !goesOn(row.at(-1), word)) end();
    if (isOne) row.push(word);
    else out.push(write.plain(word));
  }
  end();
  return out.join(' ');
}

/** A comma or a bracket between two words parts them. */
function goesOn(last: string | undefined, next: string): boolean {
  return last !== undefined && wordParts(last)[2] === '' && wordParts(next)[0] === '';
}

function oneSpan(quoted: string, { plain, code }: Parameters<typeof spannedWords>[2]): string {
  const [before, core, after] = wordParts(quoted);
  return core === '' ? code(quoted) : plain(before) + code(core) + plain(after);
}
