// Everything a command may touch of the process, passed in: streams, environment, Ctrl-C.
import { isatty } from 'node:tty';

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
  readonly stdin: NodeJS.ReadStream;
  /** Aborts with Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** For what goes on after a Ctrl-C: aborts with the next one. */
  readonly nextInterrupt: () => AbortSignal;
  /** Aborts when the terminal is lost. Who asks for it is not ended by that, and must end by itself. */
  readonly hangUp: () => AbortSignal;
};

/** The real process. A reader that stops reading (`| head -1`) ends us quietly. */
export function processIo(): Io {
  let interrupt = new AbortController();
  let asked = 0;
  let gone: AbortController | undefined;
  const onSignal = (): void => {
    asked += 1;
    // Once: print what is known. Twice: the person means it.
    if (asked > 1) process.exit(130);
    interrupt.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const onGone = (): void => {
    if (!gone) endByHangUp();
    gone?.abort(new Error('the terminal is gone'));
  };
  const quietly = (error: NodeJS.ErrnoException): void => {
    // The terminal was taken away, and whoever leads it did not pass the signal on.
    if (error.code === 'EIO') onGone();
    // Nobody reads any more; what is to be saved is still being saved.
    else if (gone?.signal.aborted) return;
    else if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    else throw error;
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
    stdin: process.stdin,
    interrupt: interrupt.signal,
    nextInterrupt: () => {
      if (interrupt.signal.aborted) interrupt = new AbortController();
      asked = 0;
      return interrupt.signal;
    },
    hangUp: () => {
      gone = new AbortController();
      process.on('SIGHUP', onGone);
      onceLost(process.stdin, onGone);
      return gone.signal;
    },
  };
}

/** A terminal that was taken away reads as an error or as an end; Ctrl-D reads as an end of one that is there. */
function onceLost(stdin: NodeJS.ReadStream, onGone: () => void): void {
  const onEnd = (): void => {
    if (isatty(0)) return;
    // Whoever reads lines sets the mode back as they close; it fails, and nobody could catch it.
    stdin.setRawMode = () => stdin;
    onGone();
  };
  stdin.on('error', onEnd).on('end', onEnd);
}

/**
 * Shells call it 129. Not an exit: Node aborts when it cannot give a terminal its settings back (ResetStdio in its
 * src/node.cc).
 */
export function endByHangUp(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
