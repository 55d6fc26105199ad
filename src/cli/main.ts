// The command line. Commands load when they run, so that help costs no more than commander.
import { Argument, Command, CommanderError } from 'commander';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import { commandFirst } from './reorder.ts';
import {
  runOptions,
  sessionOptions,
  withReportOptions,
  withRequestOptions,
  withRunOptions,
  withSessionOptions,
} from './options.ts';
import { version } from './version.ts';

/** Runs one command line and returns its exit code; never throws for what a user typed. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCodes.healthy;
  const program = build(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(commandFirst(program, argv), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const debug = argv.includes('--debug');
    io.err(
      `meshdoc: failed, and the fault is its own${debug ? `\n${stack}` : '; run again with --debug and report it'}\n`,
    );
    return exitCodes.failed;
  }
}

const examples = `
Examples:
  meshdoc diagnose stale web-5fcd744f86-j6vtr -n shop     one pod
  meshdoc diagnose stale deploy/web.shop                  the pods of a workload
  meshdoc diagnose web.shop                               whatever fits: it looks for signs first
  meshdoc diagnose stale web.shop -o ticket               as text for an incident ticket
  meshdoc diagnose stale web.shop --save case.tgz         keep the evidence, redacted
  meshdoc diagnose --from case.tgz                        diagnose it again, anywhere
  meshdoc triage                                          a session that asks you, step by step
  meshdoc demo stale                                      a recorded incident, no cluster needed

Exit codes: 0 healthy, 2 usage, 3 problem found, 4 inconclusive, 5 cluster unreachable, 130 interrupted.
meshdoc only reads. Fixes are printed for you to paste; it runs none of them.`;

function build(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('meshdoc')
    .description('Diagnose a live service mesh: the cause, the proof, and commands to paste.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: (text) => {
        io.err(text.replace(/^error: /, 'meshdoc: '));
      },
    })
    .showSuggestionAfterError()
    .helpCommand(false)
    .addHelpText('after', examples);

  withRequestOptions(
    withRunOptions(
      program.command('diagnose').description('find why something is wrong, and how to mend it'),
    ),
  )
    .argument('[runbook]', 'which fault to look for (meshdoc list); without one, what fits')
    .argument('[target...]', 'a pod, pod.namespace, namespace/pod, deploy/name, ns/name')
    .action(
      async (runbook: string | undefined, targets: string[], raw: Record<string, unknown>) => {
        const { diagnoseCommand } = await import('./commands/diagnose.ts');
        end(await diagnoseCommand({ runbook, targets, options: runOptions(raw) }, io));
      },
    );

  withSessionOptions(
    withRunOptions(program.command('triage').description('a session that asks you, step by step')),
  )
    .argument('[target]', 'where to look first')
    .action(async (target: string | undefined, raw: Record<string, unknown>) => {
      const { triageCommand } = await import('./commands/triage.ts');
      end(await triageCommand({ target, options: runOptions(raw), ...sessionOptions(raw) }, io));
    });

  program
    .command('list')
    .description('every runbook, and when to reach for it')
    .addArgument(new Argument('[output]').choices(['text', 'json']).default('text'))
    .action(async (output: 'text' | 'json') => {
      const { listCommand } = await import('./commands/list.ts');
      end(listCommand(output, io));
    });

  program
    .command('explain')
    .description('what a runbook asks, or what a finding means; "json" is the schema of -o json')
    .argument('<runbook|code|json>')
    .action(async (what: string) => {
      const { explainCommand } = await import('./commands/explain.ts');
      end(await explainCommand(what, io));
    });

  withReportOptions(
    program.command('demo').description('recorded incidents, diagnosed without a cluster'),
  )
    .argument('[incident]')
    .action(async (name: string | undefined, raw: Record<string, unknown>) => {
      const { demoCommand } = await import('./commands/demo.ts');
      end(await demoCommand(name, runOptions(raw), io));
    });

  program
    .command('version')
    .description("meshdoc's version")
    .action(() => {
      io.out(`${version}\n`);
    });

  for (const command of program.commands)
    command.exitOverride().configureOutput(program.configureOutput());
  return program;
}
