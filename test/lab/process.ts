import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inState, stateOf } from './paths.ts';
import { sleep } from './sh.ts';

const NAME = 'supervisor.json';
const FILE = inState(NAME);

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

/** Whether the supervisor of another lab of this machine lives. */
export const runs = async (instance: string): Promise<boolean> =>
  (await tracked(join(stateOf(instance), NAME))) !== undefined;

/** The supervisor's pid, if it lives. */
export async function tracked(file = FILE): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
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
