// The command line. Commands load when they run, so that help costs no more than commander.
import { Argument, Command, CommanderError, type OutputConfiguration } from 'commander';
import { completionHelp, shells, type Shell } from './completion/shells.ts';
import { exitCodes, type ExitCode } from '../run/exit.ts';
import {
  diagnoseExamples,
  examples,
  helpStyle,
  helpWidth,
  narrowed,
  triageExamples,
} from './help.ts';
import { named, type ProgramName } from './invocation.ts';
import { doored } from './door.ts';
import type { Io, ProcessIo } from './io.ts';
import { addOwnCommands } from './own-commands.ts';
import { addBook, addSettings } from './word-commands.ts';
import { selected, withSelection, type Selection } from './selection.ts';
import { unknownCommand, usageError } from './usage-error.ts';
import { commandFirst } from './reorder.ts';
import type { RunOptions } from '../run/options.ts';
import {
  comparisonOutputs,
  sessionOptions,
  withFix,
  withReportOptions,
  withRequestOptions,
  withRunOptions,
  withSessionOptions,
} from './options.ts';
import { version } from '../run/version.ts';
import { hider } from '../guard/guard.ts';

/** Runs one command line and returns its exit code; never throws for what a user typed. */
export async function main(
  argv: readonly string[],
  given: ProcessIo,
  name: ProgramName,
): Promise<ExitCode> {
  let code = exitCodes.healthy as ExitCode;
  const commands = () => program.commands.map((command) => command.name());
  const io = hiding(named(name, commands, doored(given)));
  const program = build(io, (ended) => {
    code = ended;
  });
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.healthy;
  }
  try {
    await program.parseAsync(commandFirst(program, argv), { from: 'user' });
    return code === exitCodes.interrupted ? (given.interruptedCode?.() ?? code) : code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownCommand')
        io.err(unknownCommand(program.args[0] ?? '', visibleCommands(program)));
      return error.exitCode === 0 ? 0 : exitCodes.usage;
    }
    const { failureLines } = await import('./failure.ts');
    for (const line of failureLines(error, argv.includes('--debug'))) io.err(`${line}\n`);
    return exitCodes.failed;
  }
}

/** What a person typed is in many a sentence that says what is wrong with it. */
function hiding(io: Io): Io {
  const hide = hider();
  return {
    ...io,
    err: (text) => {
      io.err(hide(text));
    },
  };
}

function build(io: Io, end: (code: ExitCode) => void): Command {
  const withConfig = async (
    command: Command,
    run: (options: RunOptions) => Promise<ExitCode>,
  ): Promise<void> => {
    const { configured } = await import('./configured.ts');
    const options = await configured(command, io);
    if (!('says' in options)) return end(await run(options));
    io.err(`meshdoc: ${options.says}\n`);
    end(options.code);
  };
  const program = new Command('meshdoc')
    .description('Diagnose a live service mesh: the cause, the proof, and commands to paste.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureHelp(helpStyle)
    .showSuggestionAfterError(false)
    .helpCommand(false)
    .addHelpText('after', examples);

  withSelection(
    withRequestOptions(
      withRunOptions(
        program.command('diagnose').description('find why something is wrong, and how to fix it'),
      ),
    ),
  )
    .argument('[runbook]', 'which one, of meshdoc list (default: chosen by symptoms)')
    .argument('[target...]', 'web.shop, deploy/web, ns/shop, -l <labels>, -A for the whole mesh')
    .addHelpText('after', diagnoseExamples)
    .action(
      async (first: string | undefined, others: string[], raw: Selection, command: Command) => {
        const words = selected([...(first === undefined ? [] : [first]), ...others], raw);
        if (!words.ok) {
          io.err(`meshdoc: ${words.says}\n`);
          return end(exitCodes.usage);
        }
        const { runbook, targets } = words;
        const { diagnoseCommand } = await import('./commands/diagnose.ts');
        await withConfig(command, async (options) =>
          diagnoseCommand({ runbook, targets, options }, io),
        );
      },
    );

  withSessionOptions(
    withRunOptions(program.command('triage').description('a session that asks you, step by step')),
  )
    .argument('[target]', 'where to look first')
    .addHelpText('after', triageExamples)
    .action(async (target: string | undefined, raw: Record<string, unknown>, command: Command) => {
      const { triageCommand } = await import('./commands/triage.ts');
      await withConfig(command, async (options) => {
        const odd = oddInSession(options);
        if (odd === undefined)
          return triageCommand({ target, options, ...sessionOptions(raw) }, io);
        io.err(`meshdoc: ${odd}\n`);
        return exitCodes.usage;
      });
    });

  addBook(program, io, end);

  withFix(
    withReportOptions(
      program.command('demo').description('recorded incidents, diagnosed without a cluster'),
    ),
  )
    .argument('[incident]')
    .action(async (name: string | undefined, _raw: unknown, command: Command) => {
      const { demoCommand } = await import('./commands/demo.ts');
      await withConfig(command, async (options) => demoCommand(name, options, io));
    });

  addOwnCommands(program, io, end);

  withFix(
    withReportOptions(
      program
        .command('render')
        .description('a saved case in any format, without a cluster (as diagnose --from)'),
    ),
  )
    .argument('[case]', 'a folder or a .tgz, as --save wrote it; or the folder of a triage session')
    .action(async (path: string | undefined, _raw: unknown, command: Command) => {
      const { renderCommand } = await import('./commands/render.ts');
      await withConfig(command, async (options) => renderCommand(path, options, io));
    });

  withReportOptions(
    program
      .command('compare')
      .description('two saved cases: what is resolved, new or not known any more'),
    comparisonOutputs,
  )
    .argument('<before>', 'a saved case: a folder or a .tgz')
    .argument('<after>', 'a later one of the same target')
    .action(async (before: string, after: string, _raw: unknown, command: Command) => {
      const { compareCommand } = await import('./commands/compare.ts');
      await withConfig(command, async (options) => compareCommand(before, after, options, io));
    });

  program
    .command('completion')
    .description('make Tab complete commands, flags, contexts and pods in a shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', completionHelp)
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('./commands/completion.ts');
      end(await completionCommand(shell, io));
    });

  addSettings(program, io, end);

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { completeCommand } = await import('./commands/complete.ts');
      end(await completeCommand(program, words, io));
    });

  for (const command of [program, ...program.commands])
    command.configureOutput(outputOf(io, command));
  return program;
}

function visibleCommands(program: Command): readonly string[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
}

function outputOf(io: Io, command: Command): OutputConfiguration {
  return {
    writeOut: (text) => {
      io.out(narrowed(text, helpWidth(io.stdout)));
    },
    // Help is more than a message.
    writeErr: (text) => {
      for (const line of text.split(/(?<=\n)/)) io.err(line);
    },
    getOutHelpWidth: () => helpWidth(io.stdout),
    outputError: (text) => {
      // What is no command is answered by `main`, which may load the list of runbooks.
      if (!/^error: unknown command/.test(text)) io.err(usageError(text, command));
    },
  };
}

/** What a session would quietly not do. */
function oddInSession({ names, watch, fix, failOn }: RunOptions): string | undefined {
  if (fix !== undefined)
    return 'triage takes no --fix: "Copy a command" has every fix, with undo and verify';
  if (failOn) return 'triage takes no --fail-on: a session ends with 0';
  if (names)
    return 'triage takes no --redact: keep a case, then meshdoc diagnose --from <case> --redact names';
  return watch && `triage takes no ${watch.flag}: it asks again when you tell it to`;
}
