// The one writer of files. Nothing is written in place: all is made in a folder of our own beside the target, which nobody
// else may enter, and is moved there in one step. So at any moment there is what was there before, or the new one whole, or
// nothing; what a killed program left behind is put back, or cleared away, by the next one that writes there.
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Where something is to be written, as it was when it was looked at. */
export type Place = {
  /** As a person typed it. */
  readonly typed: string;
  /** The nearest folder above that is there, with every link resolved. */
  readonly anchor: string;
  readonly dev: number;
  readonly ino: number;
  /** Folders to make between the two. */
  readonly missing: readonly string[];
  readonly base: string;
};

/** `says` begins with the path. `full`: only the disk is in the way. */
export type Unwritten = {
  readonly ok: false;
  readonly is: 'refused' | 'full';
  readonly says: string;
};
export type Written = { readonly ok: true } | Unwritten;
export type Placed = { readonly ok: true; readonly place: Place } | Unwritten;

/** Finds out whether something can be written there at all, by making a folder beside it and removing it again. */
export function placeFor(typed: string): Placed {
  const path = resolve(typed);
  if (path === dirname(path)) return refused(typed, 'is the root of the file system');
  if (path === resolve('.'))
    return refused(typed, 'is the folder you are in; name a path inside it');
  return attempt(typed, () => {
    // Throws when its own name is the problem; the folders above do not show that.
    isThere(path);
    const missing: string[] = [];
    let above = dirname(path);
    while (!isThere(above)) {
      missing.unshift(basename(above));
      above = dirname(above);
    }
    const anchor = realpathSync(above);
    const { dev, ino } = statSync(anchor);
    probe(join(anchor, ownName(basename(path))));
    return { ok: true, place: { typed, anchor, dev, ino, missing, base: basename(path) } };
  });
}

/** A full disk may have room again when the time comes, and is no reason not to begin. */
function probe(path: string): void {
  try {
    mkdirSync(path, 0o700);
    rmdirSync(path);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** What is at a path: a link is a link, wherever it leads. `unknown`: the disk does not say. */
export type Found = Kind | 'unknown';
type Kind = 'nothing' | 'file' | 'folder' | 'link' | 'other';

/** Whoever reads or writes there next learns why it is unknown, and says so: the name is too long, or nobody may look. */
export function foundAt(path: string): Found {
  try {
    return kindAt(path);
  } catch {
    return 'unknown';
  }
}

function kindAt(path: string): Kind {
  const stats = lstat(path);
  if (!stats) return 'nothing';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}

/**
 * Makes something new with `make`, which gets a path that is free, and puts it at the place. What is there already is
 * replaced when `mayReplace` says so of it; it is asked again once the old is out of everybody's reach.
 */
export function replace(
  place: Place,
  make: (path: string) => void,
  mayReplace: (path: string) => boolean,
): Written {
  return within(place, (work, target) => {
    make(join(work, 'new'));
    const found = kindAt(target);
    if (found === 'nothing' || (found === 'file' && mayReplace(target))) {
      renameSync(join(work, 'new'), target);
      return { ok: true };
    }
    return found === 'folder'
      ? exchange(place, work, target, mayReplace)
      : refused(place.typed, 'is not what it was; nothing was written');
  });
}

/** There is no one step in Node that exchanges two folders: between the two the old one is in our own folder, whole. */
function exchange(
  place: Place,
  work: string,
  target: string,
  mayReplace: (path: string) => boolean,
): Written {
  const old = join(work, 'old');
  renameSync(target, old);
  try {
    if (!mayReplace(old)) {
      renameSync(old, target);
      return refused(place.typed, 'is not what it was; nothing was written');
    }
    renameSync(join(work, 'new'), target);
    return { ok: true };
  } catch (error) {
    if (foundAt(target) === 'nothing') renameSync(old, target);
    throw error;
  }
}

/** A new file; what is there already stays. */
export function createText(place: Place, text: string): Written {
  return within(place, (work, target) => {
    const made = join(work, 'new');
    writeText(made, text);
    try {
      // Unlike a rename, a link never replaces.
      linkSync(made, target);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return refused(place.typed, 'is there already');
      if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(codeOf(error))) throw error;
      if (kindAt(target) !== 'nothing') return refused(place.typed, 'is there already');
      renameSync(made, target);
    }
    return { ok: true };
  });
}

/** For its owner alone, whatever the umask. */
export function makeFolder(path: string): void {
  mkdirSync(path, 0o700);
  chmodSync(path, 0o700);
}

/** A new file for its owner alone; on the disk when this returns. */
export function writeText(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    fchmodSync(fd, 0o600);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A file that somebody else's code wrote, made as one of `writeText`. */
export function sealFile(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fchmodSync(fd, 0o600);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Tells one file, as it is, from every other. */
export function identityOf(path: string): string {
  const stats = lstat(path);
  return stats ? [stats.dev, stats.ino, stats.size, stats.mtimeMs].join(' ') : 'nothing';
}

/** Makes the folder, and those above it, for its owner alone; one that is there and empty becomes so. */
export function makePlace(place: Place): Written {
  return attempt(place.typed, () => {
    if (isMoved(place)) return moved(place);
    const path = inside(settled(place), place.base);
    if (readdirSync(path).length === 0) chmodSync(path, 0o700);
    return { ok: true };
  });
}

function isMoved({ anchor, dev, ino }: Place): boolean {
  const now = statSync(anchor);
  return now.dev !== dev || now.ino !== ino;
}

function moved({ typed }: Place): Unwritten {
  return refused(typed, 'is in another folder than before; nothing was written');
}

/** What a killed program put aside, and had not replaced yet. */
export function asideOf(path: string): string | undefined {
  const whole = resolve(path);
  try {
    return leftovers(dirname(whole), basename(whole))
      .map((work) => join(work, 'old'))
      .find(isThere);
  } catch {
    return undefined;
  }
}

function within(place: Place, write: (work: string, target: string) => Written): Written {
  return attempt(place.typed, () => {
    if (isMoved(place)) return moved(place);
    const folder = settled(place);
    const target = join(folder, place.base);
    const work = join(folder, ownName(place.base));
    makeFolder(work);
    try {
      return write(work, target);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

/** The folder that it goes into, made, without what a killed program left there or where it tried whether it may write. */
function settled({ missing, anchor, base }: Place): string {
  recover(anchor, base);
  const folder = missing.reduce(inside, anchor);
  if (folder !== anchor) recover(folder, base);
  return folder;
}

/** A folder that somebody else made in between is taken, a link is not. */
function inside(folder: string, name: string): string {
  const path = join(folder, name);
  if (kindAt(path) !== 'folder') makeFolder(path);
  return path;
}

/** Older than this it is of no program that still runs, whatever its number says. */
const staleMs = 600_000;

/** Puts back what was aside when a program was killed, and removes the rest that it left. */
function recover(folder: string, base: string): void {
  for (const work of leftovers(folder, base)) {
    const old = join(work, 'old');
    if (isThere(old) && !isThere(join(folder, base))) renameSync(old, join(folder, base));
    rmSync(work, { recursive: true, force: true });
  }
}

/** Folders of this user, of programs that have ended. One with our own number is of another that had it. */
function leftovers(folder: string, base: string): readonly string[] {
  const prefix = ownPrefix(base);
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(folder, name))
    .filter((path) => {
      const stats = lstat(path);
      if (!stats?.isDirectory() || stats.uid !== (process.getuid?.() ?? stats.uid)) return false;
      const pid = Number(path.slice(join(folder, prefix).length).split('-')[0]);
      return pid === process.pid || Date.now() - stats.mtimeMs > staleMs || !isRunning(pid);
    });
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Nobody can guess it and be there first. The name that it is for may be as long as a name can be, so it is in short. */
function ownName(base: string): string {
  return `${ownPrefix(base)}${process.pid}-${randomBytes(6).toString('hex')}`;
}

function ownPrefix(base: string): string {
  return `.meshdoc-save-${createHash('sha256').update(base).digest('hex').slice(0, 12)}-`;
}

function attempt<T>(typed: string, work: () => T | Unwritten): T | Unwritten {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (isFull(error)) {
      return { ok: false, is: 'full', says: `${typed} was not written: the disk is full` };
    }
    // What is no error of the file system is a fault of our own.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return refused(typed, `cannot be written: ${reasons[code] ?? code}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of the path is a file',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links have no end',
  EBUSY: 'it is in use, perhaps as a mount point; name a path inside it',
  ENOTEMPTY: 'something else was put there meanwhile',
};

function refused(typed: string, says: string): Unwritten {
  return { ok: false, is: 'refused', says: `${typed} ${says}` };
}

function isThere(path: string): boolean {
  return lstat(path) !== undefined;
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (/^(ENOENT|ENOTDIR)$/.test(codeOf(error))) return undefined;
    throw error;
  }
}

function isFull(error: unknown): boolean {
  return /^(ENOSPC|EDQUOT)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
