// meshdoc as a user gets it: packed, installed in an empty folder, started by one version of Node.
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export type Installed = { readonly dir: string; readonly start: string; remove(): Promise<void> };
export type Ended = { readonly code: number; readonly out: string; readonly err: string };

export async function packAndInstall(): Promise<Installed> {
  const dir = await mkdtemp(join(tmpdir(), 'meshdoc-smoke-'));
  await execa('npm', ['pack', '--pack-destination', dir], { cwd: root, stdin: 'ignore' });
  const tarball = (await readdir(dir)).find((name) => name.endsWith('.tgz')) ?? '';
  // Offline: whatever it needs must be inside the tarball.
  const args = ['install', '--offline', '--no-audit', '--no-fund', join(dir, tarball)];
  await mkdir(join(dir, 'node_modules'));
  await execa('npm', [...args, '--prefix', dir], { cwd: dir, stdin: 'ignore' });
  const start = join(dir, 'node_modules/.bin/meshdoc');
  return { dir, start, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Nothing of this machine's settings, and no cluster. */
const bare = (home: string) => ({ PATH: '/usr/bin:/bin', HOME: home, LANG: 'C' });

export async function run(
  node: string,
  { dir, start }: Installed,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = await execa(node, [start, ...args], {
    cwd: dir,
    env: { ...bare(dir), ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  return { code: ended.exitCode ?? -1, out: ended.stdout, err: ended.stderr };
}

/** The same, into a pipe: `reader` is a shell command. The code is meshdoc's, not the reader's. */
export async function pipedInto(
  reader: string,
  node: string,
  { dir, start }: Installed,
  args: readonly string[],
): Promise<Ended> {
  const script = `{ "$0" "$@"; echo $? > code; } | { ${reader}; }`;
  const ended = await execa('sh', ['-c', script, node, start, ...args], {
    cwd: dir,
    env: bare(dir),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  const code = Number(await readFile(join(dir, 'code'), 'utf8'));
  return { code, out: ended.stdout, err: ended.stderr };
}

/** The text of every file of the package that a command loads, as V8 itself counts them. */
export async function loaded(
  node: string,
  installed: Installed,
  args: readonly string[],
): Promise<readonly string[]> {
  const coverage = await mkdtemp(join(installed.dir, 'coverage-'));
  await run(node, installed, args, { NODE_V8_COVERAGE: coverage });
  const reports = await Promise.all(
    (await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')),
  );
  const urls = reports.flatMap((text) =>
    (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
  );
  const ours = urls.filter((url) => url.startsWith('file:') && url.includes('/dist/'));
  return Promise.all(ours.map((url) => readFile(fileURLToPath(url), 'utf8')));
}
