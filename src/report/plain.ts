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

/** A word between its brackets and its punctuation: `(a@b),` is `(`, `a@b` and `),`. */
export function wordParts(word: string): [before: string, core: string, after: string] {
  const before = /^[(["']*/.exec(word)?.[0] ?? '';
  const after = /(?<![)\]"'.,;:!?])[)\]"'.,;:!?]*$/.exec(word.slice(before.length))?.[0] ?? '';
  return [before, word.slice(before.length, word.length - after.length), after];
}
