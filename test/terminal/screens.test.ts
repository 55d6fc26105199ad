// Terminals that are narrow, without colours, without a cursor, or none at all.
import { expect, test } from 'vitest';
import { enter, recordedRun, rejected, start, triage } from './steps.ts';

test('60 columns: no row is wider, and the verdict is whole', async () => {
  const t = await start({ columns: 60 });
  await recordedRun(t);
  const all = await t.history();
  expect(all).toContain('PUSH REJECTED  shop/web-5fcd744f86-9x77p');
  const questions = all.split('\n').filter((line) => /^[│◆◇└]/.test(line));
  expect(questions.length).toBeGreaterThan(5);
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
