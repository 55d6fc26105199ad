// What the terminal can do, decided once per stream: flags, then the environment, then the terminal itself.
// Order: --color, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb, isTTY (no-color.org, bixense.com/clicolors).
import type { Style } from '../report/style.ts';

export type ColorChoice = 'auto' | 'always' | 'never';
export type Stream = { readonly isTTY?: boolean; readonly columns?: number };
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

export function styleFor(
  options: { color: ColorChoice; verbose: boolean },
  env: Env,
  stream: Stream,
): Style {
  const width = Math.min(Math.max(stream.columns ?? 100, 60), 120);
  return {
    color: wantsColor(options.color, env, stream),
    width,
    unicode: speaksUnicode(env),
    verbose: options.verbose,
  };
}
