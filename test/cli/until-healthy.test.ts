// Asking again until it is healthy, against a row of recorded cases: the pause is the clock's, so nothing waits.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { runOptions } from '../../src/cli/options.ts';
import { runOnce, runUntilHealthy } from '../../src/cli/session/run.ts';
import type { Session } from '../../src/cli/session/session.ts';
import { readSession } from '../../src/snapshot/session.ts';
import type { Ignore } from '../../src/core/ignore.ts';
import { open, type World } from '../../src/run/wire.ts';
import { scene } from '../triage/scene.ts';
import { root } from '../helpers/sources.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-until-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

/** The clock counts the pauses; after `stopAfter` of them the person presses Ctrl-C. */
async function session(
  cases: readonly string[],
  stopAfter = Infinity,
  ignore: readonly Ignore[] = [],
) {
  const options = runOptions({});
  const stop = new AbortController();
  const printed = { out: '', err: '', pauses: 0 };
  const io = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    env: {},
    stderr: { isTTY: false },
    interrupt: new AbortController().signal,
    nextInterrupt: () => stop.signal,
  } as unknown as Io;
  const worlds = await Promise.all(cases.map((name) => worldOf(name, io)));
  const [first] = worlds;
  if (!first) throw new Error('no case');
  const sleep = (): Promise<void> => {
    printed.pauses += 1;
    if (printed.pauses >= stopAfter) stop.abort();
    return Promise.resolve();
  };
  let n = 0;
  const world: World = {
    ...first,
    ports: { ...first.ports, clock: { ...first.ports.clock, sleep } },
    // What each case was recorded with: the words on the session are those of its first.
    again: async () =>
      ignoring(await (worlds[Math.min(n++, worlds.length - 1)] ?? first).again(), ignore),
  };
  const s: Session = {
    ...{ io, options: { ...options, quiet: true }, world, root: work, dir: undefined },
    style: { color: false, width: 80, height: 24, unicode: false, verbose: false },
    prompts: { ask: () => Promise.resolve({ is: 'out' }) },
    hangUp: new AbortController().signal,
    now: () => 0,
    hide: first.hide,
    head: { started: '2026-11-21T12:00:00.000Z' },
    scene: scene(),
  };
  return { s, printed };
}

function ignoring(world: World, ignore: readonly Ignore[]): World {
  const { saved } = world;
  return saved ? { ...world, saved: { ...saved, file: { ...saved.file, ignore } } } : world;
}

async function worldOf(name: string, io: Io): Promise<World> {
  const from = join(root, 'test/scenarios', name);
  const opened = await open({ ...runOptions({}), from }, io);
  if (!opened.ok) throw new Error(opened.refusal.says);
  return opened.world;
}

const target = async (name: string, io: Io) =>
  ((await worldOf(name, io)).saved?.file.input['target'] ?? '').split(' ');

test('ends when it was healthy twice, and says what changed when it did', async () => {
  const [down, up] = ['injection/webhook-down-under-a-running-pod', 'injection/healthy'];
  const { s, printed } = await session([down, down, up]);
  const [bad, good] = [await target(down, s.io), await target(up, s.io)];
  expect(bad).toEqual(good);
  const done = await runUntilHealthy(s, { runbook: 'injection', words: bad });
  expect(printed.pauses).toBe(3);
  expect(printed.out).toMatch(/-> OK/);
  expect(printed.out).toMatch(/resolved {2}injection\//);
  expect(printed.out.match(/^OK /gm)).toHaveLength(1);
  const folders = (await readdir(done.dir!)).filter((name) => name !== 'session.yaml');
  const file = readSession(done.dir!);
  // Two cases: what it was, and what it became; the askings between are not kept apart.
  expect(file.ok && file.value.runs.map((run) => run.case)).toEqual(folders);
  expect(folders).toHaveLength(2);
});

test('a run that could not be made is told, and the waiting goes on', async () => {
  const [down, up] = ['injection/webhook-down-under-a-running-pod', 'injection/healthy'];
  const { s, printed } = await session([down, 'oom/app-killed', up], 9);
  const words = await target(down, s.io);
  const done = await runUntilHealthy(s, { runbook: 'injection', words });
  expect(printed.err).toMatch(/^meshdoc: .*\n$/);
  expect(printed.pauses).toBe(3);
  expect(done.scene.runs).toHaveLength(2);
});

test('what is ignored for now does not keep it waiting', async () => {
  const code = 'stale/frozen';
  const by = { reason: 'waits for the release', until: '2099-01-31', by: '.meshdoc.yaml' };
  const { s, printed } = await session(['stale/frozen'], 5, [{ code, ...by }]);
  const words = await target('stale/frozen', s.io);
  await runUntilHealthy(s, { runbook: 'stale', words });
  expect(printed.pauses).toBe(1);
  expect(printed.out).toContain('NOTHING ELSE FOUND');
});

test('Ctrl-C ends the waiting, not the session: what is known by then is printed', async () => {
  const { s, printed } = await session(['oom/app-killed'], 2);
  const words = await target('oom/app-killed', s.io);
  const done = await runUntilHealthy(s, { runbook: 'oom', words });
  expect(printed.pauses).toBe(2);
  expect(printed.out).toContain('APP OOM KILLED');
  expect(done.scene.runs).toHaveLength(1);
});

test('a pod that a fix replaced: its workload is asked about, and that is said', async () => {
  const { s, printed } = await session(['stale/envoy-down']);
  const lasting = await target('stale/envoy-down', s.io);
  const gone = { runbook: 'stale', words: ['shop/replaced-long-ago'], fallback: lasting };
  const done = await runOnce(s, gone);
  const says = `shop/replaced-long-ago is gone; asked about ${lasting.join(' ')} in its place`;
  expect(printed.out).toContain(says);
  expect(done.scene.runs).toHaveLength(1);
});

test('a name that is not there is one line, and the session goes on without a run', async () => {
  const { s, printed } = await session(['oom/app-killed']);
  const done = await runOnce(s, { runbook: 'oom', words: ['shop/nobody-here'] });
  expect(printed.err).toMatch(/^meshdoc: .*nobody-here/);
  expect(done.scene.runs).toEqual([]);
});
