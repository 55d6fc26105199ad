// A case on disk: scenario.yaml, cluster.yaml, answers/*.txt; or the same folder in one .tgz.
import { join, resolve } from 'node:path';
import { setImmediate as rest } from 'node:timers/promises';
import { limits } from '../core/limits.ts';
import type { KubeObject } from '../core/object.ts';
import { readNames, readText } from '../disk/read.ts';
import { asideOf, foundAt } from '../disk/write.ts';
import { parseYaml, yamlDocuments } from '../yaml/parse.ts';
import { unpack } from './archive.ts';
import { readAnswer, type Case, type CaseFile, type TextAnswer } from './case.ts';
import { asObject, caseFileOf, formatFault, objectFault } from './shape.ts';
import {
  answersName,
  clusterName,
  counter,
  mostOf,
  scenarioName,
  unreadable,
  type CaseTexts,
  type Read,
} from './texts.ts';

export const isArchive = (path: string): boolean => /\.(tgz|tar\.gz)$/.test(resolve(path));

/** Reads a folder or a .tgz. What is wrong with it is said in one line; so is that `signal` ended it. */
export async function readCase(path: string, signal?: AbortSignal): Promise<Read<Case>> {
  // A save that was killed between two steps has the older case in its own folder.
  const at = foundAt(resolve(path)) === 'nothing' ? asideOf(path) : path;
  if (at === undefined) return { ok: false, says: `there is no case at ${path}` };
  const texts = isArchive(path) ? await unpack(at, signal) : folderTexts(at);
  return texts.ok ? toCase(path, texts.value, signal) : texts;
}

/** No link inside is followed: it would lead out of the case. */
function folderTexts(dir: string): Read<CaseTexts> {
  const size = counter();
  const read = (...path: readonly string[]): Read<string | undefined> => {
    const at = join(dir, ...path);
    const found = readText(at, { most: mostOf(path) ?? 0, links: 'refuse' });
    if (!found.ok)
      return found.is === 'missing' ? { ok: true, value: undefined } : unreadable(found);
    const says = size.add(Buffer.byteLength(found.text));
    return says === undefined
      ? { ok: true, value: found.text }
      : { ok: false, says: `${dir} ${says}` };
  };
  const scenario = read(scenarioName);
  if (!scenario.ok) return scenario;
  if (scenario.value === undefined) {
    return { ok: false, says: `${dir} is not a case: it has no ${scenarioName}` };
  }
  const cluster = read(clusterName);
  if (!cluster.ok) return cluster;
  const names = answerNames(join(dir, answersName));
  if (!names.ok) return names;
  const answers: (readonly [string, string])[] = [];
  for (const name of names.value) {
    const answer = read(answersName, name);
    if (!answer.ok) return answer;
    if (answer.value !== undefined) answers.push([name, answer.value]);
  }
  return { ok: true, value: { scenario: scenario.value, cluster: cluster.value, answers } };
}

function answerNames(dir: string): Read<readonly string[]> {
  const found = foundAt(dir);
  if (found === 'nothing') return { ok: true, value: [] };
  if (found !== 'folder') return { ok: false, says: `${dir} is not a folder` };
  const read = readNames(dir, limits.files.entries);
  if (!read.ok) return unreadable(read);
  return {
    ok: true,
    value: read.names.filter((name) => mostOf([answersName, name]) !== undefined),
  };
}

async function toCase(
  path: string,
  { scenario, cluster, answers }: CaseTexts,
  signal: AbortSignal | undefined,
): Promise<Read<Case>> {
  const file = readHead(join(path, scenarioName), scenario);
  if (!file.ok) return file;
  const objects = await readObjects(join(path, clusterName), cluster ?? '', signal);
  if (!objects.ok) return objects;
  const texts: TextAnswer[] = [];
  for (const [name, text] of answers) {
    const answer = readAnswer(text);
    if (!answer) {
      const at = join(path, answersName, name);
      return { ok: false, says: `${at} does not begin with "$ <question>" and "# <status>"` };
    }
    texts.push(answer);
  }
  return { ok: true, value: { file: file.value, objects: objects.value, answers: texts } };
}

function readHead(at: string, text: string): Read<CaseFile> {
  const parsed = parseYaml(text);
  if (parsed.is === 'fault') return { ok: false, says: `${at}:${parsed.line}: ${parsed.says}` };
  const format = formatFault(parsed.value, 'meshdoc');
  if (format !== undefined) return { ok: false, says: `${at} ${format}` };
  const file = caseFileOf(parsed.value);
  return file.ok ? file : { ok: false, says: `${at}: ${file.says}` };
}

async function readObjects(
  at: string,
  text: string,
  signal: AbortSignal | undefined,
): Promise<Read<readonly KubeObject[]>> {
  const objects: KubeObject[] = [];
  let n = 0;
  for (const one of yamlDocuments(text)) {
    if (one.is === 'fault') return { ok: false, says: `${at}:${one.line}: ${one.says}` };
    // Ctrl-C and the end of the time are heard only while this rests.
    n += 1;
    if (n % 32 === 0) await rest();
    if (n % 32 === 0 && signal?.aborted)
      return { ok: false, says: `${at} was not read to its end` };
    if (one.value === null) continue;
    const says = objectFault(one.value);
    if (says !== undefined) return { ok: false, says: `${at}:${one.line}: ${says}` };
    objects.push(asObject(one.value));
  }
  return { ok: true, value: objects };
}
