// A case in one .tgz. It is read into memory and never unpacked to disk; what it may hold is bounded while it is unpacked.
import { createReadStream, readSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ReadEntry } from 'tar';
import { inMiB, limits } from '../core/limits.ts';
import { decoded, openFile } from '../disk/read.ts';
import {
  answersName,
  clusterName,
  mostOf,
  scenarioName,
  unreadable,
  type CaseTexts,
  type Read,
} from './texts.ts';

export async function unpack(path: string, signal?: AbortSignal): Promise<Read<CaseTexts>> {
  const opened = openFile(path, { most: limits.files.case, links: 'follow' });
  if (!opened.ok) return unreadable(opened);
  const { Parser } = await import('tar');
  const held = new Held();
  // `strict`: what the library would only warn of is an error.
  const parser = new Parser({ strict: true, onReadEntry: (entry) => held.take(entry) });
  parser.on('ignoredEntry', () => held.refuse('holds something else than files and folders'));
  parser.on('error', () => held.refuse('is not a whole archive'));
  // What follows the end is padding. The library would keep it, and copy all it kept for each piece more.
  let isOver = false;
  parser.on('eof', () => (isOver = true));
  const read = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    let unpacked = 0;
    for await (const chunk of chunks) {
      if (unpacked > 0 && signal?.aborted) held.refuse('was not read to its end');
      // The library would unpack what is packed twice, and nobody would count.
      if (unpacked === 0 && isPacked(chunk)) held.refuse('is packed twice');
      unpacked += chunk.length;
      const most = limits.files.case;
      if (unpacked > most) held.refuse(`unpacks to more than ${inMiB(most)}`);
      if (held.wrong !== undefined) return;
      if (!isOver) parser.write(chunk);
    }
    parser.end();
  };
  // As tar(1) has it: by the first bytes, whatever the name.
  const packed = isPacked(firstBytes(opened.fd));
  const stream = createReadStream('', { fd: opened.fd, start: 0 });
  try {
    await (packed ? pipeline(stream, createGunzip(), read) : pipeline(stream, read));
  } catch (error) {
    // Of zlib or of the disk, or of the stream that was left early.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    held.refuse('is not a whole archive');
  }
  return held.texts(path);
}

const magics = [Buffer.from([0x1f, 0x8b]), Buffer.from([0x28, 0xb5, 0x2f, 0xfd])];

function isPacked(bytes: Buffer): boolean {
  return magics.some((magic) => bytes.subarray(0, magic.length).equals(magic));
}

function firstBytes(fd: number): Buffer {
  const bytes = Buffer.alloc(4);
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
}

const plain: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory']);

/** What was found in an archive until now, and the first thing that is wrong with it. */
class Held {
  wrong: string | undefined;
  #entries = 0;
  readonly #tops = new Set<string>();
  readonly #files = new Map<string, Buffer[]>();

  refuse(says: string): void {
    this.wrong ??= says;
  }

  take(entry: ReadEntry): void {
    const wanted = this.#wanted(entry);
    // Whatever is not read would hold up what comes after it.
    if (wanted === undefined) {
      entry.resume();
      return;
    }
    const parts: Buffer[] = [];
    this.#files.set(wanted, parts);
    entry.on('data', (part) => parts.push(part));
  }

  /** The path inside the case, of a file that belongs to it. */
  #wanted({ path, type, size }: ReadEntry): string | undefined {
    this.#entries += 1;
    const { entries } = limits.files;
    if (this.#entries > entries) return this.#no(`holds more than ${entries} files`);
    if (!plain.has(type)) return this.#no('holds something else than files and folders');
    const all = path.split('/');
    if (path.startsWith('/') || path.includes('\\') || all.includes('..')) {
      return this.#no('holds a path that leads out of it');
    }
    const [top, ...inside] = all.filter((part) => part !== '' && part !== '.');
    // macOS keeps attributes of a file in one beside it.
    if (top === undefined || top.startsWith('._')) return undefined;
    this.#tops.add(top);
    // Both would be one case, with files of each.
    if (this.#tops.size > 1) return this.#no('holds more than one top folder; a case has one');
    const most = mostOf(inside);
    if (most === undefined || type === 'Directory') return undefined;
    const name = inside.join('/');
    if (size > most) return this.#no(`holds a ${name} of more than ${inMiB(most)}`);
    if (this.#files.has(name)) return this.#no(`holds ${name.slice(0, 100)} twice`);
    return name;
  }

  #no(says: string): undefined {
    this.refuse(says);
  }

  texts(path: string): Read<CaseTexts> {
    if (this.wrong !== undefined) return { ok: false, says: `${path} ${this.wrong}` };
    if (this.#tops.size === 0) return { ok: false, says: `${path} holds no case` };
    const texts = new Map<string, string>();
    for (const [name, parts] of this.#files) {
      const read = decoded(join(path, name), Buffer.concat(parts));
      if (!read.ok) return unreadable(read);
      texts.set(name, read.text);
    }
    const scenario = texts.get(scenarioName);
    if (scenario === undefined) {
      return { ok: false, says: `${path} is not a case: it has no ${scenarioName}` };
    }
    const answers = [...texts]
      .filter(([name]) => name.startsWith(`${answersName}/`))
      .map(([name, text]) => [name.slice(answersName.length + 1), text] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return { ok: true, value: { scenario, cluster: texts.get(clusterName), answers } };
  }
}
