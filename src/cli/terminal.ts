// What the terminal can do, decided once per stream: flags, then the environment, then the terminal itself.
// Order: --color, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb, isTTY (no-color.org, bixense.com/clicolors).
import type { ColorChoice } from '../run/options.ts';
import type { Style } from '../report/style.ts';
import type { Look } from './io.ts';

export type Stream = {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};
type Env = Readonly<Record<string, string | undefined>>;

export function wantsColor(choice: ColorChoice, env: Env, stream: Stream): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'] ?? env['CLICOLOR_FORCE'];
  if (forced !== undefined && forced !== '' && forced !== '0' && forced !== 'false') return true;
  if (env['CLICOLOR'] === '0' || env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

/** The locale's character set, as libc reads it. */
export function speaksUnicode(env: Env): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale) && env['TERM'] !== 'linux';
}

/** Narrower ones say 0 or 1 and mean that they do not know (`script` without a terminal of its own, some CI). */
const narrowest = 20;
const widest = 1000;
/** DEC's VT100 had it, and every program reckons with it. */
const usualColumns = 80;
const usualRows = 24;

/** How wide the terminal is, where that is known. */
export function columnsOf({ columns }: Stream): number | undefined {
  return isSize(columns, narrowest) ? columns : undefined;
}

/** How high, likewise. */
export function rowsOf({ rows }: Stream): number | undefined {
  return isSize(rows, 2) ? rows : undefined;
}

function isSize(n: number | undefined, least: number): n is number {
  return Number.isInteger(n) && Number(n) >= least && Number(n) <= widest;
}

/** The width to print at; what is no terminal, or does not say, has 80 columns. */
export function widthOf(stream: Stream): number {
  return columnsOf(stream) ?? usualColumns;
}

/** Whether something can be drawn over there, again and again: where the width is not known it would run away. */
export function isDrawable(stream: Stream): boolean {
  return stream.isTTY === true && columnsOf(stream) !== undefined;
}

/** What the door lets through of a report in that style. */
export function lookOf({ color }: Style): Look {
  return color ? 'colour' : 'plain';
}

export function styleFor(
  options: { color: ColorChoice; verbose: boolean },
  env: Env,
  stream: Stream,
): Style {
  return {
    color: wantsColor(options.color, env, stream),
    width: Math.min(Math.max(widthOf(stream), 40), 120),
    height: rowsOf(stream) ?? usualRows,
    unicode: speaksUnicode(env),
    verbose: options.verbose,
  };
}
