// Where the recorded incidents are: beside the bundle, among the tests, or inside the single executable.
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

/** `work` gets a folder of `<runbook>/<incident>` folders; it may be gone when `work` is done. */
export async function withDemos<T>(work: (root: string) => Promise<T>): Promise<T> {
  const packed = await asset('demo.tgz');
  if (!packed) return work(onDisk());
  const { extract } = await import('tar');
  const dir = await mkdtemp(join(tmpdir(), 'meshdoc-'));
  // The second Ctrl-C leaves at once, and no `finally` is run.
  process.once('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  try {
    await pipeline([Buffer.from(packed)], extract({ cwd: dir }));
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A file inside the single executable; Node before 20.12 has none, and no module to ask for it. */
async function asset(name: string): Promise<ArrayBuffer | undefined> {
  try {
    const { getAsset, isSea } = await import('node:sea');
    return isSea() ? getAsset(name) : undefined;
  } catch {
    return undefined;
  }
}

/** Beside the bundle in the package; from the sources, where they are recorded. */
function onDisk(): string {
  const packed = fileURLToPath(new URL('./demo/', import.meta.url));
  return existsSync(packed)
    ? packed
    : fileURLToPath(new URL('../../test/scenarios/', import.meta.url));
}
