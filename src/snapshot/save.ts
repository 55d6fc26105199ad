// Saves a case: where it may go, and the writing of it, whole or not at all.
import { basename, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { inMiB, limits } from '../core/limits.ts';
import { readNames, readText } from '../disk/read.ts';
import {
  foundAt,
  identityOf,
  makeFolder,
  placeFor,
  replace,
  sealFile,
  writeText,
  type Placed,
  type Written,
} from '../disk/write.ts';
import { parseYaml } from '../yaml/parse.ts';
import { unpack } from './archive.ts';
import { writeAnswer, type Case } from './case.ts';
import { isArchive } from './folder.ts';
import { formatFault } from './shape.ts';
import { answersName, clusterName, mostOf, scenarioName } from './texts.ts';

/** Where a case may be written: nothing is there, or an empty folder, or another case. Changes nothing. */
export async function placeOfCase(path: string): Promise<Placed> {
  const says = await occupied(path);
  return says === undefined
    ? placeFor(path)
    : { ok: false, is: 'refused', says: `${path} ${says}` };
}

/** Replaces what a case of that name held before. */
export async function writeCase(path: string, saved: Case): Promise<Written> {
  const texts = textsOf(saved);
  const large = texts.find(([at, text]) => Buffer.byteLength(text) > (mostOf(at) ?? 0));
  if (large) return tooLarge(path, large[0].join('/'), mostOf(large[0]) ?? 0);
  const most = limits.files.case;
  if (sizeOf(texts) > most) return tooLarge(path, 'the case', most);
  const placed = await placeOfCase(path);
  if (!placed.ok) return placed;
  if (!isArchive(path)) {
    return replace(
      placed.place,
      (to) => makeTexts(to, texts),
      (old) => notCase(old) === undefined,
    );
  }
  const { create } = await import('tar');
  const seen = identityOf(resolve(path));
  const pack = (to: string): void => {
    // Beside it in the same folder, which is removed whole. The library takes `@name` for an archive.
    const tree = `${to}.tree`;
    const name =
      basename(resolve(path))
        .replace(/\.(tgz|tar\.gz)$/, '')
        .replace(/^@+/, '') || 'case';
    makeFolder(tree);
    makeTexts(join(tree, name), texts);
    create({ sync: true, gzip: true, file: to, cwd: tree, portable: true }, [name]);
    sealFile(to);
  };
  return replace(placed.place, pack, (old) => identityOf(old) === seen);
}

type Texts = readonly (readonly [path: readonly string[], text: string])[];

function textsOf({ file, objects, answers }: Case): Texts {
  // Two places that hold one object are written out: a reader bounds how often a part is repeated.
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return [
    [[scenarioName], yaml(file)],
    [[clusterName], objects.map(yaml).join('---\n')],
    ...answers.map((answer, index) => {
      const name = `${String(index + 1).padStart(2, '0')}-${slug(answer.question)}.txt`;
      return [[answersName, name], writeAnswer(answer)] as const;
    }),
  ];
}

function slug(question: string): string {
  return question
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
}

function makeTexts(dir: string, texts: Texts): void {
  makeFolder(dir);
  makeFolder(join(dir, answersName));
  for (const [path, text] of texts) writeText(join(dir, ...path), text);
}

/** As an archive has it: a header for each, and whole blocks of 512 bytes (POSIX ustar). */
function sizeOf(texts: Texts): number {
  return texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text) + 2048, 4096);
}

function tooLarge(path: string, what: string, most: number): Written {
  const says = `${path} was not written: ${what} would be larger than ${inMiB(most)}`;
  return { ok: false, is: 'refused', says };
}

/** A clause about the path, when something else than a case is there. */
async function occupied(path: string): Promise<string | undefined> {
  const at = resolve(path);
  const found = foundAt(at);
  // `placeFor` says what is in the way of an unknown one.
  if (found === 'nothing' || found === 'unknown') return undefined;
  if (found === 'link') return 'is a symbolic link; name the folder or the file itself';
  if (found === 'other') return 'is neither a folder nor a file; name another path';
  if (found === 'file') {
    if (!isArchive(path)) return 'is a file; name a folder, or a file that ends in .tgz';
    return (await isPackedCase(at))
      ? undefined
      : 'is a file that is not a saved case; name another';
  }
  if (isArchive(path)) return 'is a folder; name a file that ends in .tgz, or another folder';
  const says = notCase(at);
  const inside = join(path, 'case');
  return says === undefined ? undefined : `${says}; name a new folder, such as ${inside}`;
}

/** A file with nothing in it is as good as none. */
async function isPackedCase(path: string): Promise<boolean> {
  const empty = readText(path, { most: 0, links: 'refuse' });
  if (empty.ok) return true;
  const read = await unpack(path);
  return read.ok && isScenario(read.value.scenario);
}

function isScenario(text: string): boolean {
  const parsed = parseYaml(text);
  return parsed.is === 'document' && formatFault(parsed.value, 'meshdoc') === undefined;
}

/** What a folder holds that must not be lost, or that it is no case; nothing for a case, and for an empty folder. */
function notCase(dir: string): string | undefined {
  const read = readNames(dir, limits.files.entries);
  if (!read.ok) return read.says.slice(dir.length + 1);
  if (read.names.length === 0) return undefined;
  const foreign = read.names.find((name) => !isPart(dir, name));
  if (foreign !== undefined) return `holds ${foreign}, which is no part of a saved case`;
  const scenario = readText(join(dir, scenarioName), { most: limits.files.head, links: 'refuse' });
  return scenario.ok && isScenario(scenario.text)
    ? undefined
    : `is not a saved case: it has no ${scenarioName} of meshdoc's`;
}

function isPart(dir: string, name: string): boolean {
  if (name !== answersName)
    return mostOf([name]) !== undefined && foundAt(join(dir, name)) === 'file';
  const answers = join(dir, name);
  const inside =
    foundAt(answers) === 'folder' ? readNames(answers, limits.files.entries) : undefined;
  if (!inside?.ok) return false;
  return inside.names.every(
    (one) => mostOf([answersName, one]) !== undefined && foundAt(join(answers, one)) === 'file',
  );
}
