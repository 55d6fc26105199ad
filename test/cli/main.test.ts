// The command line as a program meets it: exit codes, one line for what a user got wrong, JSON whatever happens.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duration } from '../../src/cli/options.ts';
import { speaksUnicode, wantsColor } from '../../src/cli/terminal.ts';
import { entries } from '../../src/registry.ts';
import { formats } from '../../src/report/formats.ts';
import { cli } from '../helpers/fake-io.ts';
import { scenarios } from '../helpers/scenarios.ts';
import { share } from '../helpers/share.ts';

const all = await scenarios();
const by = (exit: number) => {
  const found = all.find((s) => s.saved.file.expect?.exit === exit);
  if (!found) throw new Error(`no scenario ends with ${exit}`);
  return found.dir;
};
function scenarioOf(name: string): string {
  const found = all.find((s) => s.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return found.dir;
}
let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
  await mkdir(join(work, 'not-a-case'));
  await writeFile(join(work, 'no.tgz'), 'no archive');
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

describe('exit codes', () => {
  test.each([0, 3, 4])('a case that ends with %d', async (exit) => {
    const { code, out, err } = await cli(['diagnose', '--from', by(exit)]);
    expect([code, err]).toEqual([exit, '']);
    expect(out.length).toBeGreaterThan(100);
  });

  test('a warning ends with 0, and with 3 where it is asked to', async () => {
    const from = ['diagnose', '--from', scenarioOf('linkerd-identity/renewal-fails')];
    const said = await cli(from);
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toMatch(/^WARNING /);
    expect(await cli([...from, '--fail-on', 'warning'])).toMatchObject({ code: 3, out: said.out });
    const sound = ['diagnose', '--from', scenarioOf('stale/healthy'), '--fail-on', 'warning'];
    expect((await cli(sound)).code).toBe(0);
  });

  test('interrupted: what is known is printed all the same', async () => {
    const done = await cli(['diagnose', '--from', by(0), '-o', 'json'], {
      interrupt: AbortSignal.abort(new Error('interrupted')),
    });
    expect(done.code).toBe(130);
    expect(() => JSON.parse(done.out) as unknown).not.toThrow();
  });
});

describe('--fix', () => {
  const from = ['diagnose', '--from', scenarioOf('stale/rejected-envoyfilter')];

  test('prints one fix whole, and ends as the diagnosis does', async () => {
    const { code, out } = await cli([...from, '--fix', '1']);
    expect(code).toBe(3);
    expect(out).toMatch(/^Fix 1 .*\n(.*\n)*Affects .*\n(.*\n)*Undo.*\n(.*\n)*Verify/);
  });

  test.each([
    ['7', /there is no fix 7: this diagnosis has 1 fix$/m],
    ['x', /give the number of a fix, such as 1/],
  ])('%s is one line', async (n, says) => {
    const { code, err } = await cli([...from, '--fix', n]);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });

  test('is text', async () => {
    const { code, err } = await cli([...from, '--fix', '1', '-o', 'json']);
    expect([code, err]).toEqual([2, 'meshdoc: --fix prints text; -o json has every fix whole\n']);
  });
});

describe('render', () => {
  test.each(Object.keys(formats))('-o %s is what diagnose --from prints', async (format) => {
    const rendered = await cli(['render', by(3), '-o', format]);
    expect(rendered).toEqual(await cli(['diagnose', '--from', by(3), '-o', format]));
    expect(rendered).toMatchObject({ code: 3, err: '' });
  });
});

/** What a user can get wrong, and words of the one line that says so. */
const wrong: readonly (readonly [readonly string[], RegExp])[] = [
  [['diagnose'], /name a target, or a runbook and a target/],
  [['diagnose', 'stale'], /name a target/],
  [['diagnose', 'stael', 'web'], /there is no runbook "stael"; did you mean stale\?/],
  [['diagnose', 'stael'], /did you mean stale\?.*for a pod of that name: pod\/stael/],
  [['diagnose', 'stale', 'web', '--path', '/x'], /stale takes no --path/],
  [['diagnose', 'stale', 'web', '--contxt', 'x'], /there is no flag --contxt/],
  [['diagnose', 'stale', 'web', '-o', 'pdf'], /pdf/],
  [['diagnose', 'stale', 'web', '--timeout', 'soon'], /duration/],
  [['diagnose', '--from', '/nowhere/at/all'], /there is no case at/],
  [['diagnose', '--from', 'CASE', '--save', 'x'], /do not go together/],
  [['diagnose', '--from', 'NOT-A-CASE'], /has no scenario\.yaml/],
  [['diagnose', '--from', 'NO-ARCHIVE'], /is not a whole archive/],
  [['diagnose', 'stale', 'nobody', '--from', 'CASE'], /nobody/],
  [['render'], /name a saved case: meshdoc render case\.tgz -o ticket/],
  [['render', '/nowhere/at/all'], /there is no case at/],
  [['render', 'NOT-A-CASE'], /has no scenario\.yaml/],
  [['render', 'CASE', '-o', 'pdf'], /pdf/],
  [['render', 'CASE', 'CASE'], /too many words/],
  [['diagnos'], /diagnos/],
  [['explain', 'stael'], /did you mean stale/],
  [['explain', 'stale/frozn'], /did you mean stale\/frozen/],
  [['demo', 'frozn'], /no recorded incident "frozn"/],
];

describe('usage', () => {
  const fill = (arg: string) =>
    ({ CASE: by(3), 'NOT-A-CASE': join(work, 'not-a-case'), 'NO-ARCHIVE': join(work, 'no.tgz') })[
      arg
    ] ?? arg;

  test.each(wrong)('%j', async (argv, says) => {
    const { code, out, err } = await cli(argv.map(fill));
    expect(err).toMatch(says);
    expect(err).toMatch(/^meshdoc: /);
    expect(code === 2 || argv.includes('nobody')).toBe(true);
    expect(out).toBe('');
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(err).not.toMatch(/\bat .*:\d+:\d+/);
  });

  test.each([
    [['diagnose']],
    [['diagnose', 'stale']],
    [['diagnose', 'nothing', 'x']],
    [['diagnose', '--from', '/nowhere/at/all']],
    [['diagnose', 'stale', 'nobody', '--from', 'CASE']],
    [['diagnose', '--from', 'CASE']],
  ])('%j -o json is one document', async (argv) => {
    const { code, out } = await cli([...argv.map(fill), '-o', 'json']);
    const document = JSON.parse(out) as {
      schema: string;
      error?: { exitCode: number; says: string };
    };
    expect(document.schema).toBe('meshdoc/diagnosis/v1');
    if (document.error) expect(document.error.exitCode).toBe(code);
    else expect(code).toBe(3);
  });
});

describe('what helps', () => {
  test('list, explain, version', async () => {
    const list = await cli(['list']);
    for (const { id } of entries) expect(list.out).toContain(id);
    const json = JSON.parse((await cli(['list', '-o', 'json'])).out) as { id: string }[];
    expect(json.map((e) => e.id)).toEqual(entries.map((e) => e.id));
    expect((await cli(['explain', 'stale/frozen'])).out).toContain('stale/frozen');
    expect((await cli(['explain', 'stale'])).out).toContain('ClusterRole');
    expect(JSON.parse((await cli(['explain', 'json'])).out)).toHaveProperty('$schema');
    expect((await cli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('demo lists what it has, and each one runs', async () => {
    const { out } = await cli(['demo']);
    const names = [...out.matchAll(/meshdoc demo (\S+)/g)].map((m) => m[1] ?? '');
    expect(names.length).toBeGreaterThan(0);
    // It did what it was asked to: a script goes on behind it.
    for (const name of share(names, 4)) expect((await cli(['demo', name])).code).toBe(0);
  });

  test("a runbook's name shows the incident of its page", async () => {
    const named = await cli(['demo', 'stale']);
    expect(named.out).toContain('rejected-envoyfilter');
    expect(named).toEqual(await cli(['demo', 'rejected-envoyfilter']));
  });
});

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['45', 45_000],
    ['0', 0],
  ])('%s', (text, ms) => {
    expect(duration(text)).toBe(ms);
  });

  test.each(['', 's', '-1s', '1 m', '1d', '30s!', 'soon'])('%j is none', (text) => {
    expect(() => duration(text)).toThrow(/duration/);
  });
});

describe('colour', () => {
  const tty = { isTTY: true };
  const pipe = { isTTY: false };
  test.each([
    ['always', {}, pipe, true],
    ['always', { NO_COLOR: '1' }, pipe, true],
    ['never', { FORCE_COLOR: '1' }, tty, false],
    ['auto', {}, tty, true],
    ['auto', {}, pipe, false],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, tty, false],
    ['auto', { NO_COLOR: '' }, tty, true],
    ['auto', { FORCE_COLOR: '1' }, pipe, true],
    ['auto', { FORCE_COLOR: '0' }, pipe, false],
    ['auto', { CLICOLOR_FORCE: '1', TERM: 'dumb' }, pipe, true],
    ['auto', { CLICOLOR: '0' }, tty, false],
    ['auto', { TERM: 'dumb' }, tty, false],
  ] as const)('--color=%s %j %j: %s', (choice, env, stream, wanted) => {
    expect(wantsColor(choice, env, stream)).toBe(wanted);
  });

  test.each([
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
    [{ LANG: 'C.utf8', TERM: 'linux' }, false],
    [{}, false],
  ])('%j speaks Unicode: %s', (env, speaks) => {
    expect(speaksUnicode(env)).toBe(speaks);
  });
});
