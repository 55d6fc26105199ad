// `meshdoc demo [name]`: recorded incidents that ship with meshdoc, diagnosed as they would be live.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../core/limits.ts';
import { near } from '../../core/near.ts';
import { listed, oneLine } from '../../core/text.ts';
import { readText } from '../../disk/read.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { withDemos } from '../demo-files.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { diagnoseCommand } from './diagnose.ts';

type Demo = {
  readonly name: string;
  readonly dir: string;
  readonly runbook: string;
  readonly says: string;
  readonly example: boolean;
};

export function demoCommand(
  name: string | undefined,
  options: RunOptions,
  io: Io,
): Promise<ExitCode> {
  return withDemos(async (root) => play(await demosIn(root), name, options, io));
}

export function findDemos(): Promise<readonly Demo[]> {
  return withDemos(demosIn);
}

async function play(
  demos: readonly Demo[],
  name: string | undefined,
  options: RunOptions,
  io: Io,
): Promise<ExitCode> {
  if (name === undefined) {
    io.out('Recorded incidents. No cluster is asked.\n\n');
    const width = Math.max(0, ...demos.map((demo) => demo.name.length));
    for (const demo of demos)
      io.out(`  meshdoc demo ${demo.name.padEnd(width)}  ${oneLine(demo.says)}\n`);
    return exitCodes.healthy;
  }
  // A runbook's name stands for the incident that its page shows.
  const ofRunbook = demos.filter((d) => d.runbook === name);
  const demo =
    demos.find((d) => d.name === name) ?? ofRunbook.find((d) => d.example) ?? ofRunbook[0];
  if (!demo) {
    const close = near(
      name,
      demos.map((d) => d.name),
    );
    const hint = close.length > 0 ? `did you mean ${listed(close)}?` : 'meshdoc demo lists them';
    io.err(`meshdoc: there is no recorded incident "${name}"; ${hint}\n`);
    return exitCodes.usage;
  }
  const { runbook } = demo;
  return diagnoseCommand(
    { runbook, targets: [], options: { ...options, from: demo.dir }, demo: true },
    io,
  );
}

async function demosIn(root: string): Promise<readonly Demo[]> {
  const demos: Demo[] = [];
  for (const runbook of (await readdir(root)).sort()) {
    for (const name of (await readdir(join(root, runbook))).sort()) {
      const dir = join(root, runbook, name);
      const file = headIn(dir);
      if (file.demo !== undefined)
        demos.push({ name, dir, runbook, says: file.demo, example: file.example === true });
    }
  }
  return demos;
}

/** They ship with meshdoc, so they are as they should be. */
function headIn(dir: string): { readonly demo?: string; readonly example?: boolean } {
  const read = readText(join(dir, 'scenario.yaml'), { most: limits.files.head, links: 'follow' });
  const parsed = read.ok ? parseYaml(read.text) : undefined;
  return parsed?.is === 'document' ? (parsed.value as { demo?: string; example?: boolean }) : {};
}
