// A session while it is held: what it knows, what it has done, where it is kept.
import { basename, join } from 'node:path';
import { quote } from '../../core/command.ts';
import type { SafeText } from '../../core/text.ts';
import { liveProgress } from '../../report/progress.ts';
import type { Style } from '../../report/style.ts';
import type { Note, Run } from '../../triage/ask.ts';
import type { Place } from '../../triage/places.ts';
import type { Overview } from '../../triage/overview.ts';
import { symptomSearch } from '../../triage/search.ts';
import type { Scene } from '../../triage/scene.ts';
import { symptoms } from '../../symptoms.gen.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { isDrawable, wantsColor } from '../terminal.ts';
import type { World } from '../../run/wire.ts';
import type { SessionHead } from './kept-options.ts';
import { isOwn, keepSession, noteEntry, nowhere, runEntry, sessionId } from './store.ts';

export type Session = {
  readonly io: Io;
  readonly options: RunOptions;
  readonly style: Style;
  readonly world: World;
  readonly prompts: Prompts;
  /** Where sessions are kept; absent where there is no such place. */
  readonly root: string | undefined;
  readonly hangUp: AbortSignal;
  readonly now: () => number;
  readonly hide: (text: string) => SafeText;
  readonly scene: Scene;
  /** What goes into `session.yaml` beside runs and notes. */
  readonly head: SessionHead;
  /** Absent until there is something to keep. */
  readonly dir: string | undefined;
};

export function sceneOf(
  overview: Overview,
  from: Pick<Scene, 'runs' | 'notes' | 'recorded' | 'live' | 'format'>,
): Scene {
  return {
    ...from,
    // Of a workload a recording has its pods, and seldom itself.
    places: from.live ? overview.places : overview.places.flatMap(withoutWorkload),
    meshes: overview.meshes.map(({ mesh }) => mesh),
    symptoms,
    search: symptomSearch(symptoms),
  };
}

function withoutWorkload(place: Place): readonly Place[] {
  const { workload: _, ...kept } = place;
  return place.is === 'workload' ? [] : [kept];
}

/** With a folder to write into, if there is a place for one; its name tells when the session began and what it began with. */
export function housed(s: Session, about: string): Session {
  const id = sessionId(Date.parse(s.head.started), about);
  const dir = s.dir ?? s.options.save ?? (s.root === undefined ? undefined : join(s.root, id));
  return { ...s, dir };
}

/** Adds and writes. What cannot be written is said, and the session goes on. */
export function withRun(s: Session, run: Run): Session {
  const others = s.scene.runs.filter(({ name }) => name !== run.name);
  return written({ ...s, scene: { ...s.scene, runs: [...others, run] } });
}

export function withNote(s: Session, says: string): Session {
  const note: Note = { at: new Date(s.now()).toISOString(), says: s.hide(says) };
  const scene = { ...s.scene, notes: [...s.scene.notes, note] };
  return written({ ...housed(s, 'notes'), scene });
}

function written(s: Session): Session {
  if (s.dir === undefined) return s;
  const { runs, notes } = s.scene;
  const kept = keepSession(s.dir, {
    session: 1,
    ...s.head,
    // A run whose case is not there could not be read again.
    runs: runs.filter(({ kept: isKept }) => isKept).map(runEntry),
    notes: notes.map(noteEntry),
  });
  if (!kept.ok) s.io.err(`meshdoc: ${kept.says}; the session goes on, but it is not kept\n`);
  return s;
}

export function progressOf({ io, options }: Session) {
  return liveProgress({
    stream: io.stderr,
    kind: options.quiet
      ? 'quiet'
      : io.env['TERM'] === 'dumb' || !isDrawable(io.stderr)
        ? 'lines'
        : 'spinner',
    color: wantsColor(options.color, io.env, io.stderr),
  });
}

/** How to come back to it: a person reads this last. */
export function farewell({ dir, root, scene, head }: Session): string {
  if (dir === undefined)
    return root === undefined
      ? `Nothing is kept: ${nowhere}.\n`
      : 'Nothing was asked, so nothing is kept.\n';
  const own = isOwn(dir, root);
  const id = own ? basename(dir) : quote(dir);
  // The kubeconfig that a folder elsewhere names is not taken from it.
  const flag =
    own || head.kubeconfig === undefined ? '' : ` --kubeconfig ${quote(head.kubeconfig)}`;
  const ticket =
    scene.runs.length > 0
      ? [`  ticket  meshdoc triage --ticket ${scene.format} --resume ${id}`]
      : [];
  return [`Kept in ${dir}`, `  go on   meshdoc triage --resume ${id}${flag}`, ...ticket, ''].join(
    '\n',
  );
}
