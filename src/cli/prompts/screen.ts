// A stream in front of the terminal that takes back what the terminal or the person does not want: colours, and marks
// outside ASCII. The prompt library decides both for itself, by other rules than the rest of meshdoc.
import { Writable } from 'node:stream';
import { safeText } from '../../core/text.ts';

/** Marks of @clack/prompts, each as wide as what stands for it. */
const ascii: Readonly<Record<string, string>> = {
  '◆': '*',
  '◇': 'o',
  '■': 'x',
  '▲': '!',
  '┌': '+',
  '└': '+',
  '│': '|',
  '─': '-',
  '├': '+',
  '●': '>',
  '○': ' ',
  '◻': ' ',
  '◼': '+',
  '▪': '*',
  '•': '-',
  '·': '-',
  '…': '.',
  '↑': '^',
  '↓': 'v',
  '█': '_',
  '—': '-',
};
const colours = /\x1b\[[0-9;]*m/g;
/** The cursor of a text field is a reversed letter; without it nobody sees where they type. */
const reversed = /\x1b\[(?:7|27)m/;

export function plainText(text: string, how: { color: boolean; unicode: boolean }): string {
  const bare = how.color
    ? text
    : text.replace(colours, (code) => (reversed.test(code) ? code : ''));
  return how.unicode ? bare : bare.replace(/[^\x00-\x7f]/gu, (mark) => ascii[mark] ?? '?');
}

/** A name or a hint in a row of its own, whatever it holds. */
export function inRow(text: string): string {
  return safeText(text).replace(/[\n\t]/g, ' ');
}

/** As wide and high as the terminal behind it. */
export function screen(
  stdout: NodeJS.WriteStream,
  how: { color: boolean; unicode: boolean },
): Writable {
  const front = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _, done) => {
      stdout.write(plainText(String(chunk), how));
      done();
    },
  });
  stdout.on('resize', () => front.emit('resize'));
  return Object.defineProperties(front, {
    columns: { get: () => stdout.columns },
    rows: { get: () => stdout.rows },
    isTTY: { value: true },
  });
}
