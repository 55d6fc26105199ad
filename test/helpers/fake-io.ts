// A process for `main` that keeps what is printed.
import type { ExitCode } from '../../src/cli/exit.ts';
import type { Io } from '../../src/cli/io.ts';
import type { ProgramName } from '../../src/cli/invocation.ts';
import { main } from '../../src/cli/main.ts';

export type Printed = { readonly code: ExitCode; readonly out: string; readonly err: string };

/** Runs one command line in this process. Nothing of the real environment leaks in. */
export async function cli(
  argv: readonly string[],
  more: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly interrupt?: AbortSignal;
    readonly name?: ProgramName;
  } = {},
): Promise<Printed> {
  let out = '';
  let err = '';
  const stream = { isTTY: false, columns: 100, write: () => true };
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdout: stream as unknown as NodeJS.WriteStream,
    stderr: stream as unknown as NodeJS.WriteStream,
    env: more.env ?? {},
    cwd: more.cwd ?? '/',
    interactive: false,
    interrupt: more.interrupt ?? new AbortController().signal,
  };
  const code = await main(argv, io, more.name ?? 'meshdoc');
  return { code, out, err };
}
