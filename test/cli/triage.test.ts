// A session held on a terminal of lines: what it prints, what it keeps, how it goes on. Also how it is refused.
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { readSession, type SessionFile } from '../../src/snapshot/session.ts';
import { cli } from '../helpers/fake-io.ts';
import { root } from '../helpers/sources.ts';

const dir = (name: string) => join(root, 'test/scenarios', name);
const rejected = dir('stale/rejected-envoyfilter');

let work = '';
let env: NodeJS.ProcessEnv = {};
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-triage-'));
  env = { XDG_STATE_HOME: work, TERM: 'dumb', LANG: 'C' };
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

const sessions = () => join(work, 'meshdoc/sessions');
const hold = (types: readonly string[], ...argv: readonly string[]) =>
  cli(['triage', ...argv], { env, types });

describe('without a person to ask: one line, what to type in its place, exit 2', () => {
  test.each([
    [[], {}, /standard input is no terminal; type: meshdoc diagnose <pod>/],
    [['web.shop'], {}, /type: meshdoc diagnose web\.shop/],
    [['--from', rejected], {}, /type: meshdoc diagnose --from /],
  ])('%j', async (argv, more, says) => {
    const { code, out, err } = await cli(['triage', ...argv], { env: more });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(says);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('also at a terminal, with --no-input or in CI', async () => {
    const told = await hold([], '--no-input');
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('--no-input was given')]);
    const ci = await cli(['triage'], { env: { ...env, CI: 'true' }, types: [] });
    expect([ci.code, ci.err]).toEqual([2, expect.stringContaining('CI is set')]);
  });
});

describe('what a user can get wrong', () => {
  test.each([
    [['--resume', 'nobody'], /there is no session "nobody"; meshdoc triage --list/],
    [['--resume', '/nowhere/at/all'], /is not a session: it has no session\.yaml/],
    [['--from', '/nowhere/at/all'], /there is no case at/],
    [['--from', rejected, '--save', 'x.tgz'], /a session is a folder/],
    [['--ticket', 'pdf'], /pdf/],
  ])('%j', async (argv, says) => {
    const { code, err } = await hold([], ...argv);
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
    expect(err).not.toMatch(/\bat .*:\d+:\d+/);
  });
});

describe('where nothing says where to keep it', () => {
  test.each([[{}], [{ HOME: '' }], [{ HOME: 'home', XDG_STATE_HOME: 'state' }]])(
    '%j: it is said once, and no folder is written',
    async (bare) => {
      const before = await readdir(process.cwd());
      const types = ['1', '2', '1', 'back', '4', 'a note', '7'];
      const { code, out, err } = await cli(['triage', '--from', rejected], {
        env: { TERM: 'dumb', LANG: 'C', ...bare },
        types,
      });
      expect(code).toBe(0);
      expect(err).toBe(
        'meshdoc: neither HOME nor XDG_STATE_HOME names a folder: the session is not kept; --save <folder> keeps it\n',
      );
      expect(out).toContain('PUSH REJECTED');
      expect(out).toContain('Nothing is kept: neither HOME');
      expect(await readdir(process.cwd())).toEqual(before);
      expect((await cli(['triage', '--list'], { env: bare })).out).toMatch(/^No session is kept: /);
      expect((await cli(['triage', '--ticket', 'short'], { env: bare })).code).toBe(2);
    },
  );
});

describe('a whole session on a saved case', () => {
  test('from the first question to a ticket; then again from what was kept', async () => {
    const file = join(work, 'incident.md');
    const note = 'Rolled back web, @here knows; password=hunter2hunter2';
    const lines = ['1', '2', '1', 'back', '4', note, '6', '1', file, '7'];
    const { code, out, err } = await hold(lines, '--from', rejected);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('a saved case, "rejected-envoyfilter"');
    expect(out).toContain('PUSH REJECTED');
    expect(out).toContain('To see it again:');
    expect(out).toContain(`Written to ${file}`);
    expect(out).toMatch(/^[\x20-\x7e\n]*$/);
    const ticket = await readFile(file, 'utf8');
    expect(ticket).toContain('### ');
    expect(ticket).toMatch(/- \*\*`?20.*Z`?\*\* Rolled back web, `@here` knows; password=/);
    expect(ticket).not.toContain('hunter2');

    const [id = ''] = await readdir(sessions());
    expect(id).toMatch(/^\d{8}-\d{6}-shop-web-/);
    expect((await stat(join(sessions(), id))).mode & 0o777).toBe(0o700);
    expect(out).toContain(`meshdoc triage --resume ${id}`);
    expect(await readFile(join(sessions(), id, 'session.yaml'), 'utf8')).not.toContain('hunter2');

    const listed = await cli(['triage', '--list'], { env });
    expect(listed.out).toContain(`${id}\n  case ${rejected}, 1 run, 1 note, PUSH REJECTED`);
    const again = await cli(['triage', '--ticket', 'ticket', '--resume', id], { env });
    // The recording of a replay says the same; its name alone is another.
    const named = (text: string) =>
      text.replace(/Replay of "[^"]*"/g, '').replace(/`[^`]*-shop-web[^`]*`/g, '');
    expect([again.code, again.err]).toEqual([0, '']);
    expect(named(again.out)).toBe(named(ticket));

    const rendered = await cli(['render', join(sessions(), id), '-o', 'ticket'], { env });
    expect(rendered).toEqual({ ...again, code: 3 });
    const json = await cli(['render', join(sessions(), id), '-o', 'json'], { env });
    const saved = JSON.parse(json.out) as { diagnoses: unknown[]; notes: { says: string }[] };
    expect([saved.diagnoses.length, saved.notes.length]).toEqual([1, 1]);
    const bare = await cli(['render', join(sessions(), id), '--redact', 'names'], { env });
    expect(bare.out).toContain('Notes');
    expect(bare.out).not.toMatch(/\bweb\b/);

    const on = await hold(['7'], '--resume');
    expect([on.code, on.err]).toEqual([0, '']);
    expect(on.out).toContain('Going on; the last answer was:');
  });

  test('several runs are one ticket with one timeline', async () => {
    const kept = join(work, 'several');
    await hold(['1'], '--from', rejected, '--save', kept);
    await hold(['1'], '--from', dir('oom/app-killed'), '--save', join(work, 'other'));
    const [first, other] = [
      parse(await readFile(join(kept, 'session.yaml'), 'utf8')),
      parse(await readFile(join(work, 'other/session.yaml'), 'utf8')),
    ] as SessionFile[];
    const run = { ...other!.runs[0]!, case: '02-oom' };
    await cp(join(work, 'other', other!.runs[0]!.case), join(kept, '02-oom'), { recursive: true });
    await writeFile(
      join(kept, 'session.yaml'),
      stringify({ ...first, runs: [...first!.runs, run] }),
    );
    const { code, out } = await cli(['render', kept, '-o', 'ticket']);
    expect(code).toBe(3);
    expect(out.match(/^### /gm)).toHaveLength(1);
    expect(out.match(/\*\*Timeline:\*\*/g)).toHaveLength(1);
    expect(out).toMatch(/PUSH REJECTED[^]*APP OOM KILLED/);
  });

  test('a session that lacks a case is refused, not told in part', async () => {
    const kept = join(work, 'several');
    await rm(join(kept, '02-oom'), { recursive: true });
    const { code, out, err } = await cli(['render', kept]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^meshdoc: there is no case at .*02-oom\n$/);
  });

  test('a symptom, a name, and a runbook that finds something else', async () => {
    const { code, out, err } = await hold(
      ['access denied', '1', '1', '1'],
      '--from',
      dir('rbac/deny-rule'),
    );
    expect([code, err]).toEqual([130, '']);
    expect(out).toMatch(/\n {2}1\) rbac: Request is denied/);
    expect(out).toContain('What is called?');
    expect(out).toContain('Who calls');
  });

  test('the terminal ends in the middle: what was asked is kept, exit 130', async () => {
    const before = (await readdir(sessions())).length;
    const { code, out } = await hold(['1'], '--from', dir('oom/near-limit'));
    expect(code).toBe(130);
    expect(out).toMatch(/Kept in .*\n {2}go on {3}meshdoc triage --resume /);
    expect(await readdir(sessions())).toHaveLength(before + 1);
  });

  test('what was ignored then is ignored in the kept session, too', async () => {
    const from = join(work, 'ignored');
    await cp(dir('stale/frozen'), from, { recursive: true });
    const scenario = join(from, 'scenario.yaml');
    const file = parse(await readFile(scenario, 'utf8')) as object;
    const by = { reason: 'waits for the release', until: '2099-01-31', by: '.meshdoc.yaml' };
    const ignore = [{ code: 'stale/frozen', ...by }];
    await writeFile(scenario, stringify({ ...file, ignore }));
    const kept = join(work, 'kept');
    const first = await hold(['1', '7'], '--from', from, '--save', kept);
    expect(first.out).toContain('NOTHING ELSE FOUND');
    const { out, err } = await hold([], '--ticket', 'text', '--resume', kept);
    expect(err).toBe('');
    expect(out).toContain('NOTHING ELSE FOUND');
    expect(out).toContain('waits for the release');
  });

  test('nothing asked, nothing kept', async () => {
    const before = await readdir(sessions());
    const { out } = await hold([], '--from', rejected);
    expect(out).toContain('Nothing was asked, so nothing is kept.');
    expect(await readdir(sessions())).toEqual(before);
  });

  test('a file that is there already is not written over', async () => {
    const file = join(work, 'mine.md');
    await writeFile(file, 'mine');
    const { out } = await hold(['1', '6', '1', file], '--from', rejected);
    expect(out).toContain(`Not written: ${file} is there already`);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('a folder that cannot be written is refused before anything is asked', async () => {
    await writeFile(join(work, 'no.tgz.d'), 'a file where a folder should be');
    const { code, out, err } = await hold(
      ['1', '3', '7'],
      '--from',
      rejected,
      '--save',
      join(work, 'no.tgz.d', 'x'),
    );
    expect(code).toBe(2);
    expect(err).toMatch(/^meshdoc: .* cannot be written: a part of the path is a file\n$/);
    expect(out).toBe('');
  });
});

describe('session.yaml', () => {
  const good: SessionFile = {
    session: 1,
    started: '2026-11-21T12:00:00.000Z',
    runs: [{ case: '01-stale-web', at: '', runbook: 'stale', words: ['web'], says: '' }],
    notes: [],
  };
  const read = async (text: string) => {
    await writeFile(join(work, 'session.yaml'), text);
    return readSession(work);
  };

  test('is read as it was written', async () => {
    expect(await read(stringify(good))).toEqual({ ok: true, value: good });
    expect(parse(stringify(good))).toEqual(good);
  });

  test.each([
    ['another format', stringify({ ...good, session: 2 }), /is of format 2/],
    [
      'a path in place of a name',
      stringify({ ...good, runs: [{ ...good.runs[0], case: '../../etc' }] }),
      /runs\.0\.case must be a folder's name/,
    ],
    ['no time', stringify({ ...good, started: undefined }), /started is missing/],
    ['no YAML', '{{{', /session\.yaml:1: /],
  ])('%s is refused in a line', async (_, text, says) => {
    const answer = await read(text);
    expect(answer).toEqual({ ok: false, says: expect.stringMatching(says) });
  });
});
