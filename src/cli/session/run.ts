// One run of a session: a runbook on the same connection with nothing remembered, its case kept, its report printed;
// and the same again until it is healthy.
import { bounded, noLimit } from '../../core/deadline.ts';
import type { Diagnosis } from '../../core/diagnosis.ts';
import { render } from '../../report/formats.ts';
import type { CaseHead } from '../../snapshot/case.ts';
import type { Ask, Run } from '../../triage/ask.ts';
import { changes } from '../../triage/changes.ts';
import { diagnoseTargets } from '../../run/diagnose-target.ts';
import { exitCodes, type Refusal } from '../../run/exit.ts';
import type { RunOptions } from '../../run/options.ts';
import { optionsFor, savedRequest, typedRequest, type Request } from '../../run/request.ts';
import { isCut, watch, type Round } from '../../run/watch.ts';
import { lookOf } from '../terminal.ts';
import type { World } from '../../run/wire.ts';
import { housed, progressOf, withRun, type Session } from './session.ts';
import { caseName, keepCase, type Kept } from './store.ts';

const pauseMs = 5000;

type Made = {
  readonly ok: true;
  /** About the workload where the pod was gone. */
  readonly ask: Ask;
  readonly request: Request;
  readonly world: World;
  readonly diagnoses: readonly Diagnosis[];
  readonly notes: readonly string[];
  readonly head: CaseHead;
};

type Refused = { readonly ok: false; readonly refusal: Refusal };

/** The session after it; without another run when it could not be made. */
export async function runOnce(s: Session, ask: Ask): Promise<Session> {
  const made = await make(s, ask, progressOf(s));
  if (!made.ok) {
    refuse(s, made.refusal);
    return s;
  }
  const before = earlier(s, ask);
  const next = await keep(s, s.scene.runs.length + 1, ask, made);
  await print(s, made.diagnoses);
  if (before) tellChange(s, before.diagnoses, made.diagnoses);
  return next;
}

export async function runUntilHealthy(s: Session, ask: Ask): Promise<Session> {
  let next = s;
  let n = 0;
  let last = earlier(s, ask)?.diagnoses;
  const once = async (): Promise<Round> => {
    const made = await make(next, ask, undefined);
    if (!made.ok || (last && isCut(made.diagnoses))) return made;
    const changed = last === undefined || changes(last, made.diagnoses).is === 'changed';
    // A case for each state it was in; one that only lasts is written over.
    if (changed || n === 0) n = next.scene.runs.length + 1;
    if (changed && last) tellChange(s, last, made.diagnoses);
    next = await keep(next, n, ask, made);
    last = made.diagnoses;
    return made;
  };
  s.io.out(
    `Asking again every ${pauseMs / 1000} s, until it is healthy twice. Ctrl-C ends the waiting.\n`,
  );
  const watched = await bounded(noLimit, [s.io.nextInterrupt(), s.hangUp], (interrupt) =>
    watch({
      ...{ until: 'healthy', intervalMs: pauseMs, limitMs: Infinity },
      ...{ once, clock: s.world.ports.clock, interrupt },
      tell: (round) => {
        if (!round.ok) refuse(s, round.refusal);
      },
    }),
  );
  if (watched.end === 'refused') refuse(s, watched.refusal);
  else await print(s, watched.last);
  return next;
}

function earlier({ scene }: Session, ask: Ask): Run | undefined {
  return scene.runs.findLast((run) => same(run.ask, ask));
}

function same(a: Ask, b: Ask): boolean {
  const words = (ask: Ask) => (ask.fallback ?? ask.words).join(' ');
  return a.runbook === b.runbook && words(a) === words(b);
}

/** Asks, and about the workload when the pod is gone: a fix may have replaced it. */
async function make(
  s: Session,
  ask: Ask,
  progress: ReturnType<typeof progressOf> | undefined,
): Promise<Made | Refused> {
  const first = await attempt(s, ask, progress);
  const { fallback } = ask;
  if (first.ok || first.refusal.code !== exitCodes.usage || fallback === undefined) return first;
  const second = await attempt(s, { runbook: ask.runbook, words: fallback }, progress);
  if (!second.ok) return first;
  const gone = ask.words.filter((word) => !fallback.includes(word));
  s.io.out(`${gone.join(' ')} is gone; asked about ${fallback.join(' ')} in its place.\n`);
  return second;
}

function refuse({ io }: Session, { says }: Refusal): void {
  io.err(`meshdoc: ${says}\n`);
}

async function attempt(
  s: Session,
  ask: Ask,
  progress: ReturnType<typeof progressOf> | undefined,
): Promise<Made | Refused> {
  const request = await requestOf(s, ask);
  if ('says' in request) return { ok: false, refusal: request };
  const world = await s.world.again();
  const done = await bounded(noLimit, [s.io.nextInterrupt(), s.hangUp], (interrupt) =>
    diagnoseTargets({
      runbook: request.runbook,
      targets: request.words,
      options: unsaved(s, request),
      world,
      interrupt,
      ...(progress ? { observer: progress } : {}),
    }),
  ).finally(() => progress?.stop());
  return done.ok ? { ask, request, world, ...done } : done;
}

/** Its case is written by the session. */
function unsaved({ options }: Session, request: Request): RunOptions {
  const { save: _, ...others } = options;
  return optionsFor(others, request);
}

async function keep(s: Session, n: number, ask: Ask, made: Made): Promise<Session> {
  const { request, world, diagnoses, notes, head } = made;
  const { words } = request;
  const home = housed(s, words.join('-'));
  const name = caseName(n, ask.runbook, words);
  const kept: Kept =
    home.dir === undefined ? { ok: true } : await keepCase(home.dir, name, world, head);
  if (!kept.ok) s.io.err(`meshdoc: ${kept.says}\n`);
  for (const note of notes) s.io.err(`meshdoc: ${note}\n`);
  // Listed once its case is whole: a terminal may be lost at any moment.
  return withRun(home, { name, ask, diagnoses, kept: home.dir !== undefined && kept.ok });
}

/** A saved case has a mesh and flags of its own, for the runbook that it was recorded with. */
function requestOf({ world, options }: Session, ask: Ask): Promise<Request | Refusal> {
  const args = { runbook: ask.runbook, targets: ask.words, options };
  const file = world.saved?.file;
  if (!file) return typedRequest(args);
  // Without words the whole mesh is meant, and not what was recorded.
  const input = ask.words.length > 0 ? file.input : { ...file.input, target: '' };
  return savedRequest(args, { ...file, input });
}

async function print(s: Session, diagnoses: readonly Diagnosis[]): Promise<void> {
  s.io.out(`\n${await render('text', diagnoses, s.style)}\n`, lookOf(s.style));
}

function tellChange(
  { io }: Session,
  before: readonly Diagnosis[],
  after: readonly Diagnosis[],
): void {
  const { is, lines } = changes(before, after);
  const at = after[0]?.about.started.slice(11, 19) ?? '';
  if (is === 'same') io.out(`${at}  the same as before\n`);
  for (const line of lines) io.out(`${at}  ${line}\n`);
}
