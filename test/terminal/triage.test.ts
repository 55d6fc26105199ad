// A session as a person holds it, in a real terminal: keys in, screens out.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { choose, enter, find, kept, menu, recordedRun, start, triage, workOf } from './steps.ts';
import type { Terminal } from './tmux.ts';

test('a whole session: a case, its evidence, a note, the ticket', async () => {
  const t = await start();
  const first = await triage(t);
  expect(first).toContain('a saved case, "rejected-envoyfilter"');
  expect(first).toMatch(/Istio +1\.31\.1/);
  await t.press('Enter');
  await t.sees(menu);
  await choose(t, 'Show evidence in full');
  await t.sees('Which evidence?');
  await t.press('Enter');
  expect(await t.sees('To see it again:')).toContain('LDS ERROR');
  await t.press('Escape');
  await t.sees(menu);
  await choose(t, 'Add a note');
  await t.sees('Your note');
  await enter(t, 'it began after the deploy of 08:30');
  await t.sees(menu);
  await choose(t, 'Write the ticket');
  await t.sees('Which format for the ticket?');
  await t.press('Enter');
  await t.sees('Which file?');
  await enter(t, 'incident.md');
  await t.sees('Written to incident.md');
  const ticket = await readFile(join(await workOf(t), 'incident.md'), 'utf8');
  expect(ticket).toContain('### ');
  expect(ticket).toContain('it began after the deploy of 08:30');
  expect(ticket).toContain('delete envoyfilters.networking.istio.io add-header -n shop');
  await t.sees(menu);
  await choose(t, 'Quit');
  const last = await t.sees(/Kept in .*[\s\S]*\n\$/);
  expect(last).toMatch(/meshdoc triage --resume \d{8}-\d{6}-/);
  expect((await kept(t)).notes).toHaveLength(1);
});

describe('finding', () => {
  test('a symptom by its words, a pod by a few letters; what is typed narrows the list', async () => {
    const t = await start();
    await triage(t);
    await t.type('route has no efect');
    expect(await t.sees(/● stale: Proxy is STALE/)).not.toContain('rbac: Request');
    await t.press('Enter');
    await t.sees('Where? (stale)');
    await t.type('9x77');
    expect(await t.sees(/● shop\/web-5fcd744f86-9x77p/)).not.toContain('● istio-system');
    await t.press('Enter');
    await t.sees(menu);
    expect(await t.history()).toMatch(/^PUSH REJECTED +confirmed +shop\/web-5fcd744f86-9x77p$/m);
  });

  test('a pod first, and then nobody knows what is wrong: the signs decide', async () => {
    const t = await start();
    await triage(t, 'meshdoc triage --from $(recorded triage/oom-fits)');
    await find(t, 'shop', 'shop/');
    await t.sees('I do not know: check for signs');
    await t.press('Escape');
    await t.sees(/What is wrong\?[\s\S]*Search/);
  });
});

test('following: the runbook that a finding names is a row, once', async () => {
  const t = await start();
  const line = 'meshdoc triage --from $(recorded stale/envoy-down)';
  expect(await recordedRun(t, line)).toContain('● Continue with oom: Container is OOM-killed');
  await t.press('Enter');
  await t.sees(/^UNKNOWN +shop\/web-5fcd744f86-j6vtr[\s\S]*◆ {2}What next\?/m);
  expect(await t.screen()).not.toMatch(/[●○] Continue with/);
  expect((await kept(t)).runs.map(({ runbook }) => runbook)).toEqual(['stale', 'oom']);
});

describe('copying', () => {
  const wanted = 'kubectl --context lab delete envoyfilters.networking.istio.io add-header -n shop';
  const copied = async (t: Terminal): Promise<string> => {
    await recordedRun(t);
    await choose(t, 'Copy a command');
    await t.sees('Which command?');
    await choose(t, 'fix 1');
    return t.sees(/copy it from here:|clipboard:/);
  };

  test('in tmux as it comes, the buffer holds the command', async () => {
    const t = await start();
    expect(await copied(t)).toContain(wanted);
    expect(await t.tmux('show-buffer')).toBe(wanted);
  });

  test('over ssh, where only the escape sequence arrives: tmux with set-clipboard on', async () => {
    const t = await start({ env: { TMUX: '' }, config: ['set -s set-clipboard on'] });
    expect(await copied(t)).toContain(wanted);
    expect(await t.tmux('show-buffer')).toBe(wanted);
  });

  test('a terminal that takes nothing still shows it', async () => {
    const t = await start({ env: { TMUX: '' }, config: ['set -s set-clipboard off'] });
    expect(await copied(t)).toContain(wanted);
    await expect(t.tmux('show-buffer')).rejects.toThrow(/no buffers/);
  });
});
