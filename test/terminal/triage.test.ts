// A session as a person holds it, in a real terminal: keys in, screens out.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { SessionFile } from '../../src/snapshot/session.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import {
  FakeApiServer,
  writeKubeconfig,
  type FakeObject,
} from '../helpers/fake-apiserver/index.ts';
import { root } from '../helpers/sources.ts';
import { terminal, type Terminal, type TerminalOptions } from './tmux.ts';

const open: Terminal[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(o: TerminalOptions = {}): Promise<Terminal> {
  const one = await terminal(o);
  open.push(one);
  return one;
}

const rejected = 'meshdoc triage --from $(recorded stale/rejected-envoyfilter)';

/** Types a command line and waits for the first question. */
async function triage(t: Terminal, line = rejected): Promise<string> {
  await t.type(line);
  await t.press('Enter');
  return t.sees(/What is wrong\?/);
}

/** The menu after a run, chosen by the words on its row. */
async function choose(t: Terminal, label: string): Promise<void> {
  for (let i = 0; i < 12; i += 1) {
    const screen = await t.screen();
    if (new RegExp(`[●>] ${label}`).test(screen)) {
      await t.press('Enter');
      return;
    }
    await t.press('Down');
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  throw new Error(`no "${label}" to choose:\n${await t.screen()}`);
}

const workOf = async (t: Terminal): Promise<string> =>
  (await t.tmux('display-message', '-p', '-t', 'a', '#{pane_current_path}')).trim();

async function kept(t: Terminal): Promise<SessionFile> {
  const root = join(await workOf(t), 'state/meshdoc/sessions');
  const [id = ''] = await readdir(root);
  return parse(await readFile(join(root, id, 'session.yaml'), 'utf8')) as SessionFile;
}

test('a whole session: a case, its evidence, a note, the ticket', async () => {
  const t = await start();
  const first = await triage(t);
  expect(first).toContain('a saved case, "rejected-envoyfilter"');
  expect(first).toMatch(/Istio +1\.31\.1/);
  await t.press('Enter');
  await t.sees('What next?');
  await choose(t, 'Show evidence in full');
  await t.sees('Which evidence?');
  await t.press('Enter');
  expect(await t.sees('Shows it again:')).toContain('LDS ERROR');
  await t.press('Escape');
  await t.sees(/What next\?\n.*Copy a command/);
  await choose(t, 'Add a note');
  await t.sees('Your note');
  await t.type('it began after the deploy of 08:30');
  await t.press('Enter');
  await t.sees(/What next\?\n.*Copy a command/);
  await choose(t, 'Write the ticket');
  await t.sees('A ticket for which place?');
  await t.press('Enter');
  await t.sees('Write it to which file?');
  await t.type('incident.md');
  await t.press('Enter');
  await t.sees('Written to incident.md');
  const ticket = await readFile(join(await workOf(t), 'incident.md'), 'utf8');
  expect(ticket).toContain('### ');
  expect(ticket).toContain('it began after the deploy of 08:30');
  expect(ticket).toContain('delete envoyfilters.networking.istio.io add-header -n shop');
  await choose(t, 'Leave');
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
    await t.sees('What next?');
    expect(await t.history()).toContain('PUSH REJECTED  shop/web-5fcd744f86-9x77p');
  });

  test('a pod first, and then nobody knows what is wrong: the signs decide', async () => {
    const t = await start();
    await triage(t, 'meshdoc triage --from $(recorded triage/oom-fits)');
    await t.type('shop');
    await t.sees(/● shop\//);
    await t.press('Enter');
    await t.sees('I do not know: look for signs');
    await t.press('Escape');
    await t.sees(/What is wrong\?[\s\S]*Search/);
  });
});

describe('copying', () => {
  const wanted = 'kubectl --context lab delete envoyfilters.networking.istio.io add-header -n shop';
  const copied = async (t: Terminal): Promise<string> => {
    await triage(t);
    await t.press('Enter');
    await t.sees('What next?');
    await choose(t, 'Copy a command');
    await t.sees('Which command?');
    await choose(t, '2 CHANGE');
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

describe('nothing is lost', () => {
  test('Ctrl-C at a question: it says how to go on, and --resume goes on', async () => {
    const t = await start();
    await triage(t);
    await t.press('Enter');
    await t.sees('What next?');
    await t.press('C-c');
    await t.sees(/go on {3}meshdoc triage --resume/);
    await t.type('clear; meshdoc triage --resume');
    await t.press('Enter');
    expect(await t.sees(/What next\?\n.*Copy a command/)).toContain('Leave');
    expect(await t.history()).toContain('Going on; the last answer was:');
    await choose(t, 'Look at something else');
    await t.sees('What is wrong?');
  });

  test('Ctrl-C is exit 130, leaving is exit 0', async () => {
    const t = await start();
    await triage(t);
    await t.press('C-c');
    await t.sees('nothing is kept');
    await t.type('echo "exit $?"');
    await t.press('Enter');
    await t.sees('exit 130');
  });

  test('Ctrl-D leaves as well', async () => {
    const t = await start();
    await triage(t);
    await t.press('C-d');
    await t.sees('nothing is kept');
  });

  test('the terminal is taken away: the run before it is kept', async () => {
    const t = await start();
    await triage(t);
    await t.press('Enter');
    await t.sees('What next?');
    const pid = (await t.tmux('list-panes', '-t', 'a', '-F', '#{pane_pid}')).trim();
    await t.tmux('new-session', '-d', '-s', 'other');
    const file = await kept(t);
    await t.tmux('kill-session', '-t', 'a');
    await gone(Number(pid));
    expect(file.runs).toHaveLength(1);
    expect(file.runs[0]?.says).toContain('PUSH REJECTED');
  });
});

describe('on a cluster', () => {
  const servers: FakeApiServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  /** A mesh that was recorded, served by a fake API server; `hangs` says which questions are never answered. */
  async function cluster(hangs: (path: string) => boolean): Promise<FakeApiServer> {
    const read = await readCase(join(root, 'test/scenarios/stale/no-sidecar'));
    if (!read.ok) throw new Error(read.says);
    const objects = read.value.objects as unknown as readonly FakeObject[];
    const server = await FakeApiServer.start({
      objects,
      resources: ['v1/events'],
      fault: ({ path }) => (hangs(path) ? 'hang' : undefined),
    });
    servers.push(server);
    return server;
  }

  test('Ctrl-C during a run ends the run, not the session; the lists come from the cluster', async () => {
    let hanging = false;
    const server = await cluster((path) => hanging && !path.endsWith('/pods/legacy'));
    const config = writeKubeconfig({ server: server.url, ca: server.ca });
    const t = await start();
    const first = await triage(t, `clear; meshdoc triage --kubeconfig ${config}`);
    expect(first).toContain(server.url);
    expect(first).toMatch(/kubernetes v/);
    await t.type('legacy');
    await t.sees(/● plain\/legacy/);
    hanging = true;
    await t.press('Enter');
    await t.sees('What do you see at plain/legacy?');
    await t.type('stale proxy');
    await t.sees(/● stale: Proxy is STALE/);
    await t.press('Enter');
    await t.sees(/\d+\/\d+ .*\?/);
    await t.press('C-c');
    await t.sees('What next?');
    expect(await t.history()).toContain('plain/legacy has no istio-proxy container');
    expect((await kept(t)).runs).toHaveLength(1);
    expect(new Set(server.requests.map(({ verb }) => verb))).toEqual(new Set(['GET']));
  });

  test('the terminal is lost during a run: what was known by then is kept', async () => {
    let hanging = false;
    const server = await cluster((path) => hanging && !path.endsWith('/pods/legacy'));
    const config = writeKubeconfig({ server: server.url, ca: server.ca });
    const t = await start();
    await triage(
      t,
      `exec ${process.execPath} ${join(root, 'bin/meshdoc.js')} triage --kubeconfig ${config}`,
    );
    const pid = Number(await t.tmux('list-panes', '-t', 'a', '-F', '#{pane_pid}'));
    const home = await workOf(t);
    hanging = true;
    await t.type('legacy');
    await t.sees(/● plain\/legacy/);
    await t.press('Enter');
    await t.sees('What do you see at plain/legacy?');
    await t.type('stale proxy');
    await t.sees(/● stale: Proxy is STALE/);
    await t.press('Enter');
    await t.sees(/\d+\/\d+ .*\?/);
    await t.tmux('new-session', '-d', '-s', 'other');
    await t.tmux('kill-session', '-t', 'a');
    await gone(pid);
    const folder = join(home, 'state/meshdoc/sessions');
    const [id = ''] = await readdir(folder);
    const file = parse(await readFile(join(folder, id, 'session.yaml'), 'utf8')) as SessionFile;
    expect(file.runs.map(({ runbook }) => runbook)).toEqual(['stale']);
  });
});

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

describe('any terminal', () => {
  test('60 columns: no row is wider, and the verdict is whole', async () => {
    const t = await start({ columns: 60 });
    await triage(t);
    await t.press('Enter');
    await t.sees('What next?');
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
    await triage(t);
    await t.sees(/ 1\) stale shop\/web/);
    await t.type('1');
    await t.press('Enter');
    await t.sees(/What next\?[\s\S]*A number>/);
    await t.press('C-c');
    await t.sees('go on   meshdoc triage --resume');
  });

  test('no terminal: what to type in its place, exit 2', async () => {
    const t = await start();
    await t.type('meshdoc triage | cat; echo "exit ${PIPESTATUS[0]}"; meshdoc triage </dev/null');
    await t.press('Enter');
    const screen = await t.sees(/standard input is no terminal; type: meshdoc diagnose/);
    expect(screen).toContain('standard output is no terminal; type: meshdoc diagnose');
    expect(screen).toContain('exit 2');
  });
});
