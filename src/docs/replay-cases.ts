// Diagnoses every saved case of the tests again, for the pages.
import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../cli/io.ts';
import { runOptions } from '../cli/options.ts';
import { diagnoseCase } from '../run/replayed.ts';
import type { Replayed } from './examples.ts';

/** `dir` holds a folder a runbook, with a folder a case. */
export async function replayCases(dir: string): Promise<readonly Replayed[]> {
  const names: string[] = [];
  for (const runbook of (await readdir(dir)).sort())
    for (const name of (await readdir(join(dir, runbook))).sort())
      if (existsSync(join(dir, runbook, name, 'scenario.yaml'))) names.push(`${runbook}/${name}`);
  const never = new AbortController().signal;
  const all: Replayed[] = [];
  for (const name of names) {
    const io = { interrupt: never } as Io;
    const done = await diagnoseCase(join(dir, name), runOptions({}), never, io);
    all.push({ name, diagnoses: done.ok ? done.diagnoses : [] });
  }
  return all;
}
