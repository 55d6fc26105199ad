// A session on disk: a folder with `session.yaml` and one folder for each case, in the order of the file. Readable
// by its owner alone; the file is replaced in one step, so that a lost terminal leaves the last whole one.
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { stringify } from 'yaml';
import { limits } from '../core/limits.ts';
import { readNames, readText } from '../disk/read.ts';
import {
  foundAt,
  makePlace,
  placeFor,
  replace,
  writeText,
  type Placed,
  type Written,
} from '../disk/write.ts';
import { parseYaml } from '../yaml/parse.ts';
import { flag, formatFault, line, listOf, mapOf, moment, shaped, text, word } from './shape.ts';
import { unreadable, type Read } from './texts.ts';

/** session.yaml */
export type SessionFile = {
  /** The version of this format. */
  readonly session: 1;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** How the cluster was reached; absent in a session about a saved case. */
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly as?: string;
  readonly asGroups?: readonly string[];
  readonly asUid?: string;
  readonly server?: string;
  readonly namespace?: string;
  /** What flags said of the mesh, by the names that a case has for them; no credential. */
  readonly mesh?: Readonly<Record<string, string>>;
  /** An address in it came with a repository: no token goes there. */
  readonly withholdToken?: boolean;
  /** The saved case that it is about. */
  readonly from?: string;
  /** In the order they were made. `case` is the name of a folder beside this file. */
  readonly runs: readonly SessionRun[];
  readonly notes: readonly { readonly at: string; readonly says: string }[];
};

export type SessionRun = {
  readonly case: string;
  readonly at: string;
  readonly runbook: string;
  readonly words: readonly string[];
  readonly fallback?: readonly string[];
  /** What it came to, for a person who lists sessions: `PUSH REJECTED shop/web-x2x4q`. */
  readonly says: string;
};

export const sessionFileName = 'session.yaml';

const run = v.object(
  {
    // A name, not a path: nothing outside the session is read for it.
    case: v.pipe(word, v.regex(/^\d{2,}-[\w.-]+$/, "must be a folder's name such as 01-stale-web")),
    at: v.optional(line, ''),
    runbook: word,
    words: listOf(line),
    fallback: v.optional(listOf(line)),
    says: v.optional(line, ''),
  },
  'must be a map of case, runbook and words',
);
const note = v.object({ at: line, says: text }, 'must be a map of at and says');

const sessionFile = v.object(
  {
    session: v.literal(1),
    started: moment,
    context: v.optional(word),
    kubeconfig: v.optional(line),
    as: v.optional(line),
    asGroups: v.optional(listOf(line)),
    asUid: v.optional(line),
    server: v.optional(line),
    namespace: v.optional(word),
    mesh: v.optional(mapOf(line)),
    withholdToken: v.optional(flag),
    from: v.optional(line),
    runs: v.optional(listOf(run), []),
    notes: v.optional(listOf(note), []),
  },
  'must be a map',
);

/** What is wrong with it is said in one line. */
export function readSession(dir: string): Read<SessionFile> {
  const path = join(dir, sessionFileName);
  const read = readText(path, { most: limits.files.head, links: 'refuse' });
  if (!read.ok) {
    const says = `${dir} is not a session: it has no ${sessionFileName}`;
    return read.is === 'missing' ? { ok: false, says } : unreadable(read);
  }
  const parsed = parseYaml(read.text);
  if (parsed.is === 'fault') return { ok: false, says: `${path}:${parsed.line}: ${parsed.says}` };
  const format = formatFault(parsed.value, 'session');
  if (format !== undefined) return { ok: false, says: `${path} ${format}` };
  const file = shaped<SessionFile>(sessionFile, parsed.value);
  return file.ok ? file : { ok: false, says: `${path}: ${file.says}` };
}

/** Where a session may be kept: nothing is there, or an empty folder. */
export function placeOfSession(dir: string): Placed {
  const found = foundAt(resolve(dir));
  const refuse = (says: string): Placed => ({ ok: false, is: 'refused', says: `${dir} ${says}` });
  if (found === 'link') return refuse('is a symbolic link; name the folder itself');
  if (found === 'file' || found === 'other') return refuse('is not a folder; name one');
  if (found === 'folder') {
    const names = readNames(dir, limits.files.entries);
    if (!names.ok) return { ok: false, is: 'refused', says: names.says };
    const [first] = names.names;
    if (names.names.includes(sessionFileName)) {
      return refuse(`holds a session already; go on with it: meshdoc triage --resume ${dir}`);
    }
    if (first !== undefined) {
      return refuse(
        `is not empty: it holds ${first}; name a new folder, such as ${join(dir, 'session')}`,
      );
    }
  }
  return placeFor(dir);
}

/** Makes the folder, for its owner alone, when it is not there. */
export function makeSession(dir: string): Written {
  const placed = placeFor(dir);
  return placed.ok ? makePlace(placed.place) : placed;
}

/** In one step, so that there is always the last whole one. */
export function writeSession(dir: string, file: SessionFile): Written {
  const made = makeSession(dir);
  if (!made.ok) return made;
  const placed = placeFor(join(dir, sessionFileName));
  if (!placed.ok) return placed;
  const whole = stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
  return replace(
    placed.place,
    (to) => writeText(to, whole),
    () => readSession(dir).ok,
  );
}

export type Listed = { readonly id: string; readonly file: SessionFile };

/** Newest first, as their names begin with the time; folders that are no sessions are left out. */
export function listSessions(root: string): readonly Listed[] {
  const names = readNames(root, limits.files.entries);
  const newest = names.ok ? [...names.names].reverse().slice(0, limits.files.sessions) : [];
  return newest.flatMap((id): Listed[] => {
    const read = readSession(join(root, id));
    return read.ok ? [{ id, file: read.value }] : [];
  });
}
