// Programs that use the labs of this machine, and what they leave: a lab that was up before them stays up, one that
// came up for them is taken down again. In CI none stays.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './meshdoc.ts';
import { runs } from './process.ts';

/** The first lab and the second, as tests that run side by side have them; or the one that was chosen. */
export const instances: readonly string[] =
  process.env['MESHDOC_LAB_INSTANCE'] === undefined
    ? ['', '2']
    : [process.env['MESHDOC_LAB_INSTANCE']];

const isCi = (process.env['CI'] ?? '') !== '';

/** Does the work, and takes down the labs that came up for it, whatever becomes of the work. */
export async function leavingNoLab(work: () => Promise<number>): Promise<number> {
  const before = new Set<string>();
  for (const instance of instances) if (!isCi && (await runs(instance))) before.add(instance);
  try {
    return await work();
  } finally {
    for (const instance of instances) {
      if (before.has(instance) || !(await runs(instance))) continue;
      const env = { MESHDOC_LAB_INSTANCE: instance };
      await program(['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), 'down'], env);
    }
  }
}

/** One of Node's programs with our terminal; its exit code. */
export function program(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(process.execPath, argv, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  // Ctrl-C reaches it too: it ends, and then so do we.
  const wait = (): void => undefined;
  const pass = (): boolean => child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}
