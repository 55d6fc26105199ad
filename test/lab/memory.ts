import { readdir, readFile, readlink } from 'node:fs/promises';

const fieldOf = (status: string, name: string): string =>
  new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';

/**
 * Resident bytes of each process group of this PID namespace. The machine's /proc lists every process of every
 * lab under the machine's numbers; the innermost number in NSpgid is ours.
 */
export async function memoryByGroup(): Promise<ReadonlyMap<number, number>> {
  const mine = await readlink('/proc/self/ns/pid');
  const bytes = new Map<number, number>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const space = await readlink(`/proc/${pid}/ns/pid`).catch(() => '');
    if (space !== mine) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const group = Number(fieldOf(status, 'NSpgid').split(/\s+/).at(-1));
    const resident = parseInt(fieldOf(status, 'VmRSS'), 10) * 1024 || 0;
    bytes.set(group, (bytes.get(group) ?? 0) + resident);
  }
  return bytes;
}
