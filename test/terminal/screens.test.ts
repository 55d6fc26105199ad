// Terminals that are narrow, without colours, without a cursor, or none at all.
import { describe, expect, test } from 'vitest';
import { choose, enter, marked, recordedRun, rejected, start, triage } from './steps.ts';

describe('60 columns of 18 rows', () => {
  const several = 'meshdoc triage --from $(recorded stale/several-pods)';

  test('words are whole, and so is the verdict above', async () => {
    const t = await start({ columns: 60, rows: 18 });
    await recordedRun(t, several);
    const all = await t.history();
    expect(all).toMatch(/^2 targets: 1 FROZEN and 1 OK$/m);
    const prose = all.slice(0, all.indexOf('2 targets')).replace(/\s+/g, ' ');
    expect(prose).toContain('2026-11-21T08:00:00Z; no cluster is asked');
    expect(prose).toContain('or a namespace, workload or pod');
  });

  test('a list that is longer than the screen: each row is one row, and all are reached', async () => {
    const t = await start({ columns: 60, rows: 18 });
    await recordedRun(t, several);
    await choose(t, 'Copy a command');
    let screen = await t.sees(/◆ {2}Which command\?/);
    const reached = new Set<string>();
    while (!reached.has(marked(screen))) {
      const row = marked(screen);
      reached.add(row);
      const [, ...list] = screen.slice(screen.indexOf('◆')).trimEnd().split('\n');
      expect(list.filter((line) => !/^(│ {2}([●○] \S.*|\.\.\.)|└)$/.test(line))).toEqual([]);
      await t.press('Down');
      screen = await t.sees((now) => marked(now) !== row);
    }
    expect([...reached][0]).toContain('look  See whether it is out of CPU');
    expect([...reached].at(-1)).toContain('Back');
    expect(reached.size).toBeGreaterThan(9);
  });
});

test('LANG=C and NO_COLOR: ASCII alone, and no colour', async () => {
  const t = await start({ env: { LANG: 'C', NO_COLOR: '1' } });
  const screen = await triage(t);
  expect(screen).toMatch(/^[\x20-\x7e\n]*$/);
  expect(screen).toMatch(/\*  What is wrong\?/);
  const coloured = await t.tmux('capture-pane', '-p', '-e', '-t', 'a');
  expect(coloured).not.toMatch(/\x1b\[[0-9;]*3[0-9]m/);
});

test('TERM=dumb: a numbered list', async () => {
  const t = await start({ env: { TERM: 'dumb' } });
  await enter(t, rejected);
  await t.sees(/What is wrong\?[\s\S]* 1\) stale shop\/web/);
  await enter(t, '1');
  await t.sees(/What next\?[\s\S]*A number>/);
  await t.press('C-c');
  await t.sees('go on   meshdoc triage --resume');
});

test('no terminal: what to type in its place, exit 2', async () => {
  const t = await start();
  await enter(t, 'meshdoc triage | cat; echo "exit ${PIPESTATUS[0]}"; meshdoc triage </dev/null');
  const screen = await t.sees(/standard input is no terminal; type: meshdoc diagnose/);
  expect(screen).toContain('standard output is no terminal; type: meshdoc diagnose');
  expect(screen).toContain('exit 2');
});
