// `meshdoc complete -- <words>`: what the scripts of `meshdoc completion` ask at every press of Tab. The answer
// is cobra's (site/content/completions), which kubectl and @bomb.sh/tab speak too: a name a line, its
// description behind a tab, then a directive.
import type { Command } from 'commander';
import { oneLine } from '../../core/text.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import { readLine } from '../completion/line.ts';
import { namesFor, type Name, type Names } from '../completion/names.ts';
import type { Io } from '../io.ts';

/** Bits of the directive. */
const noSpace = 2;
const noFiles = 4;

export async function completeCommand(
  program: Command,
  words: readonly string[],
  io: Io,
): Promise<ExitCode> {
  const { names, files } = await found(program, words, io);
  for (const { value, says } of names) io.out(`${value}${says ? `\t${oneLine(says)}` : ''}\n`);
  // `deploy/` and `shop/` go on.
  const goesOn = names.length > 0 && names.every(({ value }) => value.endsWith('/'));
  io.out(`:${(files ? 0 : noFiles) + (goesOn ? noSpace : 0)}\n`);
  return exitCodes.healthy;
}

/** Whatever goes wrong, nothing is printed into the line that is being typed. */
async function found(program: Command, words: readonly string[], io: Io): Promise<Names> {
  try {
    const line = readLine(program, words, io.env['HOME'] ?? '~');
    if (line.wanted.is !== 'command') return await namesFor(line, io);
    return { names: commandNames(program, line.typed), files: false };
  } catch {
    return { names: [], files: false };
  }
}

function commandNames(program: Command, typed: string): readonly Name[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({ value: command.name(), says: command.description() }))
    .filter(({ value }) => value.startsWith(typed));
}
