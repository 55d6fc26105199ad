// What a person does again and again in a session, and what they look for before the next key.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { SessionFile } from '../../src/snapshot/session.ts';
import { terminal, type Terminal, type TerminalOptions } from './tmux.ts';

/** Closed with the test that started it. */
export async function start(o: TerminalOptions = {}): Promise<Terminal> {
  const one = await terminal(o);
  onTestFinished(() => one.close());
  return one;
}

export async function enter(t: Terminal, line: string): Promise<void> {
  await t.type(line);
  await t.press('Enter');
}

export const rejected = 'meshdoc triage --from $(recorded stale/rejected-envoyfilter)';

/** Types a command line and waits for the first question. */
export async function triage(t: Terminal, line = rejected): Promise<string> {
  await enter(t, line);
  return t.sees(/[◆*] {2}What is wrong\?/);
}

/** The menu after a run, open for an answer. */
export const menu = /[◆*] {2}What next\?/;

/** Asks what a saved case was recorded with: the first row. */
export async function recordedRun(t: Terminal, line = rejected): Promise<string> {
  await triage(t, line);
  await t.press('Enter');
  return t.sees(menu);
}

/** Types what finds a row, and takes it. */
export async function find(t: Terminal, words: string, row: string): Promise<void> {
  await t.type(words);
  await t.sees(`● ${row}`);
  await t.press('Enter');
}

/** The row of a list that the cursor is on. */
export const marked = (screen: string): string => screen.match(/^.*[●>] .*$/gm)?.at(-1) ?? '';

/** A row of the menu by the words on it, the cursor moved there row by row. */
export async function choose(t: Terminal, label: string): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    const row = marked(await t.screen());
    if (new RegExp(`[●>] ${label}`).test(row)) return t.press('Enter');
    await t.press('Down');
    await t.sees((screen) => marked(screen) !== row);
  }
  throw new Error(`no "${label}" to choose:\n${await t.screen()}`);
}

/** Of the command before: shells say 128 and the signal for one that was killed. */
export async function exitCode(t: Terminal): Promise<number> {
  await enter(t, 'echo "exit code $?"');
  return Number(/^exit code (\d+)/m.exec(await t.sees(/^exit code \d+/m))?.[1]);
}

export async function workOf(t: Terminal): Promise<string> {
  return (await t.tmux('display-message', '-p', '-t', 'a', '#{pane_current_path}')).trim();
}

/** The session that was kept in the home of a terminal. */
export async function keptIn(work: string): Promise<SessionFile> {
  const sessions = join(work, 'state/meshdoc/sessions');
  const [id = ''] = await readdir(sessions);
  return parse(await readFile(join(sessions, id, 'session.yaml'), 'utf8')) as SessionFile;
}

export async function kept(t: Terminal): Promise<SessionFile> {
  return keptIn(await workOf(t));
}
