// Scenarios as they were parsed before, by the text of their files: reading YAML takes a hundred times as long as reading
// JSON, and eight test files need every scenario.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Case } from '../../src/snapshot/case.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import { root } from './sources.ts';

const cache = join(root, 'node_modules/.cache/meshdoc-scenarios');

export async function parsedOnce(dir: string): Promise<Case> {
  const file = join(cache, `${await fingerprint(dir)}.json`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Case;
  const read = await readCase(dir);
  if (!read.ok) throw new Error(read.says);
  await mkdir(cache, { recursive: true });
  // Another worker may be writing the same.
  await writeFile(`${file}.${process.pid}`, JSON.stringify(read.value));
  await rename(`${file}.${process.pid}`, file);
  return read.value;
}

/** Of everything that is read, and of the reader itself. */
async function fingerprint(dir: string): Promise<string> {
  const answers = (await readdir(join(dir, 'answers')).catch(() => [])).sort();
  const files = ['scenario.yaml', 'cluster.yaml', ...answers.map((name) => `answers/${name}`)];
  const hash = createHash('sha256');
  for (const path of [...files.map((name) => join(dir, name)), ...readers]) {
    hash.update(path).update(await readFile(path).catch(() => ''));
  }
  return hash.digest('hex');
}

const readers = [
  ...['case.ts', 'folder.ts', 'shape.ts', 'texts.ts'].map((name) => `snapshot/${name}`),
  ...['yaml/parse.ts', 'disk/read.ts'],
].map((name) => join(root, 'src', name));
