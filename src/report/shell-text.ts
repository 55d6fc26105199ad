// A shell command inside markup that has no escapes: changed in its spelling, never in what it runs.

/**
 * Splits quoted words at each match: `'{code'` becomes `'{''code'`, the same word to a shell. Right only
 * where a match is always inside single quotes, as `shell` quotes every word with such characters.
 */
export function unquoted(command: string, after: RegExp): string {
  return command.replace(after, (match) => `${match}''`);
}
