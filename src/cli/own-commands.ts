// Declares the commands that are about meshdoc's own footing: what it may ask here, and what it takes.
import type { Command } from 'commander';
import type { ExitCode } from '../run/exit.ts';
import type { Io } from './io.ts';
import {
  outputOption,
  withClusterOptions,
  withTerminalOptions,
  withTimeLimits,
} from './options.ts';

type Raw = Readonly<Record<string, unknown>>;
type End = (code: ExitCode) => void;

const many = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export function addOwnCommands(program: Command, io: Io, end: End): void {
  withFooting(
    program.command('doctor').description('why meshdoc cannot see enough here, at a glance'),
  )
    .argument('[runbook...]', 'whose permissions to check (default: those of every runbook)')
    .addOption(outputOption(['text', 'json']))
    .action(async (runbooks: string[], raw: Raw) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      end(await doctorCommand(runbooks, raw, io));
    });

  withFooting(program.command('access').description('the least roles that runbooks need, to apply'))
    .argument('[runbook...]', 'which (default: every one)')
    .option('--user <name>', 'bind them to this user; may be repeated', many)
    .option('--group <name>', 'bind them to this group; may be repeated', many)
    .option('--serviceaccount <namespace:name>', 'bind them to it; may be repeated', many)
    .option('--check', 'say which of these rights you lack, in place of printing them', false)
    .addOption(outputOption(['yaml', 'json', 'text']).default(undefined, 'yaml; text with --check'))
    .action(async (runbooks: string[], raw: Raw) => {
      const { accessCommand } = await import('./commands/access.ts');
      end(await accessCommand(runbooks, raw, io));
    });
}

function withFooting(command: Command): Command {
  return withTerminalOptions(withTimeLimits(withClusterOptions(command))).option(
    '--verbose',
    'every right that is missing',
    false,
  );
}
