// Runs one program to its end: no shell, its whole process group under one deadline.
import type { Readable } from 'node:stream';
import type { execa } from 'execa';
import { Bytes } from './bytes.ts';
import { codeOf } from './connection-error.ts';

export type RunOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** Gives the program this terminal: then it stays in our process group, and only it is killed. */
  readonly terminal?: boolean;
  readonly signal: AbortSignal;
  /** Bytes that each of its streams may have. */
  readonly limit: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
};
export type Ran =
  | {
      readonly is: 'exited';
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly is: 'missing' }
  /** Ended by `signal` of the options. */
  | { readonly is: 'cut' }
  /** Could not be started, was killed, or printed more than can be kept: a code, a signal's name, or `too-much`. */
  | { readonly is: 'broken'; readonly code: string };

/** How long a grandchild may hold the pipe after the program itself has ended, in milliseconds. */
const PIPE_GRACE = 300;

/** Never rejects, and never waits for a grandchild that keeps a pipe open. */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  const library = await import('execa');
  if (options.signal.aborted) return { is: 'cut' };
  const child = start(library.execa, file, args, options);
  const kill = (signal: NodeJS.Signals): void => {
    signalAll(child, !options.terminal, signal);
  };
  return whenOver(child, options, kill);
}

function start(spawn: typeof execa, file: string, args: readonly string[], options: RunOptions) {
  return spawn(file, args, {
    env: options.env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: options.terminal ? 'inherit' : 'ignore',
    // Its own group, so that its children can be killed with it. Without one execa would install signal
    // handlers to clean up; ours does that.
    detached: !options.terminal,
    cleanup: false,
    // Read below, as bytes: execa would keep all that it has when it is told to stop.
    buffer: false,
  });
}
type Child = ReturnType<typeof start>;

async function whenOver(
  child: Child,
  options: RunOptions,
  kill: (signal: NodeJS.Signals) => void,
): Promise<Ran> {
  const atExit = (): void => {
    kill('SIGKILL');
  };
  process.once('exit', atExit);
  let release: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    release = setTimeout(() => {
      kill('SIGKILL');
      forget(child);
    }, PIPE_GRACE);
  });
  let onAbort: (() => void) | undefined;
  const cut = new Promise<Ran>((resolve) => {
    onAbort = () => {
      kill('SIGTERM');
      setTimeout(() => {
        kill('SIGKILL');
      }, options.graceMs ?? 1000).unref();
      // Nothing of it may keep this process alive; what is left of it then dies by `atExit`.
      forget(child);
      resolve({ is: 'cut' });
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
  });
  const output = { stdout: new Bytes(), stderr: new Bytes() };
  const flood = new Promise<Ran>((resolve) => {
    const stop = (): void => {
      kill('SIGKILL');
      forget(child);
      resolve({ is: 'broken', code: 'too-much' });
    };
    keep(child.stdout, output.stdout, options.limit, stop);
    keep(child.stderr, output.stderr, options.limit, stop);
  });
  const over = child.then(
    (result) => outcome(result, output),
    (): Ran => ({ is: 'broken', code: 'unknown' }),
  );
  void over.finally(() => {
    clearTimeout(release);
    process.off('exit', atExit);
  });
  try {
    return await Promise.race([flood, over, cut]);
  } finally {
    if (onAbort) options.signal.removeEventListener('abort', onAbort);
  }
}

function keep(stream: Readable, bytes: Bytes, limit: number, stop: () => void): void {
  stream.on('data', (piece: Buffer) => {
    if (bytes.size + piece.length <= limit) bytes.push(piece);
    else stop();
  });
}

type Output = { readonly stdout: Bytes; readonly stderr: Bytes };

function outcome(result: Awaited<Child>, { stdout, stderr }: Output): Ran {
  if (result.exitCode !== undefined) {
    return {
      is: 'exited',
      exitCode: result.exitCode,
      stdout: stdout.take().toString('utf8'),
      stderr: stderr.take().toString('utf8'),
    };
  }
  const code = result.code ?? codeOf(result.cause);
  if (code === 'ENOENT') return { is: 'missing' };
  return { is: 'broken', code: result.signal ?? (code || 'unknown') };
}

function forget(child: Child): void {
  child.unref();
  child.stdout.destroy();
  child.stderr.destroy();
}

function signalAll(child: Child, group: boolean, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch {
    // Already gone.
  }
}
