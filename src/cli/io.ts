// Everything a command may touch of the process, passed in: streams, environment, signals; and how the process ends.
import { isatty } from 'node:tty';
import { exitCodes, type ExitCode } from '../run/exit.ts';
import { messageText } from './message.ts';
import { writeErrorSays, writerOf } from './streams.ts';

/** `colour`: the colours of ours may be in it. */
export type Look = 'plain' | 'colour';

/** The process as it is. `main` puts a door in front of what can be written to. */
export type ProcessIo = {
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
  /** Aborts with Ctrl-C, and when the process is asked to end. */
  readonly interrupt: AbortSignal;
  /** For what goes on after a Ctrl-C: aborts with the next one. */
  readonly nextInterrupt: () => AbortSignal;
  /** Aborts when the terminal is lost. Who asks for it is not ended by that, and must end by itself. */
  readonly hangUp: () => AbortSignal;
  /** Whether a pager showed it: a text that is longer than the screen. */
  readonly page: (text: string) => Promise<boolean>;
  /** The code for what was interrupted: that of the last signal. Without it, Ctrl-C's. */
  readonly interruptedCode?: () => ExitCode;
};

export type Io = Omit<ProcessIo, 'out'> & {
  /** A report, or a part of one. */
  readonly out: (text: string, look?: Look) => void;
  /** Hands the terminal what `clipboard` of triage/osc52.ts made. */
  readonly clipboard: (sequence: string) => void;
};

/** What shells say of a signal: 128 and its number. */
const codes = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;
type Ending = keyof typeof codes;

export type Process = {
  readonly io: ProcessIo;
  /** When `main` is done. The code is set, not forced: a large report must drain into its pipe first. */
  readonly end: (code: ExitCode) => void;
};

/** How long a run that failed may take to print what it knows. */
const lastMs = 3000;

/** The real process. */
export function thisProcess(): Process {
  const { stdout, stderr, stdin } = process;
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  let interrupt = new AbortController();
  let asked = 0;
  let last: Ending = 'SIGINT';
  let gone: AbortController | undefined;
  /** Told in place of the code that `main` comes to. */
  let instead: ExitCode | undefined;
  // If nothing is left to wait for and `main` has not come to its end, that is no success.
  process.exitCode = exitCodes.failed;

  const stop = (reason: string): void => {
    asked += 1;
    // Once: print what is known. Twice: the person means it. Children are ended by those who listen for the exit.
    if (asked > 1) process.exit(instead ?? codes[last]);
    interrupt.abort(new Error(reason));
  };
  const onSignal = (signal: Ending): void => {
    // A terminal that closes tells its shell and its jobs, and the shell tells its jobs again.
    if (signal === 'SIGHUP' && last === 'SIGHUP' && asked > 0) return;
    last = signal;
    if (signal === 'SIGHUP' && gone) gone.abort(new Error('the terminal is gone'));
    else stop('interrupted');
  };
  const onLost = (): void => {
    instead = codes.SIGHUP;
    onSignal('SIGHUP');
  };
  const fail = (lines: readonly string[]): void => {
    instead = exitCodes.failed;
    process.exitCode = instead;
    for (const line of lines) err(messageText(`${line}\n`));
  };
  // The terminal was taken away, and whoever leads it did not pass the signal on.
  const isLoss = ({ code }: NodeJS.ErrnoException) => code === 'EIO' && terminals.length > 0;
  const err = writerOf(stderr, 2, (error) => {
    if (isLoss(error)) onLost();
  });
  const out = writerOf(stdout, 1, (error) => {
    if (isLoss(error)) onLost();
    // Nobody reads any more (`| head -1`). What else was asked for is still done: `--save`, and the exit code.
    else if (error.code !== 'EPIPE' && instead === undefined)
      fail([`meshdoc: standard output cannot be written: ${writeErrorSays(error)}`]);
  });

  const onUncaught = (error: unknown): void => {
    // The run ends as by Ctrl-C: what it knows by then is printed and saved.
    setTimeout(() => process.exit(exitCodes.failed), lastMs).unref();
    instead = exitCodes.failed;
    void import('./failure.ts').then(({ failureLines }) => {
      fail(failureLines(error, process.argv.includes('--debug')));
    });
    stop('failed');
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);

  const io: ProcessIo = {
    ...{ out, err, stdout, stderr, stdin },
    env: process.env,
    cwd: process.cwd(),
    interactive: stdin.isTTY,
    interrupt: interrupt.signal,
    nextInterrupt: () => {
      if (interrupt.signal.aborted) interrupt = new AbortController();
      asked = 0;
      return interrupt.signal;
    },
    hangUp: () => {
      gone = new AbortController();
      onceLost(stdin, onLost);
      return gone.signal;
    },
    page: async (text) => {
      const { page, pagerOf } = await import('./pager.ts');
      const pager = pagerOf(process.env, process.platform);
      return pager !== undefined && page(text, pager, process.env);
    },
    interruptedCode: () => codes[last],
  };
  const end = (code: ExitCode): void => {
    process.exitCode = instead ?? code;
    if (process.exitCode === codes.SIGHUP && terminals.some((fd) => !isatty(fd))) endByHangUp();
  };
  return { io, end };
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
 * src/node.cc). So those who end their children at an exit are told of one.
 */
function endByHangUp(): void {
  process.emit('exit', exitCodes.hungUp);
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
