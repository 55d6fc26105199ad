// Times and memory of whole processes.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

export type Timed = { readonly ms: number; readonly code: number; readonly out: string };

export async function timed(argv: readonly string[]): Promise<Timed> {
  const [file = '', ...args] = argv;
  const began = performance.now();
  const ended = await execa(file, args, { stdin: 'ignore', reject: false });
  return { ms: performance.now() - began, code: ended.exitCode ?? -1, out: ended.stdout };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = sorted.slice(sorted.length % 2 === 1 ? half : half - 1);
  return sorted.length % 2 === 1 ? low : (low + high) / 2;
}

const busyAtMost = 0.35;

/**
 * Waits until the machine has done little for three seconds, two minutes at most: a cluster that was just
 * filled or emptied goes on working for a while. Answers whether it got quiet.
 */
export async function quiet(): Promise<boolean> {
  let calm = 0;
  for (let second = 0; second < 120 && calm < 3; second += 1) {
    const before = cpuTimes();
    await sleep(1000);
    const after = cpuTimes();
    const busy = 1 - (after.idle - before.idle) / (after.all - before.all);
    calm = busy <= busyAtMost ? calm + 1 : 0;
  }
  return calm >= 3;
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.flatMap((each) => Object.values(each));
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: all.reduce((sum, ms) => sum + ms, 0),
  };
}

/**
 * Runs each in turn, `rounds` times over, so that a busy moment of the machine falls on all alike. Returns
 * every time in milliseconds, by name.
 */
export async function interleaved(
  rounds: number,
  runs: Readonly<Record<string, () => Promise<number>>>,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const times = Object.fromEntries(Object.keys(runs).map((name) => [name, [] as number[]]));
  // The first round fills caches and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const ms = await run();
      if (round > 0) times[name]?.push(ms);
    }
  }
  return times;
}

// VmHWM, not getrusage: the latter starts at what the parent process used.
const hook = `
import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.PEAK_FILE, readFileSync('/proc/self/status')));`;
const hookUrl = `data:text/javascript,${encodeURIComponent(hook)}`;

/** The most memory that a Node process held, in MB; `run` starts it with what it is given. */
export async function peakOf(
  run: (node: readonly string[], env: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'meshdoc-peak-'));
  const file = join(dir, 'status');
  await run([process.execPath, '--import', hookUrl], { PEAK_FILE: file });
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(file, 'utf8'))?.[1];
  await rm(dir, { recursive: true });
  return Number(kilobytes) / 1024;
}
