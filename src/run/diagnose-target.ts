// From words to diagnoses: resolves what is asked, runs the runbook, goes on where a finding points, saves.
import type { Gap } from '../core/answer.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Ignore } from '../core/ignore.ts';
import { applyIgnores } from '../core/ignored.ts';
import { bounded, orElse } from '../core/deadline.ts';
import { overdue } from '../core/ports.ts';
import type { Runbook } from '../core/runbook.ts';
import { runbooksOf } from '../core/triage.ts';
import { safeText } from '../core/text.ts';
import { diagnose, type Observer } from '../engine/diagnose.ts';
import { inputOf as meshInput } from '../meshes/choices.ts';
import { findRunbook, load } from '../registry.ts';
import { caseHead, inputOf } from './case-head.ts';
import type { Refusal } from './exit.ts';
import type { Aim } from './aims.ts';
import { resolveInputs } from './inputs.ts';
import { lookAhead } from './look-ahead.ts';
import type { RunOptions } from './options.ts';
import { asRecorded } from './recorded-triage.ts';
import { groupIn, withStanding } from './standing.ts';
import { noteHidden, toldOptions, typedNotes } from './typed.ts';
import { version } from './version.ts';
import type { Case, CaseHead } from '../snapshot/case.ts';
import { learnDiagnosis } from './redacted.ts';
import type { World } from './wire.ts';

export type Asked = {
  readonly runbook: Runbook;
  readonly targets: readonly string[];
  readonly options: RunOptions;
  readonly world: World;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
  readonly observer?: Observer & { start?(runbook: string, steps: Runbook['steps']): void };
  readonly onBug?: (error: unknown) => void;
};

export type Diagnosed =
  | {
      readonly ok: true;
      readonly diagnoses: readonly Diagnosis[];
      readonly notes: readonly string[];
      /** Of its case, for who saves it. */
      readonly head: CaseHead;
      /** Why it could not be saved, though it was to be. */
      readonly unsaved?: string;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** What all diagnoses of one command share. */
type Session = {
  readonly asked: Asked;
  readonly started: number;
  readonly signal: AbortSignal;
};

/** The server's version is told beside the result; nothing waits longer for it than for a question of its own. */
const versionMs = 5000;

export async function diagnoseTargets(asked: Asked): Promise<Diagnosed> {
  const { options, world } = asked;
  const told = toldOptions(options, world.hide);
  const done = await bounded(options.timeoutMs, asked.interrupt, (signal) =>
    run({ ...asked, options: told }, signal),
  );
  const { hide } = world;
  if (!done.ok) return { ok: false, refusal: { ...done.refusal, says: hide(done.refusal.says) } };
  return {
    ...done,
    diagnoses: done.diagnoses.map(noteHidden),
    notes: [
      ...done.notes.map(hide),
      ...typedNotes(options.flags, told.flags, world.ports.clock.now()),
    ],
  };
}

async function run(asked: Asked, signal: AbortSignal): Promise<Diagnosed> {
  const { world, targets, options } = asked;
  const { head } = asked.runbook;
  const started = world.ports.clock.now();
  const server = bounded(versionMs, signal, (own) =>
    orElse(world.ports.ask({ ask: 'server' }, own), own, () => overdue(own)),
  );
  lookAhead(asked.runbook, meshInput(options.mesh), world.ports, signal);
  const where = { ports: world.ports, namespace: world.namespace, signal, id: head.id };
  const resolved = await resolveInputs(head, targets, options.flags, where);
  if (!resolved.ok) return resolved;
  const session: Session = { asked, started, signal };
  const { runbook, notes: left } = await asRecorded(asked.runbook, world.saved?.file, (part) =>
    Promise.all(resolved.aims.map((aim) => diagnoseAim(unwatched(session), part, aim, {}))),
  );
  asked.observer?.start?.(head.id, runbook.steps);
  const diagnoses = await Promise.all(
    resolved.aims.map((aim) => diagnoseAim(session, runbook, aim, options.flags)),
  );
  const ignores = world.saved ? (world.saved.file.ignore ?? []) : (options.ignores ?? []);
  const applied = (await followed(session, diagnoses)).map((d) =>
    applyIgnores(d, ignores, started),
  );
  const answer = await server;
  const ignored = [...new Set(applied.flatMap((one) => one.used))];
  const all = applied.map((one) => one.diagnosis);
  const words = targets.map(world.hide);
  const kept = caseHead({ runbook, words, options, world, started, ignored });
  const saved = await save(asked, kept, all);
  const told = answer.ok ? all.map((d) => withKubernetes(d, answer.value.gitVersion)) : all;
  const ended = [...new Set(applied.flatMap((one) => one.ended))].map(endedSays);
  const notes = [...resolved.notes, ...left, ...ended];
  return { ok: true, diagnoses: told, notes, head: kept, ...saved };
}

/** Nobody is shown a run that only finds out what a case answers. */
function unwatched({ asked: { observer: _, ...asked }, ...session }: Session): Session {
  return { ...session, asked };
}

function endedSays({ code, until, by }: Ignore): string {
  return `${by} ignored ${code} until ${until}: that day is past, so it is told again`;
}

function withKubernetes(d: Diagnosis, kubernetes: string): Diagnosis {
  const versions = Object.entries({ ...d.about.versions, kubernetes });
  const sorted = Object.fromEntries(versions.sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...d, about: { ...d.about, versions: sorted } };
}

async function diagnoseAim(
  { asked, started, signal }: Session,
  runbook: Runbook,
  aim: Aim,
  flags: RunOptions['flags'],
): Promise<Diagnosis> {
  const { world, options } = asked;
  const header = {
    target: aim.target,
    input: inputOf(options, aim.words, flags),
    about: {
      meshdoc: version,
      started: new Date(started).toISOString(),
      tookMs: 0,
      reach: world.reach,
      versions: {},
      source: world.source,
      ...(world.server === undefined ? {} : { server: world.server }),
    },
  };
  const values = { ...aim.values, ...meshInput(options.mesh) };
  const { ports, saved } = world;
  const done = await diagnose(runbook, values, header, {
    ...{ ports, signal },
    ...(asked.observer ? { observer: asked.observer } : {}),
    ...(asked.onBug ? { onBug: asked.onBug } : {}),
  });
  return withStanding(done, groupIn(runbook.head.input, values), { ports, signal, saved });
}

/** A finding in another runbook's field is followed there, and on from there once more. */
const mostHops = 2;

async function followed(
  session: Session,
  first: readonly Diagnosis[],
): Promise<readonly Diagnosis[]> {
  const asked = new Set(
    first.flatMap(({ runbook, target }) => ranIn(session, runbook).map((id) => `${id} ${target}`)),
  );
  const all: Diagnosis[] = [];
  let hop = first;
  for (let n = 0; n < mostHops && hop.length > 0; n += 1) {
    const went = await Promise.all(
      hop.map((d) => Promise.all(pointsOf(d, asked).map((point) => go(session, point)))),
    );
    all.push(...hop.map((d, i) => withGaps(d, went[i]?.flatMap(({ gaps }) => gaps) ?? [])));
    hop = went.flat().flatMap(({ diagnoses }) => diagnoses);
  }
  return [...all, ...hop];
}

/** Triage runs others. */
function ranIn({ asked: { runbook } }: Session, id: string): readonly string[] {
  return id === runbook.head.id ? [id, ...runbooksOf(runbook)] : [id];
}

/** A finding stands as it was: only what explains it is not known. */
function withGaps(d: Diagnosis, gaps: readonly Gap[]): Diagnosis {
  return gaps.length === 0 ? d : { ...d, gaps: [...d.gaps, ...gaps] };
}

type Point = {
  readonly runbook: string;
  readonly target: string;
  readonly from: Diagnosis['from'];
};
type Went = { readonly diagnoses: readonly Diagnosis[]; readonly gaps: readonly Gap[] };

/** Where a diagnosis points that nobody has been yet. */
function pointsOf(d: Diagnosis, asked: Set<string>): readonly Point[] {
  const { runbook, target } = d;
  const found = d.findings.filter(({ role }) => role !== 'contributor');
  const unwell = d.gaps.map(({ asked: what, follow }) => ({
    says: safeText(what.replace(/^why /, '')),
    follow,
  }));
  return [...found, ...unwell].flatMap(({ follow, ...by }) => {
    if (!follow) return [];
    const key = `${follow.runbook} ${follow.target}`;
    if (asked.has(key)) return [];
    asked.add(key);
    const code = 'code' in by ? { code: by.code } : {};
    return [{ ...follow, from: { runbook, target, ...code, says: by.says } }];
  });
}

async function go(session: Session, { runbook: id, target, from }: Point): Promise<Went> {
  const { asked, signal } = session;
  const found = findRunbook(id);
  // A run that was cut says so itself.
  if (!found.ok || signal.aborted) return { diagnoses: [], gaps: [] };
  const runbook = await load(found.entry);
  const where = { ports: asked.world.ports, namespace: asked.world.namespace, signal, id };
  const resolved = await resolveInputs(runbook.head, [target], {}, where);
  if (!resolved.ok) return { diagnoses: [], gaps: [notFollowed(id, target, resolved.refusal)] };
  asked.observer?.start?.(id, runbook.steps);
  const diagnoses = await Promise.all(
    resolved.aims.map((aim) => diagnoseAim(session, runbook, aim, {})),
  );
  return { diagnoses: diagnoses.map((d) => ({ ...d, ...(from ? { from } : {}) })), gaps: [] };
}

function notFollowed(id: string, target: string, { says, why = 'unreadable' }: Refusal): Gap {
  return { asked: safeText(`what ${id} says of ${target}`), why, detail: safeText(says) };
}

async function save(
  { world, options }: Asked,
  head: CaseHead,
  diagnoses: readonly Diagnosis[],
): Promise<{ readonly unsaved?: string }> {
  if (!world.recorder || options.save === undefined) return {};
  const { writeCase } = await import('../snapshot/save.ts');
  const saved = world.recorder.finish(head);
  const written = await writeCase(options.save, await withoutNames(saved, diagnoses, options));
  return written.ok ? {} : { unsaved: `not saved: ${written.says}` };
}

/** The same stand-ins as in the report that is printed beside it: everything is learned before the first is given. */
async function withoutNames(
  saved: Case,
  diagnoses: readonly Diagnosis[],
  { names }: RunOptions,
): Promise<Case> {
  if (!names) return saved;
  const { learnCase, renameCase } = await import('./rename-case.ts');
  learnCase(saved, names);
  for (const d of diagnoses) learnDiagnosis(d, names);
  return renameCase(saved, names);
}
