import { readdirSync } from 'node:fs';
import { readdir, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultContext, Lab } from './lab.ts';
import { inState } from './paths.ts';

export type Fault = {
  name: string;
  /** One sentence: what is made wrong. */
  does: string;
  /** Produces it and waits until its effect is there. */
  break(lab: Lab): Promise<FaultContext>;
  /** Undoes it; harmless when it was never produced. */
  mend(lab: Lab): Promise<void>;
};

const FOLDER = join(import.meta.dirname, 'faults');

export const faultNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));

export async function findFault(name: string): Promise<Fault> {
  if (!faultNames().includes(name)) {
    throw new Error(`no fault ${name}; there are: ${faultNames().join(' ')}`);
  }
  const module = (await import(join(FOLDER, `${name}.ts`))) as { default: Fault };
  return module.default;
}

const MARKS = inState('broken');

/** What is broken now is on disk, so another process can mend it. */
export async function rememberFault(name: string): Promise<void> {
  await mkdir(MARKS, { recursive: true });
  await writeFile(join(MARKS, name), '');
}

export const forgetFault = (name: string): Promise<void> => rm(join(MARKS, name), { force: true });

export const brokenFaults = (): Promise<string[]> => readdir(MARKS).catch(() => []);
