import { readFile, rm, writeFile } from 'node:fs/promises';
import { inState } from './paths.ts';
import { sleep } from './sh.ts';

const FILE = inState('supervisor.json');

type Tracked = { pid: number; started: string };

/** Field 22 of /proc/<pid>/stat: with it a reused pid is not mistaken for our process. */
export async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

export async function track(pid: number): Promise<void> {
  const started = await startTime(pid);
  await writeFile(FILE, JSON.stringify({ pid, started }));
}

/** The supervisor's pid, if it lives. */
export async function tracked(): Promise<number | undefined> {
  const text = await readFile(FILE, 'utf8').catch(() => '{}');
  const { pid, started } = JSON.parse(text) as Partial<Tracked>;
  if (pid === undefined || started === undefined) return undefined;
  return (await startTime(pid)) === started ? pid : undefined;
}

/** Kills it; the kernel then ends all of its PID namespace. */
export async function killTracked(): Promise<void> {
  const pid = await tracked();
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  for (let i = 0; i < 100 && (await tracked()) !== undefined; i++) await sleep(50);
  await rm(FILE, { force: true });
}
