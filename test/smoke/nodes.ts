// Real Node binaries of other versions, from the npm packages that carry them; kept between runs.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The declared floor, and every line that is supported today. */
export const nodeVersions = ['20.5.0', '20', '22', '24'] as const;

export async function nodeBinary(version: string): Promise<string> {
  const { XDG_CACHE_HOME: cache = join(homedir(), '.cache') } = process.env;
  const prefix = join(cache, 'meshdoc-ci', `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  const binary = join(prefix, 'node_modules', name, 'bin/node');
  if (!existsSync(binary)) {
    await execa('npm', ['install', '--no-save', '--prefix', prefix, `${name}@${version}`], {
      stdin: 'ignore',
    });
  }
  return binary;
}
