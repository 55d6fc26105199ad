// A process for `main` that keeps what is printed.
import { PassThrough } from 'node:stream';
import type { ExitCode } from '../../src/run/exit.ts';
import type { ProcessIo } from '../../src/cli/io.ts';
import type { ProgramName } from '../../src/cli/invocation.ts';
import { main } from '../../src/cli/main.ts';

export type Printed = { readonly code: ExitCode; readonly out: string; readonly err: string };

type More = {
  readonly env?: NodeJS.ProcessEnv;
  readonly interrupt?: AbortSignal;
  readonly name?: ProgramName;
  readonly cwd?: string;
  /** A person at a terminal, who types these lines, one at each prompt; then the terminal ends. */
  readonly types?: readonly string[];
  /** A terminal of this size, where nobody types. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** Shows what is longer than the screen. */
  readonly page?: (text: string) => Promise<boolean>;
};

/** Runs one command line in this process. Nothing of the real environment leaks in. */
export async function cli(argv: readonly string[], more: More = {}): Promise<Printed> {
  let out = '';
  let err = '';
  const interrupt = more.interrupt ?? new AbortController().signal;
  const lines = [...(more.types ?? [])];
  const stdin = new PassThrough();
  const isTTY = more.types !== undefined || more.terminal !== undefined;
  const size = more.terminal ?? { columns: 100 };
  const write = (text: string): boolean => {
    out += text;
    if (text.endsWith('> ')) setImmediate(() => typeNext(stdin, lines.shift()));
    return true;
  };
  const stdout = { isTTY, ...size, write, on: () => stdout, off: () => stdout };
  const stream = { isTTY: more.terminal !== undefined, ...size, write: () => true };
  const io: ProcessIo = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stream as unknown as NodeJS.WriteStream,
    env: more.env ?? {},
    interactive: more.types !== undefined,
    stdin: stdin as unknown as NodeJS.ReadStream,
    interrupt,
    nextInterrupt: () => interrupt,
    hangUp: () => new AbortController().signal,
    page: more.page ?? (() => Promise.resolve(false)),
    cwd: more.cwd ?? '/',
  };
  const code = await main(argv, io, more.name ?? 'meshdoc');
  return { code, out, err };
}

function typeNext(stdin: PassThrough, line: string | undefined): void {
  if (line === undefined) stdin.end();
  else stdin.write(`${line}\n`);
}
