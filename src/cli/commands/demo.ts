// `meshdoc demo [name]`: recorded incidents that ship with meshdoc, diagnosed as they would be live.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../core/limits.ts';
import { near } from '../../core/near.ts';
import { jsonText, listed, oneLine } from '../../core/text.ts';
import { readText } from '../../disk/read.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { columns, firstWidth, prose } from '../columns.ts';
import { withDemos } from '../demo-files.ts';
import { helpWidth } from '../help.ts';
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
    io.out(options.output === 'json' ? demosJson(demos) : demosText(demos, helpWidth(io.stdout)));
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
  const code = await diagnoseCommand(
    { runbook, targets: [], options: { ...options, from: demo.dir }, demo: true },
    io,
  );
  return wasShown(code) ? exitCodes.healthy : code;
}

/** A demo is there to show a fault: it did what it was asked to. */
function wasShown(code: ExitCode): boolean {
  return code === exitCodes.found || code === exitCodes.inconclusive;
}

function demosJson(demos: readonly Demo[]): string {
  const plain = demos.map(({ name, runbook, says }) => ({ name, runbook, says: oneLine(says) }));
  return `${jsonText(plain, 2)}\n`;
}

function typed({ name }: Demo): string {
  return `meshdoc demo ${name}`;
}

function demosText(demos: readonly Demo[], width: number): string {
  const runbooks = [...new Set(demos.map(({ runbook }) => runbook))];
  const first = firstWidth(demos.map(typed));
  const groups = runbooks.map((runbook) => {
    const own = demos.filter((demo) => demo.runbook === runbook);
    const rows = own.map((demo) => [typed(demo), oneLine(demo.says)] as const);
    return `\n${runbook}\n${columns(rows, width, { indent: 2, first })}`;
  });
  return `${prose('Recorded incidents, by runbook. No cluster is asked.', width)}${groups.join('')}`;
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
