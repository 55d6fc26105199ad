// Where sessions are kept, and the writing of one: a case for each run, and the file that lists them.
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { near } from '../../core/near.ts';
import { listed } from '../../core/text.ts';
import { shown } from '../../report/view.ts';
import { state } from '../../report/words.ts';
import type { CaseHead } from '../../snapshot/case.ts';
import { writeCase } from '../../snapshot/save.ts';
import { createText, placeFor, type Written } from '../../disk/write.ts';
import {
  listSessions,
  makeSession,
  placeOfSession,
  readSession,
  writeSession,
  type SessionFile,
  type SessionRun,
} from '../../snapshot/session.ts';
import type { Note, Run } from '../../triage/ask.ts';
import { exitCodes, refusal, type Refusal } from '../../run/exit.ts';
import type { World } from '../../run/wire.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * XDG Base Directory Specification: state is what should outlive the program and is not worth a backup, and a path that is
 * not absolute counts for nothing. Absent where neither variable names a folder: nothing goes into the working directory.
 */
export function sessionsRoot(env: Env): string | undefined {
  const [state, home] = [env['XDG_STATE_HOME'], env['HOME']].map((path) =>
    path !== undefined && isAbsolute(path) ? path : undefined,
  );
  const base = state ?? (home === undefined ? undefined : join(home, '.local', 'state'));
  return base === undefined ? undefined : join(base, 'meshdoc', 'sessions');
}

export const nowhere = 'neither HOME nor XDG_STATE_HOME names a folder';

/** `20261121-181204-shop-web-5fcd` */
export function sessionId(now: number, about: string): string {
  const [day = '', time = ''] = new Date(now).toISOString().split('T');
  const at = `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
  return `${at}-${slug(about, 'mesh')}`;
}

/** `01-stale-shop-web-5fcd` */
export function caseName(n: number, runbook: string, words: readonly string[]): string {
  return `${String(n).padStart(2, '0')}-${runbook}-${slug(words.join('-'), 'mesh')}`;
}

/** Written by this user's own sessions; a folder elsewhere may be anybody's. */
export const isOwn = (dir: string, root: string | undefined): boolean =>
  root !== undefined && dirname(resolve(dir)) === resolve(root);

function slug(text: string, otherwise: string): string {
  const plain = text.replace(/[^a-zA-Z0-9]+/g, '-').slice(0, 50);
  return plain.replace(/^-|-$/g, '') || otherwise;
}

/** A full disk costs the copy, not the session. */
export type Kept = Written;

/** Writes one run's case. */
export async function keepCase(
  dir: string,
  name: string,
  { recorder }: World,
  head: CaseHead,
): Promise<Kept> {
  if (!recorder) return { ok: true };
  const path = join(dir, name);
  const made = makeSession(dir);
  return made.ok ? writeCase(path, recorder.finish(head)) : made;
}

export function keepSession(dir: string, file: SessionFile): Kept {
  return writeSession(dir, file);
}

/** What is in the way of a new session in this folder, before anything is asked. */
export function refusedFolder(dir: string): Refusal | undefined {
  const placed = placeOfSession(dir);
  return placed.ok ? undefined : refusal(exitCodes.usage, `--save: ${placed.says}`);
}

/** A new file for its owner alone. */
export function keepTicket(path: string, text: string): Kept {
  const placed = placeFor(path);
  return placed.ok ? createText(placed.place, text) : placed;
}

/** What a run is in `session.yaml`. */
export function runEntry({ name, ask, diagnoses }: Run): SessionRun {
  const [first] = shown(diagnoses);
  return {
    case: name,
    at: first?.about.started ?? '',
    runbook: ask.runbook,
    words: ask.words,
    ...(ask.fallback ? { fallback: ask.fallback } : {}),
    says: first ? `${state(first)} ${first.target}` : '',
  };
}

export function noteEntry({ at, says }: Note): Note {
  return { at, says };
}

export type Chosen =
  | { readonly ok: true; readonly dir: string; readonly id: string; readonly file: SessionFile }
  | { readonly ok: false; readonly refusal: Refusal };

/** By its id, by its path, or the last one. */
export function chooseSession(root: string | undefined, wanted: string | undefined): Chosen {
  if (wanted?.includes('/')) return readAt(wanted.replace(/(?<!\/)\/+$/, ''));
  if (root === undefined)
    return { ok: false, refusal: refusal(exitCodes.usage, `no session is kept: ${nowhere}`) };
  const all = listSessions(root);
  const found = wanted === undefined ? all[0] : all.find(({ id }) => id === wanted);
  if (found) return { ok: true, dir: join(root, found.id), ...found };
  const ids = all.map(({ id }) => id);
  const close = wanted === undefined ? [] : near(wanted, ids);
  const hint =
    close.length > 0
      ? `did you mean ${listed(close)}?`
      : 'meshdoc triage --list shows what there is';
  const says =
    wanted === undefined
      ? `no session is kept in ${root}`
      : `there is no session "${wanted}"; ${hint}`;
  return { ok: false, refusal: refusal(exitCodes.usage, says) };
}

function readAt(dir: string): Chosen {
  const read = readSession(dir);
  return read.ok
    ? { ok: true, dir, id: dir.split('/').at(-1) ?? dir, file: read.value }
    : { ok: false, refusal: refusal(exitCodes.usage, read.says) };
}
