// Declares the commands that ask no cluster and read no case.
import type { Command } from 'commander';
import { exitCodes, type ExitCode } from '../run/exit.ts';
import { version } from '../run/version.ts';
import { jsonText } from '../core/text.ts';
import type { ColorChoice } from '../run/options.ts';
import type { Io } from './io.ts';
import { outputOption, withTerminalOptions } from './options.ts';
import { unknownCommand } from './usage-error.ts';

type End = (code: ExitCode) => void;
type Raw = { readonly output: 'text' | 'json' };

/** What there is, and what it means. */
export function addBook(program: Command, io: Io, end: End): void {
  program
    .command('list')
    .description('every runbook, and when to reach for it')
    .argument('[runbook|mesh]', 'the findings of one runbook, or the runbooks of one mesh')
    .addOption(outputOption(['text', 'json']))
    .action(async (which: string | undefined, { output }: Raw) => {
      const { listCommand } = await import('./commands/list.ts');
      end(await listCommand(which, output, io));
    });

  withTerminalOptions(
    program
      .command('explain')
      .description('what a runbook asks, or what a finding means; "json" is the schema of -o json'),
  )
    .argument(
      '<runbook|finding|json...>',
      'stale, stale/frozen, frozen, or the headline of a report',
    )
    .action(async (words: string[], { color }: { readonly color: ColorChoice }) => {
      const { explainCommand } = await import('./commands/explain.ts');
      end(await explainCommand(words, color, io));
    });
}

/** What is set, which version this is, and how it is called. */
export function addSettings(program: Command, io: Io, end: End): void {
  program
    .command('config')
    .description('the settings in force, and where each came from')
    .addOption(outputOption(['text', 'json']))
    .action(async ({ output }: Raw) => {
      const { configCommand } = await import('./commands/config.ts');
      end(await configCommand(output, io, Date.now()));
    });

  program
    .command('version')
    .description("meshdoc's version")
    .addOption(outputOption(['text', 'json']))
    .action(({ output }: Raw) => {
      const document = { schema: 'meshdoc/version/v1', meshdoc: version, node: process.version };
      io.out(output === 'json' ? `${jsonText(document, 2)}\n` : `${version}\n`);
    });

  program
    .command('help')
    .description('this page, or that of a command')
    .argument('[command]')
    .action((name: string | undefined) => {
      end(helpOf(program, name, io));
    });
}

function helpOf(program: Command, name: string | undefined, io: Io): ExitCode {
  const command =
    name === undefined ? program : program.commands.find((one) => one.name() === name);
  if (command) {
    command.outputHelp();
    return exitCodes.healthy;
  }
  io.err(
    unknownCommand(
      name ?? '',
      program.commands.map((one) => one.name()),
    ),
  );
  return exitCodes.usage;
}
