// Where the recorded incidents are: beside the bundle, among the tests, or inside the single executable.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asset, onDisk } from './packed.ts';

/** `work` gets a folder of `<runbook>/<incident>` folders; it may be gone when `work` is done. */
export async function withDemos<T>(work: (root: string) => Promise<T>): Promise<T> {
  const packed = await asset('demo.tgz');
  if (!packed) return work(onDisk('demo/', 'test/scenarios/'));
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
