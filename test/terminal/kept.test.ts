// What ends a session before its time, and what is left of it.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../helpers/sources.ts';
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
import type { Terminal } from './tmux.ts';

describe('at a question', () => {
  test('Ctrl-C: it says how to go on, and --resume goes on', async () => {
    const t = await start();
    await recordedRun(t);
    await t.press('C-c');
    await t.sees(/go on {3}meshdoc triage --resume/);
    await enter(t, 'clear; meshdoc triage --resume');
    expect(await t.sees(menu)).toContain('Leave');
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

  test('the terminal is taken away: the run before it is kept', async () => {
    const t = await start();
    await recordedRun(t);
    const file = await kept(t);
    await loseTerminal(t);
    expect(file.runs).toHaveLength(1);
    expect(file.runs[0]?.says).toContain('PUSH REJECTED');
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

  test('Ctrl-C ends the run, not the session; the lists come from the cluster', async () => {
    const { server, kubeconfig, hang } = await cluster();
    const t = await start();
    const first = await triage(t, `clear; meshdoc triage --kubeconfig ${kubeconfig}`);
    expect(first).toContain(server.url);
    expect(first).toMatch(/kubernetes v/);
    await underWay(t, hang);
    await t.press('C-c');
    await t.sees(menu);
    expect(await t.history()).toContain('plain/legacy has no istio-proxy container');
    expect((await kept(t)).runs).toHaveLength(1);
    expect(new Set(server.requests.map(({ verb }) => verb))).toEqual(new Set(['GET']));
  });

  test('the terminal is lost: what was known by then is kept', async () => {
    const { kubeconfig, hang } = await cluster();
    const t = await start();
    const program = `${process.execPath} ${join(root, 'bin/meshdoc.js')}`;
    await triage(t, `exec ${program} triage --kubeconfig ${kubeconfig}`);
    const work = await workOf(t);
    await underWay(t, hang);
    await loseTerminal(t);
    expect((await keptIn(work)).runs.map(({ runbook }) => runbook)).toEqual(['stale']);
  });
});

/** Closes its window, and waits for what ran in it. */
async function loseTerminal(t: Terminal): Promise<void> {
  const pid = Number(await t.tmux('list-panes', '-t', 'a', '-F', '#{pane_pid}'));
  await t.tmux('new-session', '-d', '-s', 'other');
  await t.tmux('kill-session', '-t', 'a');
  await gone(pid);
}

async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`process ${pid} is still there`);
}
