// What needs no cluster: how fast it starts, how large it is.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExecutable } from '../smoke/executable.ts';
import type { Installed } from '../smoke/installed.ts';
import type { Figure } from './figure.ts';
import { interleaved, median, timed } from './measure.ts';

const node = process.execPath;

export async function startUp({ dir, start }: Installed): Promise<readonly Figure[]> {
  const { executable, archive } = await buildExecutable(join(dir, 'release'));
  const ms = (argv: readonly string[]) => async () => (await timed(argv)).ms;
  const times = await interleaved(15, {
    bare: ms([node, '-e', '0']),
    help: ms([node, start, '--help']),
    demo: ms([node, start, 'demo', 'frozen']),
    complete: ms([node, start, 'complete', '--', 'diagnose', 'st']),
    executableHelp: ms([executable, '--help']),
    executableDemo: ms([executable, 'demo', 'frozen']),
  });
  const of = (name: string) => median(times[name] ?? []);
  const { bytes, files } = await sizeOf(join(dir, 'node_modules/meshdoc'));
  const tarball = (await readdir(dir)).find((name) => name.endsWith('.tgz')) ?? '';
  return [
    { what: '`node -e 0`, to compare with', value: of('bare'), unit: 'ms' },
    { what: '`meshdoc --help`', value: of('help'), unit: 'ms' },
    { what: '`meshdoc --help` / `node -e 0`', value: of('help') / of('bare'), unit: 'x', limit: 2 },
    { what: '`meshdoc demo frozen`', value: of('demo'), unit: 'ms' },
    { what: 'Tab, for a name that needs no cluster', value: of('complete'), unit: 'ms' },
    { what: 'package, as downloaded', value: await kB(join(dir, tarball)), unit: 'kB' },
    { what: 'package, installed', value: bytes / 1024, unit: 'kB' },
    { what: 'files in it', value: files, unit: '' },
    { what: 'single executable, `--help`', value: of('executableHelp'), unit: 'ms' },
    { what: 'single executable, `demo frozen`', value: of('executableDemo'), unit: 'ms' },
    { what: 'single executable, as downloaded', value: await kB(archive), unit: 'kB' },
    { what: 'single executable, installed', value: await kB(executable), unit: 'kB' },
  ];
}

async function kB(file: string): Promise<number> {
  return (await stat(file)).size / 1024;
}

async function sizeOf(folder: string): Promise<{ bytes: number; files: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return { bytes: stats.reduce((sum, { size }) => sum + size, 0), files: files.length };
}
