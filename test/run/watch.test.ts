// Asking again until something changes: replayed cases one after another, and a clock that nobody waits for.
import { describe, expect, test } from 'vitest';
import { watchCommand } from '../../src/cli/commands/watch.ts';
import { exitCodes, refusal } from '../../src/run/exit.ts';
import type { Io } from '../../src/cli/io.ts';
import { runOptions } from '../../src/cli/options.ts';
import { watch, type Round, type Until } from '../../src/run/watch.ts';
import type { Clock } from '../../src/core/ports.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { cli } from '../helpers/fake-io.ts';
import { run, scenarios } from '../helpers/scenarios.ts';

const all = await scenarios();
async function recorded(name: string): Promise<Round> {
  const found = all.find((s) => s.name === `stale/${name}`);
  if (!found) throw new Error(`no scenario ${name}`);
  return { ok: true, diagnoses: (await run(found.name, found.saved)).diagnoses };
}
const [ok, frozen, down] = (await Promise.all(
  ['unrelated-analysis', 'frozen', 'istiod-scaled-to-zero'].map(recorded),
)) as [Round, Round, Round];
const away: Round = { ok: false, refusal: refusal(exitCodes.unreachable, 'no connection') };
const gone: Round = { ok: false, refusal: refusal(exitCodes.usage, 'there is no such pod') };

type Play = { readonly rounds: readonly Round[]; readonly interruptAt?: number };

/** Each run takes a second; the last round goes on for ever. */
function stage({ rounds, interruptAt }: Play) {
  let now = Date.parse('2026-11-21T09:00:00Z');
  let running = 0;
  const asked: number[] = [];
  const slept: number[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const once = async (leftMs: number): Promise<Round> => {
    expect(running, 'runs never overlap').toBe(0);
    running += 1;
    await Promise.resolve();
    running -= 1;
    now += 1000;
    asked.push(leftMs);
    if (asked.length === interruptAt) stop.abort(new Error('interrupted'));
    return rounds[Math.min(asked.length, rounds.length) - 1]!;
  };
  return { clock, once, asked, slept, interrupt: stop.signal };
}

async function play(until: Until, given: Play, limitMs = 60_000) {
  const { clock, once, asked, slept, interrupt } = stage(given);
  const tell = () => undefined;
  const done = await watch({ until, intervalMs: 5000, limitMs, clock, once, interrupt, tell });
  return { done, asked, slept };
}

describe('until the verdict changes', () => {
  test('the same answer again is no change', async () => {
    const { done, slept } = await play('changed', { rounds: [frozen, frozen, frozen, ok] });
    expect(done).toMatchObject({ end: 'changed', rounds: 4 });
    expect(slept).toEqual([5000, 5000, 5000]);
  });

  test('another cause is a change; a server that is away for a moment is none', async () => {
    expect((await play('changed', { rounds: [frozen, away, down] })).done).toMatchObject({
      rounds: 3,
    });
  });

  test('a target that is gone ends it, and so does a first run that cannot be', async () => {
    const ends = { end: 'refused' };
    expect((await play('changed', { rounds: [frozen, gone] })).done).toMatchObject(ends);
    expect((await play('changed', { rounds: [away] })).done).toMatchObject(ends);
  });
});

describe('until it is healthy', () => {
  test('once is not enough: a mesh that flaps is not healthy', async () => {
    const { done } = await play('healthy', { rounds: [ok, frozen, ok, frozen, ok, ok] });
    expect(done).toMatchObject({ end: 'healthy', rounds: 6 });
  });

  test('a run that could not be is not one of the two', async () => {
    expect((await play('healthy', { rounds: [ok, away, ok, ok] })).done).toMatchObject({
      rounds: 4,
    });
  });

  test('its time ends, and each run gets what is left of it', async () => {
    const { done, asked } = await play('healthy', { rounds: [frozen] }, 20_000);
    expect(done).toMatchObject({ end: 'time', rounds: 4 });
    expect(asked).toEqual([20_000, 14_000, 8000, 2000]);
  });

  test('a pod that is replaced comes back', async () => {
    expect((await play('healthy', { rounds: [frozen, gone, ok] })).done).toMatchObject({
      end: 'healthy',
    });
  });
});

test('Ctrl-C keeps the last answer that was whole', async () => {
  const part: readonly Diagnosis[] = (ok.ok ? ok.diagnoses : []).map((d) => ({
    ...d,
    about: { ...d.about, cut: 'interrupted' as const },
  }));
  const rounds = [frozen, { ok: true, diagnoses: part } as const];
  const { done } = await play('changed', { rounds, interruptAt: 2 });
  expect(done).toMatchObject({ end: 'interrupted', last: frozen.ok ? frozen.diagnoses : [] });
});

describe('what is printed', () => {
  async function printed(until: Until, given: Play, isTTY = false, limitMs = 30_000) {
    let [out, err] = ['', ''];
    const stream = { isTTY, columns: 100 } as unknown as NodeJS.WriteStream;
    const { clock, once, interrupt } = stage(given);
    const io: Io = {
      out: (text) => (out += text),
      err: (text) => (err += text),
      clipboard: () => undefined,
      page: () => Promise.resolve(false),
      ...{
        stdout: stream,
        stderr: stream,
        env: { NO_COLOR: '1' },
        cwd: '/',
        interactive: false,
        stdin: stream as unknown as NodeJS.ReadStream,
        interrupt,
        nextInterrupt: () => interrupt,
        hangUp: () => new AbortController().signal,
      },
    };
    const flag = '--watch' as const;
    const asked = { until, flag, intervalMs: 5000, limitMs };
    const code = await watchCommand({ options: runOptions({}), watch: asked, once, clock }, io);
    return { code, out, err };
  }

  test('in a pipe a line for each run, then what changed', async () => {
    const { code, out, err } = await printed('changed', { rounds: [frozen, frozen, ok] });
    expect(code).toBe(0);
    expect(err.split('\n')).toEqual([
      '1  08:02:42Z  1 FROZEN  stale/frozen',
      '2  08:02:42Z  1 FROZEN  stale/frozen',
      '3  08:05:11Z  1 OK',
      'meshdoc: the verdict changed; asked 3 times',
      '',
    ]);
    expect(out).toMatch(/^meshdoc compare: shop\/web-5fcd744f86-bq7kk: resolved\n/);
    expect(out).toContain('Resolved: Envoy in shop/web');
  });

  test.each([
    ['healthy once, two in a row are needed', [frozen, ok]],
    ['not healthy', [ok, frozen]],
  ])('a time limit says how far it came: %s', async (says, rounds) => {
    const { code, err } = await printed('healthy', { rounds }, false, 12_000);
    expect(code).toBe(4);
    expect(err).toContain(`meshdoc: timed out after 12s: ${says}; asked 2 times\n`);
  });

  test('on a terminal one line, written over, and gone at the end', async () => {
    const { err } = await printed('changed', { rounds: [frozen, ok] }, true);
    const [status = '', after = ''] = err.split('meshdoc: the verdict changed');
    expect(status).not.toContain('\n');
    expect(status.endsWith('\r\x1b[2K')).toBe(true);
    expect(after).toBe('; asked 2 times\n');
  });

  test('what is still wrong when the time is up', async () => {
    const { code, out } = await printed('healthy', { rounds: [frozen] });
    expect(code).toBe(4);
    expect(out).toMatch(/^FROZEN {2}confirmed +shop\/web/);
  });

  test('healthy, and what was resolved on the way', async () => {
    const { code, out } = await printed('healthy', { rounds: [frozen, ok] });
    expect([code, out.split('\n')[0]]).toEqual([0, expect.stringMatching(/: resolved$/)]);
  });

  test('stopped: what is known, and 130', async () => {
    const { code, out } = await printed('changed', { rounds: [frozen], interruptAt: 2 });
    expect([code, out.slice(0, 6)]).toEqual([130, 'FROZEN']);
  });
});

test.each([
  [['--watch', '--from', 'x'], /--watch and --from do not go together/],
  [['--until-healthy', '--from', 'x'], /--until-healthy and --from do not go together/],
  [['stale', 'web', '--watch', '--save', 'x'], /--watch and --save do not go together/],
])('%j', async (argv, says) => {
  const { code, err } = await cli(['diagnose', ...argv]);
  expect(code).toBe(2);
  expect(err).toMatch(says);
});

test.each([
  [{ untilHealthy: true }, 60_000, 300_000],
  [{ untilHealthy: true, timeout: 20_000 }, 60_000, 20_000],
  [{ watch: true, timeout: 20_000 }, 20_000, Infinity],
])('%j', (raw, timeoutMs, limitMs) => {
  expect(runOptions(raw)).toMatchObject({ timeoutMs, watch: { limitMs } });
});
