// Everything a command may touch of the process, passed in: streams, environment, Ctrl-C.

export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** The working directory. */
  readonly cwd: string;
  /** A person is at the other end of standard input. */
  readonly interactive: boolean;
  /** Aborts with Ctrl-C. */
  readonly interrupt: AbortSignal;
};

/** The real process. A reader that stops reading (`| head -1`) ends us quietly. */
export function processIo(): Io {
  const interrupt = new AbortController();
  let asked = 0;
  const onSignal = (): void => {
    asked += 1;
    // Once: print what is known. Twice: the person means it.
    if (asked > 1) process.exit(130);
    interrupt.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const quietly = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  };
  process.stdout.on('error', quietly);
  process.stderr.on('error', quietly);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    interactive: process.stdin.isTTY,
    interrupt: interrupt.signal,
  };
}
