// What ends a session or a diagnosis before its time, and what is left of it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cluster } from './cluster.ts';
import {
  choose,
  enter,
  exitCode,
  find,
  kept,
  keptIn,
  menu,
  recordedRun,
  start,
  triage,
  workOf,
} from './steps.ts';
import { program, type Terminal } from './tmux.ts';

describe('at a question', () => {
  test('Ctrl-C: it says how to go on, and --resume goes on', async () => {
    const t = await start();
    await recordedRun(t);
    await t.press('C-c');
    await t.sees(/go on {3}meshdoc triage --resume/);
    await enter(t, 'clear; meshdoc triage --resume');
    expect(await t.sees(menu)).toContain('Quit');
    expect(await t.history()).toContain('Going on; the last answer was:');
    await choose(t, 'Look at something else');
    await t.sees('What is wrong?');
  });

  test('Ctrl-C is exit 130', async () => {
    const t = await start();
    await triage(t);
    await t.press('C-c');
    await t.sees('nothing is kept');
    expect(await exitCode(t)).toBe(130);
  });

  test('Ctrl-D leaves as well', async () => {
    const t = await start();
    await triage(t);
    await t.press('C-d');
    await t.sees('nothing is kept');
  });

  test('the terminal is taken away: exit 129, and the run before it is kept', async () => {
    const t = await start();
    await recordedRun(t, survived('triage --from $(recorded stale/rejected-envoyfilter)'));
    const work = await workOf(t);
    await loseTerminal(t);
    await leftBehind(work, '129');
    const { runs } = await keptIn(work);
    expect(runs.map(({ says }) => says)).toEqual([expect.stringContaining('PUSH REJECTED')]);
  });
});

describe('during a run', () => {
  /** A run about plain/legacy that is not answered to its end. */
  async function underWay(t: Terminal, hang: () => void): Promise<void> {
    await find(t, 'legacy', 'plain/legacy');
    await t.sees('What do you see at plain/legacy?');
    hang();
    await find(t, 'stale proxy', 'stale: Proxy is STALE');
    await t.sees(/\d+\/\d+ .*\?/);
  }

  test('Ctrl-C ends the run, not the session, and --resume goes on from there; the lists come from the cluster', async () => {
    const { server, kubeconfig, hang } = await cluster();
    const t = await start();
    const first = await triage(t, `clear; meshdoc triage --kubeconfig ${kubeconfig}`);
    expect(first).toContain(server.url);
    expect(first).toMatch(/kubernetes v\S+ · as anna@example\.com/);
    await underWay(t, hang);
    await t.press('C-c');
    await t.sees(menu);
    expect(await t.history()).toContain('plain/legacy has no istio-proxy container');
    expect((await kept(t)).runs).toHaveLength(1);
    const others = server.requests.filter(({ verb }) => verb !== 'GET').map(({ path }) => path);
    expect(others).toEqual(['/apis/authentication.k8s.io/v1/selfsubjectreviews']);
    await t.press('C-c');
    await t.sees(/go on {3}meshdoc triage --resume/);
    await enter(t, 'clear; meshdoc triage --resume');
    await t.sees(menu);
    expect(await t.history()).toContain('Going on; the last answer was:');
  });

  test('the terminal is lost: exit 129, and what was known by then is kept', async () => {
    const { kubeconfig, hang } = await cluster();
    const t = await start();
    await triage(t, survived(`triage --kubeconfig ${kubeconfig}`));
    const work = await workOf(t);
    await underWay(t, hang);
    await loseTerminal(t);
    await leftBehind(work, '129');
    expect((await keptIn(work)).runs.map(({ runbook }) => runbook)).toEqual(['stale']);
  });
});

test('Ctrl-C during a diagnosis: what is known so far, what is not, exit 130', async () => {
  const { kubeconfig, hang } = await cluster();
  const t = await start();
  hang();
  await enter(t, `meshdoc diagnose injection plain/legacy --kubeconfig ${kubeconfig}`);
  await t.sees(/\d+\/\d+ .*\?/);
  await t.press('C-c');
  const screen = await t.sees(/^UNKNOWN[\s\S]*^\$ ?$/m);
  expect(screen).toMatch(/^Partial result: stopped by Ctrl-C after .+, \d of 9 checks ran/m);
  expect(screen).toMatch(/^Unread /m);
  expect(screen).toContain('Next    Run it again, to the end');
  expect(await exitCode(t)).toBe(130);
});

/** The program under a shell that outlives the terminal and writes down how it ended. */
function survived(words: string): string {
  return `bash -c "trap : HUP; ${program} ${words}; echo \\$? >code"`;
}

/** Takes the pane away. A session of its own keeps tmux. */
async function loseTerminal(t: Terminal): Promise<void> {
  await t.tmux('new-session', '-d', '-s', 'other');
  await t.tmux('kill-pane', '-t', 'a');
}

async function leftBehind(work: string, code: string): Promise<void> {
  const written = () => readFile(join(work, 'code'), 'utf8').catch(() => 'nothing yet');
  await expect.poll(written, { timeout: 20_000 }).toBe(`${code}\n`);
}
