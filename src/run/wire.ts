// The composition root: builds the ports a run asks, live or from a case. The only importer of live/ and
// snapshot/, which load only when used.
import { setMaxListeners } from 'node:events';
import type { Approach } from '../core/approach.ts';
import type { Ask, Clock, Ports } from '../core/ports.ts';
import type { RunInfo } from '../core/diagnosis.ts';
import type { Reach } from '../core/command.ts';
import { bounded } from '../core/deadline.ts';
import { safeText, type SafeText } from '../core/text.ts';
import type { KubeObject } from '../core/object.ts';
import type { Listed } from '../core/question.ts';
import { guardAnd, type HideText } from '../guard/guard.ts';
import type { Names } from '../guard/rename/names.ts';
import { ahead } from '../ports/ahead.ts';
import { limit } from '../ports/limit.ts';
import type { LiveOptions } from '../live/options.ts';
import { believe } from '../ports/believe.ts';
import { memo } from '../ports/memo.ts';
import { told } from '../ports/told.ts';
import type { Recorder } from '../snapshot/record.ts';
import type { Case } from '../snapshot/case.ts';
import { exitCodes, refusal, unreachableCluster, type Refusal } from './exit.ts';
import type { RunOptions, Surroundings } from './options.ts';
import { version } from './version.ts';

export type World = {
  readonly ports: Ports;
  /** The namespace in force: -n, else the context's. */
  readonly namespace: string;
  readonly reach: Reach;
  readonly server?: SafeText;
  readonly source: RunInfo['source'];
  /** The case being replayed. */
  readonly saved?: Case;
  readonly recorder?: Recorder;
  /** The same source with nothing remembered, and all that is asked of it recorded: for a session. */
  readonly again: () => Promise<World>;
  /** Opens connections for many questions at once, before they are asked. */
  readonly ready: () => void;
  /** Hides a secret in what a person typed. */
  readonly hide: HideText;
  close(): void;
};
export type Opened =
  { readonly ok: true; readonly world: World } | { readonly ok: false; readonly refusal: Refusal };

/** The machine's own time, for what waits between two runs. */
export async function liveClock(): Promise<Clock> {
  return (await import('../live/clock.ts')).systemClock;
}

const limits = { cluster: 8, tools: 3 } as const;

export async function open(o: RunOptions, io: Surroundings, demo = false): Promise<Opened> {
  // Dozens of questions wait on one signal; Node would warn on stderr from the eleventh on.
  setMaxListeners(0);
  return o.from === undefined ? openLive(o, io) : openCase(o.from, o, io, demo);
}

/** What is in the way of saving a case there, before anything is asked. */
export async function refusedSave(path: string): Promise<Refusal | undefined> {
  const { placeOfCase } = await import('../snapshot/save.ts');
  const placed = await placeOfCase(path);
  return placed.ok ? undefined : refusal(exitCodes.usage, `--save: ${placed.says}`);
}

/** The contexts of the kubeconfig that the flags or the environment name; none when it cannot be read. */
export async function contexts(
  { connection }: RunOptions,
  io: Surroundings,
): Promise<readonly string[]> {
  const { contextNames } = await import('../live/kubeconfig.ts');
  return contextNames({ ...connection, env: io.env });
}

/** Every object that is read also tells its names. */
function learning(ask: Ask, names: Names | undefined): Ask {
  if (!names) return ask;
  return async (question, signal) => {
    const reply = await ask(question, signal);
    if (reply.ok && question.ask === 'get') names.object(reply.value as KubeObject);
    if (reply.ok && question.ask === 'list') (reply.value as Listed).items.forEach(names.object);
    return reply;
  };
}

async function openCase(
  path: string,
  o: RunOptions,
  io: Surroundings,
  demo: boolean,
): Promise<Opened> {
  const [{ readCase }, { replay }] = await Promise.all([
    import('../snapshot/folder.ts'),
    import('../snapshot/replay.ts'),
  ]);
  const { read, cut } = await bounded(o.timeoutMs, io.interrupt, async (signal) => {
    const done = await readCase(path, signal);
    return { read: done, cut: signal.aborted };
  });
  if (!read.ok) {
    const ended = io.interrupt.aborted ? exitCodes.interrupted : exitCodes.inconclusive;
    return { ok: false, refusal: refusal(cut ? ended : exitCodes.usage, read.says) };
  }
  const { file } = read.value;
  const { ask, clock } = replay(read.value);
  const { ask: guarded, hide } = guardAnd(ask, () => JSON.stringify(read.value));
  const safe = learning(guarded, o.names);
  const world: World = {
    ports: { ask: memo(believe(safe)), clock },
    namespace: o.namespace ?? file.namespace ?? 'default',
    reach: file.context === undefined ? {} : { context: file.context },
    source: { is: 'case', recorded: file.now, name: nameOf(path), demo },
    saved: read.value,
    again: () => afresh(world, safe),
    ready: () => undefined,
    hide,
    close: () => undefined,
  };
  return { ok: true, world };
}

/** Loads only for what is kept as a case. */
async function recording(ask: Ask): Promise<Recorder> {
  return (await import('../snapshot/record.ts')).record(ask);
}

/** What was told or asked ahead in the run before counts no more either. */
async function afreshLive(world: World, limited: Ask): Promise<World> {
  const { ask, early } = ahead(told(limited));
  const fresh = await afresh(world, ask);
  return { ...fresh, ports: { ...fresh.ports, early } };
}

/** What was remembered is behind `memo`; the connection and the stand-ins for secrets stay. */
async function afresh(world: World, ask: Ask): Promise<World> {
  const recorder = await recording(ask);
  return { ...world, ports: { ...world.ports, ask: memo(believe(recorder.ask)) }, recorder };
}

function nameOf(path: string): string {
  return (
    path
      .replace(/(?<!\/)\/+$/, '')
      .split('/')
      .at(-1)
      ?.replace(/\.(tgz|tar\.gz)$/, '') ?? path
  );
}

/** How the cluster is chosen and come to, before anything is asked. */
export async function approach(o: RunOptions, io: Surroundings): Promise<Approach> {
  const { approachOf } = await import('../live/approach.ts');
  return approachOf(liveOptions(o, io));
}

function liveOptions(o: RunOptions, io: Surroundings): LiveOptions {
  return {
    ...o.connection,
    env: o.withholdToken ? { ...io.env, MESHDOC_PROMETHEUS_TOKEN: undefined } : io.env,
    userAgent: `meshdoc/${version}`,
    interactive: io.interactive && !o.noInput,
  };
}

async function openLive(o: RunOptions, io: Surroundings): Promise<Opened> {
  const { connect } = await import('../live/connect.ts');
  const connected = await connect(liveOptions(o, io));
  if (!connected.ok) {
    const { why, says } = connected.failure;
    return {
      ok: false,
      refusal: why === 'usage' ? refusal(exitCodes.usage, says) : unreachableCluster(says),
    };
  }
  const { value } = connected;
  const { ask: guarded, hide } = guardAnd(value.ask);
  const limited = learning(limit(guarded, limits), o.names);
  const { ask, early } = ahead(told(limited));
  const recorder = o.save === undefined ? undefined : await recording(ask);
  const { kubeconfig, as, asGroups } = o.connection;
  const world: World = {
    ports: { ask: memo(believe(recorder?.ask ?? ask)), clock: value.clock, early },
    namespace: o.namespace ?? value.namespace,
    reach: {
      context: value.context,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(as === undefined ? {} : { as, asGroups }),
    },
    server: safeText(value.server),
    source: { is: 'live' },
    ...(recorder ? { recorder } : {}),
    again: () => {
      value.begin();
      return afreshLive(world, limited);
    },
    ready: () => {
      value.ready();
    },
    hide,
    close: () => {
      value.close();
    },
  };
  return { ok: true, world };
}
