// A case on disk: scenario.yaml, cluster.yaml, answers/*.txt; or the same folder in one .tgz.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../core/object.ts';
import { readAnswer, writeAnswer, type Case, type CaseFile } from './case.ts';

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly says: string };

const isArchive = (path: string): boolean => /\.(tgz|tar\.gz)$/.test(path);

/** Reads a folder or a .tgz. What is wrong with it is said in one line. */
export async function readCase(path: string): Promise<Read<Case>> {
  try {
    if (!(await exists(path))) return { ok: false, says: `there is no case at ${path}` };
    return isArchive(path) ? await readArchive(path) : await readFolder(path);
  } catch {
    return { ok: false, says: `${path} is not a readable case` };
  }
}

async function readFolder(dir: string): Promise<Read<Case>> {
  const scenario = join(dir, 'scenario.yaml');
  if (!(await exists(scenario)))
    return { ok: false, says: `${dir} is not a case: it has no scenario.yaml` };
  const file = parse(await readFile(scenario, 'utf8')) as Partial<CaseFile> | null;
  if (file?.meshdoc !== 1) {
    return {
      ok: false,
      says: `${scenario} is of format ${String(file?.meshdoc)}; this meshdoc reads format 1`,
    };
  }
  if (
    typeof file.runbook !== 'string' ||
    typeof file.now !== 'string' ||
    Number.isNaN(Date.parse(file.now))
  ) {
    return { ok: false, says: `${scenario} needs "runbook" and "now"` };
  }
  const objects = await readObjects(join(dir, 'cluster.yaml'));
  const answers = await readAnswers(join(dir, 'answers'));
  if (!answers.ok) return answers;
  return {
    ok: true,
    value: {
      file: { complete: false, input: {}, ...file } as CaseFile,
      objects,
      answers: answers.value,
    },
  };
}

async function readObjects(path: string): Promise<readonly KubeObject[]> {
  if (!(await exists(path))) return [];
  // Timestamps stay strings: the `core` schema has none, and neither has an API server's JSON.
  return parseAllDocuments(await readFile(path, 'utf8'), { schema: 'core' })
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object): object is KubeObject => object !== null);
}

async function readAnswers(dir: string): Promise<Read<Case['answers']>> {
  if (!(await exists(dir))) return { ok: true, value: [] };
  const files = (await readdir(dir)).sort();
  const answers = [];
  for (const name of files) {
    const answer = readAnswer(await readFile(join(dir, name), 'utf8'));
    if (!answer)
      return {
        ok: false,
        says: `${join(dir, name)} does not begin with "$ <question>" and "# <status>"`,
      };
    answers.push(answer);
  }
  return { ok: true, value: answers };
}

/** Writes a folder, or a .tgz when the path ends so. Replaces what a case of that name held before. */
export async function writeCase(path: string, saved: Case): Promise<void> {
  if (isArchive(path)) await writeArchive(path, saved);
  else await writeFolder(path, saved);
}

async function writeFolder(dir: string, saved: Case): Promise<void> {
  await rm(join(dir, 'answers'), { recursive: true, force: true });
  await mkdir(join(dir, 'answers'), { recursive: true });
  await writeFile(join(dir, 'scenario.yaml'), stringify(saved.file, { lineWidth: 0 }));
  const documents = saved.objects.map((o) => stringify(o, { lineWidth: 0 }));
  await writeFile(join(dir, 'cluster.yaml'), documents.join('---\n'));
  for (const [index, answer] of saved.answers.entries()) {
    const name = `${String(index + 1).padStart(2, '0')}-${slug(answer.question)}.txt`;
    await writeFile(join(dir, 'answers', name), writeAnswer(answer));
  }
}

function slug(question: string): string {
  return question
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
}

async function writeArchive(path: string, saved: Case): Promise<void> {
  const { create } = await import('tar');
  const name = basename(path).replace(/\.(tgz|tar\.gz)$/, '');
  const work = await mkdtemp(join(tmpdir(), 'meshdoc-'));
  try {
    await writeFolder(join(work, name), saved);
    await mkdir(dirname(path), { recursive: true });
    await create({ gzip: true, file: path, cwd: work, portable: true }, [name]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readArchive(path: string): Promise<Read<Case>> {
  const { extract } = await import('tar');
  const work = await mkdtemp(join(tmpdir(), 'meshdoc-'));
  try {
    await extract({ file: path, cwd: work });
    const [inner, ...others] = await readdir(work);
    if (inner === undefined || others.length > 0)
      return { ok: false, says: `${path} does not hold one case` };
    return await readFolder(join(work, inner));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
