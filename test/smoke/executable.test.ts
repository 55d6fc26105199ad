// The single executable as a user gets it: one file in an empty folder, no Node anywhere.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { extract, list } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildExecutable } from './executable.ts';
import { root } from './installed.ts';

const minutes = 60_000;
let dir = '';
let archive = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'meshdoc-executable-'));
  const built = await buildExecutable(join(dir, 'release'));
  ({ archive } = built);
  await mkdir(join(dir, 'home/tmp'), { recursive: true });
  await copyFile(built.executable, join(dir, 'home/meshdoc'));
  await symlink('meshdoc', join(dir, 'home/kubectl-meshdoc'));
}, 5 * minutes);

afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(args: readonly string[], name = 'meshdoc') {
  const home = join(dir, 'home');
  const { exitCode, stdout, stderr } = await execa(join(home, name), args, {
    cwd: home,
    env: { PATH: '', HOME: home, TMPDIR: join(home, 'tmp'), LANG: 'C' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  return { code: exitCode, out: stdout, err: stderr };
}

test('--version and --help', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(await run(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
  const help = await run(['--help']);
  expect([help.code, help.err]).toEqual([0, '']);
  expect(help.out).toContain('Usage: meshdoc ');
});

test('under the name that krew gives it, it is kubectl meshdoc', async () => {
  const { out } = await run(['--help'], 'kubectl-meshdoc');
  expect(out).toContain('Usage: kubectl meshdoc ');
});

test('the incidents are inside, and nothing of them stays behind', async () => {
  const expected = join(root, 'test/scenarios/stale/frozen/expected.md');
  const { code, out, err } = await run(['demo', 'frozen', '-o', 'ticket']);
  expect([code, err]).toEqual([0, '']);
  const bare = (text: string) => text.replace(/^(?:Demo|Replay) of .*$/m, '');
  expect(bare(out)).toBe(bare(await readFile(expected, 'utf8')));
  expect(await readdir(join(dir, 'home/tmp'))).toEqual([]);
});

test('a saved case is diagnosed as in its scenario', async () => {
  const healthy = join(root, 'test/scenarios/stale/healthy');
  const { code, out, err } = await run(['diagnose', '--from', healthy, '-o', 'ticket']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toBe(await readFile(join(healthy, 'expected.md'), 'utf8'));
});

test.each([
  ['nope', 2],
  ['diagnose stael web', 2],
  ['diagnose stale web.shop --kubeconfig nowhere', 2],
])('meshdoc %s ends with %i and one clear line', async (line, wanted) => {
  const { code, err } = await run(line.split(' '));
  expect(err).toMatch(/^meshdoc: \S.*\n$/);
  expect(code).toBe(wanted);
});

test('it completes, and prints the scripts that ask it to', async () => {
  expect((await run(['complete', '--', 'demo', 'froz'])).out).toMatch(/^frozen\t/);
  expect((await run(['completion', 'fish'])).out).toContain('complete -c meshdoc');
});

test('its archive holds the licences beside it, and keeps it executable', async () => {
  const entries: string[] = [];
  await list({ file: archive, onReadEntry: ({ path }) => void entries.push(path) });
  expect(entries).toEqual(['LICENSE', 'THIRD-PARTY.txt', 'meshdoc']);
  const into = join(dir, 'unpacked');
  await mkdir(into);
  await extract({ file: archive, cwd: into });
  expect((await stat(join(into, 'meshdoc'))).mode & 0o111).toBe(0o111);
  const licences = await readFile(join(into, 'THIRD-PARTY.txt'), 'utf8');
  expect(licences).toContain('Node.js is licensed for use as follows');
  expect(licences).toMatch(/^@kubernetes\/client-node [\d.]+ \(Apache-2\.0\)$/m);
});
