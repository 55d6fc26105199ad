// The beginning of a session: the connection, what is seen there, the runs of an earlier part, and the first question.
import { bounded, noLimit } from '../../core/deadline.ts';
import type { KubeObject } from '../../core/object.ts';
import { render } from '../../report/formats.ts';
import type { Ask, Run } from '../../triage/ask.ts';
import { look } from '../../triage/look.ts';
import { overviewOf, type Overview, type Seen } from '../../triage/overview.ts';
import { overviewText, type Where as Seat } from '../../triage/overview-text.ts';
import { placeOf } from '../../triage/places.ts';
import type { Where } from '../../triage/where.ts';
import { exitCodes, refusal, unreachableCluster, type Refusal } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import type { TriageArgs } from '../options.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { isDrawable, lookOf, styleFor } from '../terminal.ts';
import { open, type World } from '../../run/wire.ts';
import { headOf, resumedOptions } from './kept-options.ts';
import { restoreRuns } from './restore.ts';
import { sceneOf, type Session } from './session.ts';
import { isOwn, nowhere, refusedFolder, type Chosen } from './store.ts';

export type Begun =
  | { readonly ok: true; readonly session: Session; readonly start: Where }
  | { readonly ok: false; readonly refusal: Refusal };

type Resumed = Extract<Chosen, { ok: true }> | undefined;

export async function beginSession(
  args: TriageArgs,
  resumed: Resumed,
  root: string | undefined,
  io: Io,
): Promise<Begun> {
  const options = resumed
    ? resumedOptions(args.options, resumed.file, isOwn(resumed.dir, root))
    : args.options;
  if (options.save !== undefined && /\.(tgz|tar\.gz)$/.test(options.save)) {
    const says = `a session is a folder; --save ${options.save} names an archive`;
    return { ok: false, refusal: refusal(exitCodes.usage, says) };
  }
  const refused = !resumed && options.save !== undefined ? refusedFolder(options.save) : undefined;
  if (refused) return { ok: false, refusal: refused };
  const restored = resumed
    ? await restoreRuns(resumed.dir, resumed.file, options, io)
    : { ok: true as const, runs: [] };
  if (!restored.ok) return restored;
  const { save: _, ...unsaved } = options;
  const opened = await open(unsaved, io);
  if (!opened.ok) return opened;
  const { world } = opened;
  if (root === undefined && options.save === undefined && !resumed)
    io.err(`meshdoc: ${nowhere}: the session is not kept; --save <folder> keeps it\n`);
  const hangUp = io.hangUp();
  const seen = await bounded(noLimit, [io.nextInterrupt(), hangUp], (signal) =>
    seenIn(world, signal),
  );
  if ('says' in seen) {
    world.close();
    return { ok: false, refusal: seen };
  }
  const session = await sessionOf(
    { options, resumed, runs: restored.runs, world, root, io, hangUp },
    seen,
  );
  await greet(session, seen, restored.runs);
  return { ok: true, session, start: startOf(args, session) };
}

type Parts = {
  readonly options: RunOptions;
  readonly resumed: Resumed;
  readonly runs: readonly Run[];
  readonly world: World;
  readonly root: string | undefined;
  readonly io: Io;
  readonly hangUp: AbortSignal;
};

async function sessionOf(parts: Parts, seen: Overview): Promise<Session> {
  const { options, resumed, runs, world, root, io, hangUp } = parts;
  const style = { ...styleFor(options, io.env, io.stdout), within: 'session' as const };
  const live = world.source.is === 'live';
  return {
    ...{ io, options, style, world, root, hangUp },
    prompts: await promptsFor(io, style, hangUp),
    // A note is made now, also about a case of last week.
    now: Date.now,
    hide: world.hide,
    head: resumed?.file ?? headOf(world, options),
    dir: resumed?.dir,
    scene: sceneOf(seen, {
      runs,
      notes: resumed?.file.notes ?? [],
      recorded: recordedIn(world),
      live,
      format: options.output === 'text' ? 'ticket' : options.output,
    }),
  };
}

/** A case holds what was asked then; a cluster is looked at now. */
async function seenIn(world: World, signal: AbortSignal): Promise<Overview | Refusal> {
  const { saved, ports, namespace } = world;
  if (saved) return overviewOf(inCase(saved.objects, saved.file.server, ports.clock.now()));
  const { ports: now } = await world.again();
  const seen = await look(now, namespace, signal);
  if (signal.aborted) return refusal(exitCodes.interrupted, 'stopped before the first question');
  const down = seen.gaps.find(({ why }) => why === 'unreachable' || why === 'unauthenticated');
  if (down) return unreachableCluster(`cannot read ${down.asked}: ${down.detail}`);
  return overviewOf(seen);
}

function inCase(objects: readonly KubeObject[], server: string | undefined, now: number): Seen {
  const ofKind = (kind: string) => objects.filter((o) => o.kind === kind);
  return {
    pods: ofKind('Pod'),
    namespaces: ofKind('Namespace'),
    warnings: ofKind('Event').filter((o) => o['type'] === 'Warning'),
    partly: 'those in the case',
    kubernetes: server,
    user: undefined,
    gaps: [],
    now,
  };
}

function recordedIn({ saved }: World): Ask | undefined {
  if (!saved) return undefined;
  const { runbook, input } = saved.file;
  return { runbook, words: (input['target'] ?? '').split(' ').filter(Boolean) };
}

async function greet(s: Session, seen: Overview, runs: readonly Run[]): Promise<void> {
  const look = lookOf(s.style);
  s.io.out(overviewText(seen, seatOf(s.world), s.world.ports.clock.now(), s.style), look);
  const last = runs.at(-1);
  if (!last) return;
  s.io.out(
    `\nGoing on; the last answer was:\n\n${await render('text', last.diagnoses, s.style)}\n`,
    look,
  );
}

function seatOf({ reach, server, namespace, source }: World): Seat {
  const recorded =
    source.is === 'case'
      ? { name: source.name, at: source.recorded.slice(0, 19) + 'Z' }
      : undefined;
  return { context: reach.context, server, namespace, as: reach.as, recorded };
}

/** With a target the place is known; a session that goes on stands where it was left. */
function startOf({ target }: TriageArgs, { scene }: Session): Where {
  if (target === undefined) return scene.runs.length > 0 ? { at: 'next' } : { at: 'start' };
  const known = scene.places.find(({ word }) => word === target);
  return { at: 'symptom', place: known ?? placeOf(target) };
}

/** @clack/prompts wants Node 20.12 (util.styleText) and a terminal that moves its cursor. */
async function promptsFor(io: Io, style: Session['style'], hangUp: AbortSignal): Promise<Prompts> {
  const { color, unicode } = style;
  const leave = () => [hangUp, io.nextInterrupt()];
  const options = { stdin: io.stdin, stdout: io.stdout, color, unicode, leave };
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const old = major < 20 || (major === 20 && minor < 12);
  const plain =
    old || io.env['TERM'] === 'dumb' || Boolean(io.env['ACCESSIBLE']) || !isDrawable(io.stdout);
  return plain
    ? (await import('../prompts/lines.ts')).linePrompts(options)
    : (await import('../prompts/clack.ts')).clackPrompts(options);
}
