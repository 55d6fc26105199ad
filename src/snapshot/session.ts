// A session on disk: a folder with `session.yaml` and one folder for each case, in the order of the file. Readable
// by its owner alone; the file is replaced in one step, so that a lost terminal leaves the last whole one.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Read } from './folder.ts';

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

/** What is wrong with it is said in one line. */
export async function readSession(dir: string): Promise<Read<SessionFile>> {
  const path = join(dir, sessionFileName);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    return { ok: false, says: `${dir} is not a session: it has no ${sessionFileName}` };
  try {
    const file = parse(text) as Partial<SessionFile> | null;
    if (file?.session !== 1) {
      const found = String(file?.session);
      return { ok: false, says: `${path} is of format ${found}; this meshdoc reads format 1` };
    }
    return isWhole(file)
      ? { ok: true, value: { ...file, runs: file.runs ?? [], notes: file.notes ?? [] } }
      : { ok: false, says: `${path} needs "started" and "runs" with a folder's name as "case"` };
  } catch {
    return { ok: false, says: `${path} is not readable as YAML` };
  }
}

type Whole = Partial<SessionFile> & Pick<SessionFile, 'session' | 'started'>;

function isWhole(file: Partial<SessionFile>): file is Whole {
  const { started, mesh, runs = [], notes = [] } = file as { [K in keyof SessionFile]?: unknown };
  return (
    typeof started === 'string' &&
    Object.values(mesh ?? {}).every((value) => typeof value === 'string') &&
    Array.isArray(runs) &&
    Array.isArray(notes) &&
    (runs as readonly Partial<SessionRun>[]).every(
      // A name, not a path: nothing outside the session is read for it.
      (run) =>
        typeof run.case === 'string' &&
        /^\d{2,}-[\w.-]+$/.test(run.case) &&
        Array.isArray(run.words),
    )
  );
}

/** Makes the folder, for its owner alone, when it is not there. */
export async function makeSession(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
}

export async function writeSession(dir: string, file: SessionFile): Promise<void> {
  await makeSession(dir);
  const [path, next] = [join(dir, sessionFileName), join(dir, `.${sessionFileName}.new`)];
  await writeFile(next, stringify(file, { lineWidth: 0 }), { mode: 0o600 });
  await rename(next, path);
}

export type Listed = { readonly id: string; readonly file: SessionFile };

/** Newest first; folders that are no sessions are left out. */
export async function listSessions(root: string): Promise<readonly Listed[]> {
  const names = await readdir(root).catch((): string[] => []);
  const read = await Promise.all(names.map((name) => readSession(join(root, name))));
  return names
    .flatMap((name, i): Listed[] => {
      const one = read[i];
      return one?.ok ? [{ id: basename(name), file: one.value }] : [];
    })
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}
