import { execa } from 'execa';
import { CONTROL_PLANE_NETNS } from './paths.ts';

export type Result = { code: number; stdout: string; stderr: string; ms: number };
export type RunOptions = {
  stdin?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
  cwd?: string;
};

/** Runs a command and never throws: the exit code is data (124 = our own time-out). */
export async function run(argv: string[], opt: RunOptions = {}): Promise<Result> {
  const started = performance.now();
  const [file = 'false', ...args] = argv;
  const done = await execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    ...(opt.stdin === undefined ? { stdin: 'ignore' as const } : { input: opt.stdin }),
    ...(opt.env ? { env: opt.env } : {}),
    ...(opt.cwd ? { cwd: opt.cwd } : {}),
    ...(opt.timeoutMs ? { timeout: opt.timeoutMs, killSignal: 'SIGKILL' as const } : {}),
  });
  const code = done.timedOut ? 124 : (done.exitCode ?? 1);
  const ms = Math.round(performance.now() - started);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-conversion -- absent when it could not start
  return { code, stdout: String(done.stdout), stderr: String(done.stderr), ms };
}

/** Runs a command that must succeed; the error carries what it printed. */
export async function sh(argv: string[], opt: RunOptions = {}): Promise<string> {
  const done = await run(argv, opt);
  if (done.code !== 0) {
    throw new Error(`${argv.join(' ')}: exit ${done.code}\n${done.stderr}${done.stdout}`);
  }
  return done.stdout;
}

export const inNetns = (netns: string, argv: string[]): string[] => [
  'ip',
  'netns',
  'exec',
  netns,
  ...argv,
];

export const inControlPlane = (argv: string[]): string[] => inNetns(CONTROL_PLANE_NETNS, argv);

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Polls until `probe` answers something truthy; its last error or answer is in the failure. */
export async function until<T>(
  what: string,
  probe: () => Promise<T>,
  timeoutMs = 120_000,
  everyMs = 300,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(everyMs);
  }
  throw new Error(`gave up after ${timeoutMs} ms waiting for ${what}: ${String(last)}`);
}
