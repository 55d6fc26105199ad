// Builds the single executable of the newest Node that is supported.
import { join } from 'node:path';
import { execa } from 'execa';
import { root } from './installed.ts';
import { nodeBinary, nodeVersions } from './nodes.ts';

export type Executable = { readonly executable: string; readonly archive: string };

export async function buildExecutable(out: string): Promise<Executable> {
  const node = await nodeBinary(nodeVersions.at(-1) ?? '');
  const script = join(root, '.ci/sea.mjs');
  const { stdout } = await execa(process.execPath, [script, '--node', node, '--out', out], {
    stdin: 'ignore',
  });
  const executable = stdout.trim().split('\n').at(-1) ?? '';
  return { executable, archive: `${join(executable, '..')}.tar.gz` };
}
