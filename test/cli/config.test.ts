// The config: what a file may hold, which place wins, what is ignored and how honestly that is told, and what never
// reaches a replay.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { render, type Format } from '../../src/report/formats.ts';
import type { Ignore } from '../../src/core/ignore.ts';
import { applyIgnores } from '../../src/core/ignored.ts';
import { safeText } from '../../src/core/text.ts';
import { cli } from '../helpers/fake-io.ts';
import { root } from '../helpers/sources.ts';
import { unseenIn } from '../helpers/unseen.ts';
import { diagnosis, finding, gap, plain } from '../report/build.ts';

const frozen = join(root, 'test/scenarios/stale/frozen');
let work = '';
let env: NodeJS.ProcessEnv = {};
const project = () => join(work, 'repo/.meshdoc.yaml');
const user = () => join(work, 'home/.config/meshdoc/config.yaml');
const at = () => ({ env, cwd: join(work, 'repo/deep/er') });
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});
beforeEach(async () => {
  await rm(join(work, 'repo'), { recursive: true, force: true });
  await rm(join(work, 'home'), { recursive: true, force: true });
  await mkdir(join(work, 'repo/.git'), { recursive: true });
  await mkdir(join(work, 'repo/deep/er'), { recursive: true });
  await mkdir(join(work, 'home/.config/meshdoc'), { recursive: true });
  env = { HOME: join(work, 'home') };
});

describe('the strongest place wins', () => {
  test('flag, variable, nearest file, user file', async () => {
    const lineOf = async (name: string) =>
      (await cli(['config'], at())).out.split('\n').find((line) => line.startsWith(`${name} `));
    expect(await lineOf('output')).toMatch(
      /text  \(default; MESHDOC_OUTPUT or a config file sets it/,
    );
    await writeFile(user(), 'output: short\nnamespace: theirs\n');
    expect(await lineOf('output')).toBe(`output            short  (${user()})`);
    await writeFile(project(), 'output: jira\n');
    expect(await lineOf('output')).toBe(`output            jira  (${project()})`);
    expect(await lineOf('namespace')).toBe(`namespace         theirs  (${user()})`);
    env = { ...env, MESHDOC_OUTPUT: 'slack' };
    expect(await lineOf('output')).toBe('output            slack  (MESHDOC_OUTPUT)');
    expect((await cli(['diagnose', '--from', frozen], at())).out).toMatch(/^\*meshdoc: /m);
    const typed = await cli(['diagnose', '--from', frozen, '-o', 'json'], at());
    expect(JSON.parse(typed.out)).toHaveProperty('schema');
  });

  test('a file above the root of the repository is none of it', async () => {
    await writeFile(join(work, '.meshdoc.yaml'), 'output: json\n');
    expect((await cli(['config'], at())).out).not.toContain('json');
    await rm(join(work, '.meshdoc.yaml'));
  });
});

/** What a file holds, and the one line that is said about it. */
const wrong: readonly (readonly [string, RegExp])[] = [
  ['output: pdf\n', /:1: output must be one of text/],
  ['\nnamespase: shop\n', /:2: there is no setting "namespase"; did you mean namespace\?/],
  ['namespace: [a]\n', /:1: namespace must be a name/],
  ['timeout: soon\n', /:1: timeout must be a duration/],
  ['context: prod\n', /context has no place here/],
  [
    'prometheus: http://me:secret@prom:9090\n',
    /:1: prometheus must be an http address without a user/,
  ],
  ['a: [\n', /:\d: /],
  ['just words\n', /must hold settings/],
  ['ignore:\n  - code: stale/frozen\n    until: 2027-01-31\n', /reason/],
  ['ignore:\n  - code: stale/frozen\n    reason: x\n', /until/],
  [
    'ignore:\n  - code: stale/frozn\n    reason: x\n    until: 2027-01-31\n',
    /:2: there is no finding "stale\/frozn"; did you mean stale\/frozen\?/,
  ],
  [
    'ignore:\n  - code: stale/frozen\n    reason: x\n    until: 2027-02-30\n',
    /:4: ignore.until must be a day/,
  ],
  [
    'ignore:\n  - code: stale/frozen\n    reason: x\n    until: 2027-01-31\n    why: y\n',
    /:5: there is no setting "ignore.why"/,
  ],
];

test.each(wrong)('%j', async (text, says) => {
  await writeFile(project(), text);
  for (const argv of [['config'], ['diagnose', '--from', frozen]]) {
    const { code, out, err } = await cli(argv, at());
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(says);
    expect(err).toMatch(/\.meshdoc\.yaml/);
    expect(err).not.toContain('secret');
    expect(err.trim().split('\n')).toHaveLength(1);
  }
});

/** Each holds what would be printed as it is, or without end. */
const foreign: readonly (readonly [string, RegExp])[] = [
  [`? ${'k'.repeat(70_000)}\n: x\n`, /there is no setting "k+\.\.\."; there are /],
  ['"a\\u202eb\\e[2J": x\n', /there is no setting "a\\u202eb\\u001b\[2J"; there are /],
  [
    `ignore:\n  - {code: ${'c'.repeat(70_000)}, reason: x, until: 2027-01-31}\n`,
    /there is no finding "c+\.\.\."/,
  ],
  [
    `ignore:\n  - {code: stale/frozen, target: ${'t'.repeat(70_000)}, reason: x, until: 2027-01-31}\n`,
    /ignore\.target must be a target/,
  ],
  [
    'ignore:\n  - {code: stale/frozen, target: "a\\u202eb", reason: x, until: 2027-01-31}\n',
    /ignore\.target must be a target/,
  ],
  [
    'ignore:\n  - {code: stale/frozen, reason: "a\\u202eb", until: 2027-01-31}\n',
    /ignore\.reason must be a sentence/,
  ],
  [
    `ignore:\n  - {code: stale/frozen, reason: ${'r'.repeat(70_000)}, until: 2027-01-31}\n`,
    /ignore\.reason must be a sentence/,
  ],
  [`namespace: ${'n'.repeat(70_000)}\n`, /namespace must be a name/],
  [`istioNamespace: ${'n'.repeat(70_000)}\n`, /istioNamespace must be a name/],
  ['prometheus: "http://a\\nb"\n', /prometheus must be an http address/],
];

test.each(foreign.map(([text, says]) => [text.slice(0, 60), text, says] as const))(
  'one line, not too long: %j',
  async (_, text, says) => {
    await writeFile(project(), text);
    const { code, out, err } = await cli(['config'], at());
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(says)]);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err.length).toBeLessThan(600);
    expect(unseenIn(err)).toBeUndefined();
  },
);

test('a reason of several lines is one line where it is told and where it is saved', async () => {
  const lines = [
    'ignore:',
    '  - code: stale/push-rejected',
    '    until: 2099-01-31',
    '    reason: |',
  ];
  await writeFile(project(), [...lines, '      waits for', '      the release', ''].join('\n'));
  expect((await cli(['config'], at())).out).toContain('.meshdoc.yaml: waits for the release\n');
});

test('a variable with a wrong value', async () => {
  env = { ...env, MESHDOC_COLOR: 'green' };
  const { code, err } = await cli(['config'], at());
  expect([code, err]).toEqual([2, 'meshdoc: MESHDOC_COLOR must be auto, always or never\n']);
});

const decision: Ignore = {
  ...{ code: 'stale/push-rejected', target: 'shop/*', reason: 'waits for the release' },
  ...{ until: '2027-01-31', by: '.meshdoc.yaml' },
};
const found = diagnosis({
  findings: [finding()],
  steps: [{ id: 'sync', asks: 'Is it?', ms: 1, outcome: { is: 'found', codes: [finding().code] } }],
});
const day = (text: string) => Date.parse(text);

describe('an ignored finding', () => {
  test('is told, and is not called healthy', async () => {
    const { diagnosis: d, used } = applyIgnores(found, [decision], day('2027-01-31T23:59:59Z'));
    expect([d.verdict, d.findings, used]).toEqual(['only-ignored', [], [decision]]);
    for (const format of ['text', 'short', 'ticket', 'jira', 'slack'] as Format[]) {
      const out = (await render(format, [d], { ...plain, width: 500 })).replaceAll('\\', '');
      expect(out, format).toMatch(/Nothing else found/i);
      expect(out, format).toContain(
        'ignored until 2027-01-31 by .meshdoc.yaml: waits for the release',
      );
      expect(out, format).not.toMatch(/healthy|no fault found/i);
    }
  });

  test('leaves the rest as it is', () => {
    const other = finding({ code: 'stale/other' });
    const two = diagnosis({ findings: [finding(), other] });
    expect(applyIgnores(two, [decision], 0).diagnosis).toMatchObject({
      verdict: 'cause-found',
      findings: [other],
    });
    const open = diagnosis({ findings: [finding()], gaps: [gap('pods', 'forbidden', '')] });
    expect(applyIgnores(open, [decision], 0).diagnosis.verdict).toBe('inconclusive');
  });

  test.each([
    ['past its day', decision, '2027-02-01T00:00:00Z'],
    ['of another code', { ...decision, code: 'stale/frozen' }, '2027-01-01T00:00:00Z'],
    ['of another target', { ...decision, target: 'shop' }, '2027-01-01T00:00:00Z'],
    ['with a dot that is no wildcard', { ...decision, target: 'shop.*' }, '2027-01-01T00:00:00Z'],
  ])('not when the decision is %s', (_, one, now) => {
    const { diagnosis: d, ended } = applyIgnores(found, [one], day(now));
    expect(d).toBe(found);
    expect(ended).toEqual(now.startsWith('2027-02') ? [one] : []);
  });

  test('any letters stand for *', () => {
    const d = diagnosis({ target: safeText('shop/web-1'), findings: [finding()] });
    const one = { ...decision, target: 'shop/w*-*' };
    expect(applyIgnores(d, [one], 0).used).toEqual([one]);
  });
});

describe('a replay', () => {
  test('knows nothing of where it is read', async () => {
    const bare = await cli(['diagnose', '--from', frozen]);
    const ignore = [{ code: 'stale/frozen', reason: 'x', until: '2099-01-31' }];
    await writeFile(
      project(),
      stringify({ namespace: 'elsewhere', istioNamespace: 'mesh', timeout: '1ms', ignore }),
    );
    await writeFile(user(), 'context: prod\nprometheus: http://prom:9090\nlinkerdNamespace: l5d\n');
    expect(await cli(['diagnose', '--from', frozen], at())).toEqual(bare);
  });

  test('says what was ignored when it was recorded, by the day it was recorded', async () => {
    const dir = join(work, 'repo/case');
    await cp(frozen, dir, { recursive: true });
    const file = parse(await readFile(join(dir, 'scenario.yaml'), 'utf8')) as object;
    const write = (until: string) =>
      writeFile(
        join(dir, 'scenario.yaml'),
        stringify({ ...file, ignore: [{ ...decision, code: 'stale/frozen', until }] }),
      );
    await write('2026-11-21');
    const ignored = await cli(['diagnose', '--from', dir]);
    expect([ignored.code, ignored.out.split('  ')[0]]).toEqual([0, 'NOTHING ELSE FOUND']);
    await write('2026-11-20');
    const over = await cli(['diagnose', '--from', dir]);
    expect(over.code).toBe(3);
    expect(over.err).toBe(
      'meshdoc: .meshdoc.yaml ignored stale/frozen until 2026-11-20: that day is past, so it is told again\n',
    );
  });
});

test('decisions are listed with their state', async () => {
  const [old, later] = ['2020-01-31', '2099-01-31'];
  const ignore = [old, later].map((until) => ({ code: 'stale/frozen', reason: 'r', until }));
  await writeFile(project(), stringify({ ignore }));
  const { out } = await cli(['config'], at());
  expect(out).toContain('stale/frozen, ended 2020-01-31, no longer ignored, by .meshdoc.yaml: r');
  expect(out).toContain('stale/frozen, until 2099-01-31, by .meshdoc.yaml: r');
});
