// Whatever is put into any input, no command prints a byte that a terminal obeys or a reader cannot see. Each field of a
// case, a session, a config and a kubeconfig is poisoned by itself, and each word of a command line.
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { settingNames } from '../../src/config/parse.ts';
import { variableOf } from '../../src/config/layers.ts';
import { comparisonOutputs } from '../../src/cli/options.ts';
import { formats } from '../../src/report/formats.ts';
import { FakeApiServer, kubeconfigText, scratch } from '../helpers/fake-apiserver/index.ts';
import { cli, type Printed } from '../helpers/fake-io.ts';
import { runsAll, share } from '../helpers/share.ts';
import { root } from '../helpers/sources.ts';
import { hostile, unseenIn } from '../helpers/unseen.ts';

const good = join(root, 'test/scenarios/stale/rejected-envoyfilter');
const all = Object.keys(formats);
let work = '';
beforeAll(() => {
  work = scratch();
});

type More = Parameters<typeof cli>[1];

/** Runs it, and holds what it printed to the door. */
async function clean(argv: readonly string[], more: More = {}): Promise<Printed> {
  const printed = await cli(argv, more);
  expect(unseenIn(printed.out), `standard output of ${argv.join(' ')}`).toBeUndefined();
  expect(unseenIn(printed.err), `standard error of ${argv.join(' ')}`).toBeUndefined();
  for (const line of printed.err.split('\n').slice(0, -1))
    expect(line, 'one message, one line').toMatch(/^meshdoc: |^ {4}at |^\d/);
  return printed;
}

/** With `poison` behind one string at a time: each leaf, and each key. */
function* spoiled(value: unknown, poison: string): Generator {
  if (typeof value === 'string' || typeof value === 'number') yield `${value}${poison}`;
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  for (const [i, [key, item]] of entries.entries()) {
    const put = (entry: readonly [string, unknown]) =>
      Array.isArray(value)
        ? value.map((old: unknown, at) => (at === i ? entry[1] : old))
        : Object.fromEntries(entries.map((old, at) => (at === i ? entry : old)));
    for (const changed of spoiled(item, poison)) yield put([key, changed]);
    if (!Array.isArray(value)) yield put([`${key}${poison}`, item]);
  }
}

/** With the text behind every string that is not a name: what a server may say without breaking its own rules. */
function told(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => told(item, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, told(item, name)]),
    );
  return typeof value === 'string' && says.has(key) ? `${value}${hostile}` : value;
}
const says = new Set(['message', 'reason', 'image', 'note', 'phase', 'inlineCode']);

async function copyOf(name: string, change: (dir: string) => Promise<void>): Promise<string> {
  const dir = join(work, name);
  await cp(good, dir, { recursive: true });
  await change(dir);
  return dir;
}

async function parsed(dir: string, name: string): Promise<unknown> {
  return parse(await readFile(join(dir, name), 'utf8'));
}

/** What `ink` paints with. */
const colours = /\x1b\[(?:[0-2]|22|3[1-69])m/g;

describe('a case', () => {
  test('each field of scenario.yaml, and each key', async () => {
    const { asked: _, ...file } = (await parsed(good, 'scenario.yaml')) as { asked: unknown };
    let n = 0;
    for (const changed of share(
      [...spoiled({ ...file, recordedBy: 'x', ignore: [] }, hostile)],
      5,
    )) {
      n += 1;
      const dir = await copyOf(`field-${n}`, (to) =>
        writeFile(join(to, 'scenario.yaml'), stringify(changed)),
      );
      await clean(['render', dir]);
      const { out } = await clean(['diagnose', '--from', dir, '-o', 'json']);
      if (out !== '') expect(JSON.parse(out)).toHaveProperty('schema');
    }
    expect(n).toBeGreaterThan(runsAll ? 20 : 3);
  });

  test('what the cluster, its logs and its proxies say, in every format', async () => {
    const dir = await copyOf('told', async (to) => {
      const text = await readFile(join(to, 'cluster.yaml'), 'utf8');
      const objects = parseAllDocuments(text, { schema: 'core' }).map((one) => told(one.toJS()));
      await writeFile(join(to, 'cluster.yaml'), objects.map((one) => stringify(one)).join('---\n'));
      for (const name of await readdir(join(to, 'answers'))) {
        const path = join(to, 'answers', name);
        const answer = await readFile(path, 'utf8');
        const json = hostile.replace(/[\x00-\x1f]/g, (c) => JSON.stringify(c).slice(1, -1));
        await writeFile(path, answer.replaceAll('script load error', `script ${json} load error`));
      }
    });
    for (const format of all) {
      const { out, code } = await clean(['render', dir, '-o', format]);
      expect(code).toBe(3);
      if (format === 'json') expect(JSON.parse(out)).toHaveProperty('schema');
      if (format === 'yaml') expect(parse(out)).toHaveProperty('schema');
    }
    const { out } = await cli(['render', dir, '--color', 'always', '--verbose']);
    expect(out).toContain('script');
    expect(unseenIn(out.replace(colours, ''))).toBeUndefined();
    for (const format of comparisonOutputs) await clean(['compare', good, dir, '-o', format]);
  });
});

test('a session: each field, listed and as a ticket', async () => {
  const file = {
    ...{ session: 1, started: '2026-11-21T08:00:00.000Z', context: 'lab', from: 'x.tgz' },
    runs: [
      { case: '01', at: '2026-11-21T08:32:30Z', runbook: 'stale', words: ['shop/a'], says: 'X' },
    ],
    notes: [{ at: '2026-11-21T08:33:00Z', says: 'seen' }],
  };
  let n = 0;
  for (const changed of share([...spoiled(file, hostile)], 5)) {
    n += 1;
    const home = join(work, `home-${n}`);
    const dir = join(home, '.local/state/meshdoc/sessions/20261121-080000-shop');
    await mkdir(dir, { recursive: true });
    await cp(good, join(dir, '01'), { recursive: true });
    await writeFile(join(dir, 'session.yaml'), stringify(changed));
    const env = { HOME: home };
    await clean(['triage', '--list'], { env });
    for (const format of n % 5 === 0 ? all : ['text']) {
      await clean(['triage', '--ticket', format], { env });
      await clean(['render', dir, '-o', format], { env });
    }
  }
  expect(n).toBeGreaterThan(runsAll ? 15 : 2);
});

describe('a config', () => {
  const values: Readonly<Record<string, unknown>> = {
    ...{ context: 'lab', namespace: 'shop', output: 'text', istioNamespace: 'istio-system' },
    ...{ prometheus: 'http://a.b:9090', timeout: '30s', color: 'auto', linkerdNamespace: 'l5d' },
    ignore: [{ code: 'stale/frozen', target: 'a', reason: 'known', until: '2027-01-31' }],
  };

  test('each value and each key of a repository', async () => {
    for (const [n, changed] of share([...spoiled(values, hostile)], 5).entries()) {
      const cwd = join(work, `repo-${n}`);
      await mkdir(join(cwd, '.git'), { recursive: true });
      await writeFile(join(cwd, '.meshdoc.yaml'), stringify(changed));
      for (const argv of [['config'], ['render', good, '-o', 'short'], ['doctor']])
        await clean(argv, { cwd, env: { HOME: cwd } });
    }
  });

  test.each([...settingNames.map(variableOf), 'MESHDOC_DEMO', 'HOME', 'KUBECONFIG', 'HTTPS_PROXY'])(
    'the variable %s',
    async (name) => {
      const env = { HOME: work, [name]: hostile.replaceAll('\0', '') };
      for (const argv of [['config'], ['render', good], ['doctor'], ['diagnose', 'stale', 'a']])
        await clean(argv, { env, cwd: work });
      await clean(['complete', '--', 'diagnose', ''], { env });
    },
  );
});

describe('a kubeconfig', () => {
  const asked: readonly (readonly string[])[] = [
    ['doctor'],
    ['doctor', '-o', 'json'],
    ['access', '--check'],
    ['diagnose', 'stale', 'web'],
    ['diagnose', 'stale', 'web', '-o', 'json', '--context', 'nope'],
    ['complete', '--', 'diagnose', '--context', ''],
    ['complete', '--', 'diagnose', '-n', ''],
  ];
  const config = {
    ...(JSON.parse(kubeconfigText({ server: 'http://127.0.0.1:9' })) as object),
    users: [
      {
        name: 'fake',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: 'no-such-plugin',
            installHint: 'install it',
            interactiveMode: 'Never',
          },
        },
      },
    ],
  };

  test('each name and each value of it', async () => {
    let n = 0;
    for (const changed of share([...spoiled(config, hostile)], 5)) {
      n += 1;
      const path = join(work, `kubeconfig-${n}`);
      await writeFile(path, JSON.stringify(changed));
      for (const argv of asked) {
        const flags = [
          '--kubeconfig',
          path,
          ...(argv[0] === 'complete' ? [] : ['--timeout', '5s']),
        ];
        const [command = '', ...rest] = argv;
        await clean(
          command === 'complete'
            ? ['complete', '--', 'diagnose', ...flags, ...rest.slice(2)]
            : [command, ...rest, ...flags],
          { env: { HOME: work } },
        );
      }
    }
    expect(n).toBeGreaterThan(runsAll ? 15 : 2);
  });

  test('what the server says of itself, and the names in it', async () => {
    const server = await FakeApiServer.start({
      gitVersion: `v1.36.3${hostile}`,
      objects: ['Pod', 'Namespace'].map((kind) => ({
        apiVersion: 'v1',
        kind,
        metadata: { name: `web${hostile}\n--all`, namespace: 'default' },
      })),
      resources: ['v1/namespaces', 'v1/events'],
      reviews: { user: `anna${hostile}` },
    });
    try {
      const path = join(work, 'served');
      await writeFile(path, kubeconfigText({ server: server.url, ca: server.ca }));
      const more = { env: { HOME: work } };
      for (const format of ['text', 'json'])
        await clean(['doctor', '--kubeconfig', path, '-o', format], more);
      await clean(['diagnose', 'stale', 'web', '--kubeconfig', path], more);
      for (const words of [
        ['stale', ''],
        ['-n', ''],
      ])
        await clean(['complete', '--', 'diagnose', '--kubeconfig', path, ...words], more);
    } finally {
      await server.close();
    }
  });
});

describe('a command line', () => {
  const word = hostile.replaceAll('\0', '');
  const lines: readonly (readonly string[])[] = [
    ['WORD'],
    ['--WORD'],
    ['-WORD'],
    ['WORD', '--help'],
    ['diagnose', 'WORD'],
    ['diagnose', 'stale', 'WORD'],
    ['diagnose', 'stale', 'a', '--pathWORD', 'x'],
    ['diagnose', 'rbac', 'a', 'b', '--path', 'WORD'],
    ['diagnose', 'rbac', 'a', 'b', '--header', 'WORD'],
    ['diagnose', 'stale', 'a', '-o', 'WORD'],
    ['diagnose', 'stale', 'a', '--timeout', 'WORD'],
    ['diagnose', 'stale', 'a', '--color', 'WORD'],
    ['diagnose', 'stale', 'a', '--context', 'WORD'],
    ['diagnose', 'stale', 'a', '--kubeconfig', 'WORD'],
    ['diagnose', 'stale', 'a', '-n', 'WORD', '-o', 'json'],
    ['diagnose', 'stale', 'a', '--prometheus', 'WORD'],
    ['diagnose', '--from', 'WORD'],
    ['diagnose', '--from', good, 'WORD'],
    ['diagnose', '--from', good, '--as', 'WORD', '-o', 'ticket'],
    ['render', 'WORD'],
    ['render', 'WORD', '-o', 'json'],
    ['compare', 'WORD', 'WORD'],
    ['compare', good, 'WORD'],
    ['explain', 'WORD'],
    ['explain', 'stale/WORD'],
    ['list', 'WORD'],
    ['demo', 'WORD'],
    ['doctor', 'WORD'],
    ['doctor', '--context', 'WORD'],
    ['access', 'WORD'],
    ['access', '--user', 'WORD'],
    ['access', '--group', 'WORD', '-o', 'json'],
    ['access', '--serviceaccount', 'WORD'],
    ['access', '-n', 'WORD'],
    ['completion', 'WORD'],
    ['complete', '--', 'WORD'],
    ['complete', '--', 'diagnose', 'WORD'],
    ['config', 'WORD'],
    ['triage', 'WORD'],
    ['triage', '--resume', 'WORD'],
    ['triage', '--ticket', 'WORD'],
    ['version', 'WORD'],
  ];

  test.each(lines.map((line) => [line.join(' ').replace(good, 'CASE'), line] as const))(
    '%s',
    async (_, line) => {
      for (const bad of share(
        [word, `x${word}`, 'a\nb', 'a\r\nmeshdoc: all is well'],
        4,
        lines.indexOf(line),
      )) {
        const argv = line.map((one) => one.replaceAll('WORD', bad));
        const { err } = await clean(argv, { env: { HOME: work }, cwd: work });
        if (bad.includes('well')) expect(err).not.toMatch(/^meshdoc: all is well/m);
      }
    },
  );

  test('help and listings hold nothing to begin with', async () => {
    for (const argv of [
      [],
      ['--help'],
      ['list'],
      ['list', '-o', 'json'],
      ['help'],
      ['config'],
      ['demo'],
      ['explain', 'stale'],
      ['explain', 'json'],
      ['access'],
      ['version'],
    ])
      await clean(argv);
    for (const command of [
      'diagnose',
      'triage',
      'render',
      'compare',
      'doctor',
      'access',
      'completion',
    ])
      await clean([command, '--help']);
  });
});
