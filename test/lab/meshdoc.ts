// Runs the built meshdoc in the lab, as a user would.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from './expected.ts';
import { lab, type FaultContext, type Lab } from './lab.ts';
import { inState } from './paths.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** An empty cache is filled by whichever test comes first: Kubernetes and Istio are compiled then. */
export const BUILD_MS = 40 * 60_000;

/** Bundles meshdoc as it is now. Beside other tests that is done once before them all (`lab build`). */
export async function bundle(): Promise<void> {
  if (process.env.MESHDOC_BUNDLED !== undefined) return;
  await promisify(execFile)(process.execPath, ['.ci/build.mjs'], { cwd: root });
}

/** The lab as every test finds it: meshdoc as it is now, and nothing broken. */
export async function readyLab(): Promise<Lab> {
  await bundle();
  const mesh = await lab();
  await mesh.mend();
  return mesh;
}

export type Ran = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
};

export async function diagnose(
  mesh: Lab,
  one: Pick<Row, 'table' | 'runbook' | 'target' | 'args' | 'user' | 'without' | 'replay'>,
  context: FaultContext,
  ...more: readonly string[]
): Promise<Ran> {
  const words = (one.target?.(context) ?? context.target).split(' ').filter((word) => word !== '');
  const runbook = one.runbook ?? one.table;
  const typed = runbook === '' ? words : [runbook, ...words];
  const argv = ['diagnose', ...typed, '-q', ...(one.args ?? []), ...more];
  const env: Record<string, string> =
    one.replay === undefined ? {} : await replayOf(mesh, one.replay);
  if (one.without) env['PATH'] = await pathWithout(mesh, one.without);
  return mesh.run([process.execPath, join(root, 'bin/meshdoc.js'), ...argv], {
    user: one.user ?? 'oncall',
    env,
    timeoutMs: 60_000,
  });
}

/** The lab's PATH with `meshdoc` on it, for commands that are pasted. */
export async function pathWithMeshdoc(mesh: Lab): Promise<string> {
  const links = inState('path-with-meshdoc');
  await rm(links, { recursive: true, force: true });
  await mkdir(links, { recursive: true });
  await symlink(join(root, 'bin/meshdoc.js'), join(links, 'meshdoc'));
  return `${links}:${mesh.env['PATH'] ?? ''}`;
}

/** A `linkerd` on the PATH that prints what a real one printed in a situation of test/tools/linkerd. */
export async function replayOf(mesh: Lab, situation: string): Promise<Record<string, string>> {
  const links = inState('path-with-linkerd');
  await rm(links, { recursive: true, force: true });
  await mkdir(links, { recursive: true });
  await symlink(join(root, 'test/lab/linkerd/replay-linkerd'), join(links, 'linkerd'));
  return {
    PATH: `${links}:${mesh.env['PATH'] ?? ''}`,
    LINKERD_REPLAY: join(root, 'test/tools/linkerd', situation),
  };
}

/** The lab's PATH with a folder of links in place of each folder that has the program. */
async function pathWithout(mesh: Lab, program: string): Promise<string> {
  const links = inState(`path-without-${program}`);
  await rm(links, { recursive: true, force: true });
  await mkdir(links, { recursive: true });
  const folders = (mesh.env['PATH'] ?? '').split(':');
  const kept = folders.filter((folder) => !names(folder).includes(program));
  for (const folder of folders.filter((f) => !kept.includes(f))) {
    for (const name of names(folder)) {
      if (name !== program)
        await symlink(join(folder, name), join(links, name)).catch(() => undefined);
    }
  }
  return [links, ...kept, dirname(process.execPath)].join(':');
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
