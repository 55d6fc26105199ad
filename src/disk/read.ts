// Reads a file, as far as it may be read: how large, whether a link is followed, and never what is no file, which may have
// no end. What is not read is said in one line.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
} from 'node:fs';
import { inMiB } from '../core/limits.ts';

export type ReadRule = {
  /** Bytes. */
  readonly most: number;
  /** Whether the file itself may be a symbolic link. Inside a case it would lead out of it. */
  readonly links: 'follow' | 'refuse';
};

export type Unread = {
  readonly ok: false;
  readonly is: 'missing' | 'refused';
  /** Begins with the path. */
  readonly says: string;
};
export type TextRead = { readonly ok: true; readonly text: string } | Unread;

export type BytesRead = { readonly ok: true; readonly bytes: Uint8Array } | Unread;

/** All of it, or why not. */
export function readBytes(path: string, rule: ReadRule): BytesRead {
  const opened = openFile(path, rule);
  if (!opened.ok) return opened;
  try {
    const bytes = readUpTo(opened.fd, rule.most + 1);
    return bytes.length > rule.most ? tooLarge(path, rule.most) : { ok: true, bytes };
  } catch (error) {
    return unread(path, codeOf(error));
  } finally {
    closeSync(opened.fd);
  }
}

/** UTF-8. */
export function readText(path: string, rule: ReadRule): TextRead {
  const read = readBytes(path, rule);
  return read.ok ? decoded(path, read.bytes) : read;
}

export function decoded(path: string, bytes: Uint8Array): TextRead {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, is: 'refused', says: `${path} is not text (UTF-8)` };
  }
}

export function tooLarge(path: string, most: number): Unread {
  return { ok: false, is: 'refused', says: `${path} is too large: the limit is ${inMiB(most)}` };
}

/** What a shell passes as `<(...)`: a pipe that is open already, and has an end. */
const passed = /^\/(?:dev|proc\/self)\/fd\/\d+$|^\/dev\/stdin$/;

type OpenFile = { readonly ok: true; readonly fd: number } | Unread;

/** Looked at after it is open, so that it cannot be exchanged between; without waiting, which a pipe would make it. */
export function openFile(path: string, { most, links }: ReadRule): OpenFile {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  const pipe = links === 'follow' && passed.test(path);
  const flags = O_RDONLY | (pipe ? 0 : O_NONBLOCK) | (links === 'follow' ? 0 : O_NOFOLLOW);
  let fd: number;
  try {
    fd = openSync(path, flags);
  } catch (error) {
    return unread(path, codeOf(error));
  }
  const found = fstatSync(fd);
  const wrong =
    found.isFile() || pipe
      ? found.size > most
        ? tooLarge(path, most)
        : undefined
      : refused(path, found.isDirectory() ? 'is a folder, not a file' : 'is not a plain file');
  if (!wrong) return { ok: true, fd };
  closeSync(fd);
  return wrong;
}

/** To the end, or so many bytes: a file may grow while it is read. */
function readUpTo(fd: number, most: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let left = most; left > 0;) {
    const part = Buffer.allocUnsafe(Math.min(left, 1 << 20));
    const n = readSync(fd, part, 0, part.length, null);
    if (n === 0) break;
    parts.push(n === part.length ? part : Buffer.from(part.subarray(0, n)));
    left -= n;
  }
  return Buffer.concat(parts);
}

export type NamesRead = { readonly ok: true; readonly names: readonly string[] } | Unread;

/** The names in a folder, sorted; one with more than `most` is refused. */
export function readNames(path: string, most: number): NamesRead {
  const names: string[] = [];
  try {
    const dir = opendirSync(path);
    try {
      for (let entry = dir.readSync(); entry; entry = dir.readSync()) {
        names.push(entry.name);
        if (names.length > most) return refused(path, `holds more than ${most} files`);
      }
    } finally {
      dir.closeSync();
    }
  } catch (error) {
    return unread(path, codeOf(error));
  }
  return { ok: true, names: names.sort() };
}

function unread(path: string, code: string): Unread {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { ok: false, is: 'missing', says: `${path} is not there` };
  }
  // O_NOFOLLOW makes a link this error (open(2)); FreeBSD says EMLINK. Links above it that lead to each other do as well.
  if ((code === 'ELOOP' || code === 'EMLINK') && isLink(path))
    return refused(path, 'is a symbolic link');
  // A socket.
  if (code === 'ENXIO') return refused(path, 'is not a plain file');
  return refused(path, `cannot be read (${reasons[code] ?? code})`);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links have no end',
};

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function refused(path: string, says: string): Unread {
  return { ok: false, is: 'refused', says: `${path} ${says}` };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'it failed';
}
