// kubectl itself finds the plugin on the PATH, runs it and completes it.
import { accessSync, constants, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { scratch } from '../helpers/fake-apiserver/index.ts';
import { root } from '../helpers/sources.ts';
import { built } from '../lab/paths.ts';

/** The one on the PATH, else the one that the lab is made of. */
function findKubectl(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), built.kubernetes];
  return folders.map((folder) => join(folder, 'kubectl')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const kubectl = findKubectl();

// Under CI nothing may be left out: there the lab's is built first (.ci/run).
describe.skipIf(kubectl === undefined && !process.env['CI'])('kubectl', () => {
  /** With the plugin's files on the PATH as npm and krew put them there: links. */
  const run = async (argv: readonly string[]) => {
    const bin = join(scratch(), 'bin');
    mkdirSync(bin, { recursive: true });
    for (const name of ['kubectl-meshdoc', 'kubectl_complete-meshdoc'])
      symlinkSync(join(root, `bin/${name}.js`), join(bin, name));
    const path = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
    const env = { PATH: path, HOME: dirname(bin), LANG: 'C.UTF-8' };
    return execa(kubectl ?? 'kubectl', argv, { env, extendEnv: false, reject: false });
  };

  test('lists the plugin', async () => {
    const { stdout } = await run(['plugin', 'list']);
    expect(stdout).toMatch(/\/kubectl-meshdoc$/m);
  });

  test('runs it under its own name, with its exit code', async () => {
    const help = await run(['meshdoc', '--help']);
    expect([help.exitCode, help.stdout]).toEqual([
      0,
      expect.stringMatching(/^Usage: kubectl meshdoc/),
    ]);
    const found = await run(['meshdoc', 'demo', 'stale']);
    expect(found.exitCode).toBe(0);
    expect(found.stdout).toMatch(/^Look {4}kubectl /m);
  });

  test("a flag behind the name is the plugin's", async () => {
    const { exitCode, stderr } = await run([
      'meshdoc',
      'diagnose',
      'stale',
      'web',
      '--kubeconfig',
      'none',
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no file none');
  });

  test('completes it', async () => {
    const { stdout } = await run(['__complete', 'meshdoc', 'diagnose', 'st']);
    expect(stdout).toMatch(/^stale\b/m);
  });
});
