// What a user gets, on every Node that is promised: the packed package, alone in an empty folder.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bigCase } from './big-case.ts';
import { loaded, packAndInstall, pipedInto, root, run, type Installed } from './installed.ts';
import { nodeBinary, nodeVersions } from './nodes.ts';

const scenarios = join(root, 'test/scenarios');
const minutes = 60_000;
/** Words that only the Kubernetes client, execa, the tables and the spinner contain. */
const heavy = ['v4.channel.k8s.io', 'forceKillAfterDelay', 'mid-mid', 'discardStdin'];

let installed: Installed;
let demos: readonly string[];

beforeAll(async () => {
  installed = await packAndInstall();
  await writeFile(join(installed.dir, 'nobody-listens.yaml'), nobodyListens);
  demos = await readdir(join(installed.dir, 'node_modules/meshdoc/dist/demo'), { recursive: true });
  demos = demos.filter((path) => path.endsWith('/scenario.yaml')).map((path) => join(path, '..'));
}, 5 * minutes);

/** Port 1 of this machine: the connection is refused at once. */
const nobodyListens = `
apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:1' } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users: [{ name: u, user: { token: none } }]
current-context: c
`;

afterAll(() => installed.remove());

test('nothing else is installed, and nothing that is not needed', async () => {
  const modules = join(installed.dir, 'node_modules');
  expect((await readdir(modules)).filter((name) => !name.startsWith('.'))).toEqual(['meshdoc']);
  const files = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'package.json'];
  expect((await readdir(join(modules, 'meshdoc'))).sort()).toEqual(files);
  const licences = await readFile(join(modules, 'meshdoc/dist/THIRD-PARTY.txt'), 'utf8');
  expect(licences).toMatch(/^@kubernetes\/client-node [\d.]+ \(Apache-2\.0\)$/m);
  const all = await readdir(join(modules, 'meshdoc'), { recursive: true });
  expect(all.filter((name) => /\.(node|wasm|so|dylib|dll)$/.test(name))).toEqual([]);
});

test('incidents are recorded', () => {
  expect(demos.length).toBeGreaterThan(0);
});

test('the words that mark heavy packages do', async () => {
  const dist = join(installed.dir, 'node_modules/meshdoc/dist');
  const scripts = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const all = await Promise.all(scripts.map((name) => readFile(join(dist, name), 'utf8')));
  expect(heavy.filter((word) => !all.some((text) => text.includes(word)))).toEqual([]);
});

describe.each(nodeVersions)('Node %s', { timeout: 2 * minutes }, (version) => {
  let node: string;
  const meshdoc = (...args: string[]) => run(node, installed, args);

  beforeAll(async () => {
    node = await nodeBinary(version);
  }, 5 * minutes);

  test.each([
    ['--help', /Usage: meshdoc[\s\S]*Exit codes:/],
    ['version', /^\d+\.\d+\.\d+\n$/],
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['list', /^stale +\S/m],
    ['explain stale', /^# /m],
    ['explain json', /^\{/],
    ['demo', /No cluster is asked/],
  ])('meshdoc %s', async (line, wanted) => {
    const { code, out, err } = await meshdoc(...line.split(' '));
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(wanted);
  });

  test('kubectl starts it as a plugin, and asks it for completions', async () => {
    const as = (name: string) => ({ ...installed, start: join(installed.start, '..', name) });
    const help = await run(node, as('kubectl-meshdoc'), ['--help']);
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toContain('Usage: kubectl meshdoc ');
    const { out } = await run(node, as('kubectl_complete-meshdoc'), ['demo', 'froz']);
    expect(out).toMatch(/^frozen\t.*\n:4\n$/);
  });

  test('every recorded incident is diagnosed as in its scenario', async () => {
    for (const demo of demos) {
      const expected = await readFile(join(scenarios, demo, 'expected.md'), 'utf8');
      const { code, out, err } = await meshdoc(
        'demo',
        demo.split('/').at(-1) ?? '',
        '-o',
        'ticket',
      );
      expect(err).toBe('');
      expect(out.replace(/^Demo of .*$/m, '')).toBe(expected.replace(/^Replay of .*$/m, ''));
      expect(code).toBe(0);
    }
  });

  test('a saved case that does not come with it says the same as its scenario', async () => {
    const healthy = join(scenarios, 'stale/healthy');
    const { code, out, err } = await meshdoc('diagnose', '--from', healthy, '-o', 'ticket');
    expect(err).toBe('');
    expect(out).toBe(await readFile(join(healthy, 'expected.md'), 'utf8'));
    expect(code).toBe(0);
  });

  test.each([
    ['--nope', 2],
    ['nope', 2],
    ['diagnose', 2],
    ['diagnose stael web', 2],
    ['diagnose stale', 2],
    ['diagnose stale web -o nope', 2],
    ['diagnose --from nowhere', 2],
    ['explain nope', 2],
    ['demo nope', 2],
    ['diagnose stale web.shop --kubeconfig nowhere', 2],
    ['diagnose stale web.shop --kubeconfig nobody-listens.yaml', 5],
  ])('meshdoc %s ends with %i and one clear line', async (line, wanted) => {
    const { code, err } = await meshdoc(...line.split(' '));
    expect(err).toMatch(/^meshdoc: \S.*\n/);
    expect(err).not.toMatch(/\n {4}at |Warning/);
    expect(code).toBe(wanted);
  });

  test('JSON larger than a pipe arrives whole, and a reader may go away', async () => {
    const large = join(installed.dir, `case-${version}`);
    const targets = await bigCase(join(scenarios, 'stale/healthy'), large, 10);
    const args = ['diagnose', 'stale', ...targets, '--from', large, '-o', 'json', '--verbose'];

    const whole = await pipedInto('sleep 0.5; cat', node, installed, args);
    expect(whole.err).toBe('');
    expect(whole.out.length).toBeGreaterThan(65_536);
    const { diagnoses } = JSON.parse(whole.out) as { diagnoses: unknown[] };
    expect(diagnoses).toHaveLength(10);

    const head = await pipedInto('head -c 10', node, installed, args);
    expect(head.err).toBe('');
    expect(head.out).toHaveLength(10);
    expect(head.code).toBe(whole.code);
  });

  test.each([
    '--help',
    '--version',
    'list',
    'explain stale',
    'complete -- diagnose stal',
    'complete -- diagnose --context x',
  ])('meshdoc %s loads nothing heavy', async (line) => {
    const texts = await loaded(node, installed, line.split(' '));
    expect(texts.length).toBeGreaterThan(0);
    expect(heavy.filter((word) => texts.some((text) => text.includes(word)))).toEqual([]);
  });
});
