// Whatever a file holds that is read from disk, a person gets one line and exit 2, or a result: never a stack, never the
// sentence that the fault is meshdoc's own, never an endless run.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { cli, type Printed } from '../helpers/fake-io.ts';
import { root } from '../helpers/sources.ts';

const cases = ['rbac/ambient-deny', 'linkerd-policy/route-refused'];
const scenario = (name: string) => join(root, 'test/scenarios', name);
let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

/** What is wrong with how a command ended; empty when nothing is. */
function wrong({ code, err }: Printed): string {
  const all = `exit ${code}: ${err.slice(0, 300)}`;
  if (![0, 2, 3, 4].includes(code)) return all;
  if (/fault is its own|^\s+at /m.test(err)) return all;
  const lines = err.split('\n').filter(Boolean).length;
  if (code === 2 && lines !== 1) return `${lines} lines, ${all}`;
  return code === 2 && err.length > 2000
    ? `a line of ${err.length} characters, ${all.slice(0, 99)}`
    : '';
}

const odd: readonly unknown[] = [
  ...[null, 0, -1, 5, 1e300, true, '', ' ', 'x'.repeat(70_000), '\u001b[2J', '\u202eabc', 'a\nb'],
  ...[[], {}, [null], [5], ['x'], [{}], { a: null }, { a: 5 }, { a: ['x'] }, [[]], '__proto__'],
  JSON.parse('{"__proto__":{"a":1}}'),
];

type Path = readonly (string | number)[];

/** Of every field, and of the first two of a list. */
function* pathsOf(value: unknown, path: Path = []): Generator<Path, void> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (Array.isArray(value) && Number(key) > 1) continue;
    yield* pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** Each path with so many odd values; they go round, so that the paths together meet them all. */
function* twisted(value: unknown, each: number): Generator<readonly [Path, unknown], void> {
  let n = 0;
  for (const path of pathsOf(value)) {
    for (let i = 0; i < each; i += 1) {
      yield [path, odd[n % odd.length]];
      n += 1;
    }
  }
}

function changed(value: unknown, [first, ...others]: Path, to: unknown): unknown {
  if (first === undefined) return to;
  const copy = (
    Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }
  ) as Record<string | number, unknown>;
  copy[first] = changed(copy[first], others, to);
  return copy;
}

const everywhere: readonly Path[] = [
  ...[[], ['kind'], ['spec'], ['status'], ['data'], ['metadata'], ['metadata', 'name']],
  ...['labels', 'annotations', 'ownerReferences', 'managedFields', 'namespace'].map(
    (key) => ['metadata', key] as const,
  ),
];

const texts: readonly (readonly [string, string | Buffer])[] = [
  ['empty', ''],
  ['binary', Buffer.from([0, 255, 254, 1, 2, 200, 201, 10, 0])],
  ['html', '<!doctype html><html><head><title>Sign in</title></head><body>x</body></html>\n'],
  ['null', 'null\n'],
  ['a list', '- a\n- b\n'],
  ['text', 'just words\n'],
  ['50k deep flow', `a: ${'['.repeat(50_000)}`],
  ['50k deep block', '- '.repeat(50_000)],
  ['50k deep maps', `${'{a: '.repeat(50_000)}`],
  ['half', 'meshdoc: 1\nrunbook: "sta'],
  ['a cycle', 'a: &a [*a]\n'],
  ['laughs', laughs()],
  ['merge keys', 'a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n'],
  ['a tag', 'meshdoc: !!binary AAAA\nnow: !<tag:x> y\n'],
  ['version 1.1', '%YAML 1.1\n---\nmeshdoc: 1\nnow: 2026-11-21\nrunbook: !!set {a}\n'],
  ['keys that are no text', '? [a]\n: b\n? {c: d}\n: e\n'],
  ['a long key', `${'k'.repeat(900_000)}: x\n`],
  ['a key that rings', '"\\e]0;x\\a\\nb": x\n'],
  ['numbers without end', 'meshdoc: 1\nnow: .inf\nrunbook: .nan\n'],
];

function laughs(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i += 1) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}

describe.each(cases)('%s', (name) => {
  const dir = () => join(work, name.replace('/', '-'));
  const from = () => cli(['diagnose', '--from', dir()]);
  const fresh = async () => {
    await rm(dir(), { recursive: true, force: true });
    await cp(scenario(name), dir(), { recursive: true });
  };

  test('each field of scenario.yaml as something else', async () => {
    await fresh();
    const at = join(dir(), 'scenario.yaml');
    const whole: unknown = parse(await readFile(at, 'utf8'));
    const found: string[] = [];
    for (const [path, value] of twisted(whole, 3)) {
      await writeFile(at, stringify(changed(whole, path, value), { lineWidth: 0 }));
      const says = wrong(await from());
      const shown = JSON.stringify(value).slice(0, 40);
      if (says !== '') found.push(`${path.join('.')} = ${shown}: ${says}`);
    }
    expect(found).toEqual([]);
  });

  test('each file as something else, and cut', async () => {
    await fresh();
    const files = (await readdir(dir(), { recursive: true })).filter((one) =>
      /\.(yaml|txt)$/.test(one),
    );
    const found: string[] = [];
    for (const file of files) {
      const at = join(dir(), file);
      const before = await readFile(at);
      const cut = [0.1, 0.5, 0.9].map(
        (part) => [`cut at ${part}`, before.subarray(0, before.length * part)] as const,
      );
      for (const [kind, text] of [...texts, ...cut]) {
        await writeFile(at, text);
        const says = wrong(await from());
        if (says !== '') found.push(`${file} ${kind}: ${says}`);
      }
      await writeFile(at, before);
    }
    expect(found).toEqual([]);
  });

  test('each object with something odd in it', async () => {
    await fresh();
    const at = join(dir(), 'cluster.yaml');
    const all = parseAllDocuments(await readFile(at, 'utf8'), { schema: 'core' }).map(
      (document): unknown => document.toJS(),
    );
    const found: string[] = [];
    const tell = async (objects: readonly unknown[], what: string): Promise<void> => {
      const text = objects.map((one) => stringify(one, { lineWidth: 0 })).join('---\n');
      await writeFile(at, text);
      const says = wrong(await from());
      if (says !== '') found.push(`${what}: ${says}`);
    };
    const values = [null, 5, 'x', [], {}, [null], [5], { a: null }];
    for (const [i, path] of everywhere.entries()) {
      for (const value of [values[i % 8], values[(i + 3) % 8]]) {
        const one = `${path.join('.')} = ${JSON.stringify(value)}`;
        await tell(
          all.map((object) => changed(object, path, value)),
          one,
        );
      }
    }
    // Deeper in one object at a time, each field once; what it becomes goes round.
    let n = 0;
    for (const [i, object] of all.entries()) {
      for (const path of [...pathsOf(object)].filter(({ length }) => length < 6)) {
        n += 1;
        if (n % 41 !== 0) continue;
        const value = [null, 5, 'x', [], {}, [null]][n % 6];
        const others = all.map((one, j) => (i === j ? changed(one, path, value) : one));
        await tell(others, `${i} ${path.join('.')} = ${JSON.stringify(value)}`);
      }
    }
    expect(found).toEqual([]);
  });
});

describe('a session', () => {
  const dir = () => join(work, 'session');
  const whole = {
    ...{
      session: 1,
      started: '2026-11-21T12:00:00.000Z',
      context: 'lab',
      kubeconfig: '/k',
      as: 'me',
    },
    ...{ asGroups: ['g'], asUid: '1', server: 'https://s', namespace: 'shop', withholdToken: true },
    ...{ mesh: { revision: 'r' }, from: '/c' },
    runs: [
      {
        case: '01-stale-web',
        at: '',
        runbook: 'stale',
        words: ['web'],
        fallback: ['d'],
        says: 'x',
      },
    ],
    notes: [{ at: '2026-11-21T12:00:00.000Z', says: 'a note' }],
  };
  const commands: readonly (readonly string[])[] = [
    ['triage', '--ticket', 'ticket', '--resume'],
    ['render'],
  ];

  test('each field as something else, and the file', async () => {
    await cp(scenario('stale/frozen'), join(dir(), '01-stale-web'), { recursive: true });
    const at = join(dir(), 'session.yaml');
    const found: string[] = [];
    const tell = async (text: string | Buffer, what: string): Promise<void> => {
      await writeFile(at, text);
      for (const argv of commands) {
        const says = wrong(await cli([...argv, dir()]));
        if (says !== '') found.push(`${argv.join(' ')} ${what}: ${says}`);
      }
      const listed = await cli(['triage', '--list'], { env: { XDG_STATE_HOME: work } });
      if (listed.code !== 0) found.push(`--list ${what}: ${listed.err}`);
    };
    for (const [path, value] of twisted(whole, 1)) {
      const text = stringify(changed(whole, path, value), { lineWidth: 0 });
      await tell(text, `${path.join('.')} = ${JSON.stringify(value).slice(0, 40)}`);
    }
    for (const [kind, text] of texts) await tell(text, kind);
    expect(found).toEqual([]);
  });
});

describe('a config file', () => {
  const whole = {
    ...{ context: 'a', namespace: 'b', output: 'json', istioNamespace: 'c', linkerdNamespace: 'd' },
    ...{ prometheus: 'http://p', timeout: '5s', color: 'never', replies: 'x', contexts: 'y' },
    ignore: [{ code: 'stale/frozen', target: 'a', reason: 'b', until: '2027-01-31' }],
  };

  test.each(['user', 'project'])(
    'of the %s: each setting as something else, and the file',
    async (of) => {
      const home = join(work, of);
      const at = join(home, of === 'user' ? '.config/meshdoc/config.yaml' : '.meshdoc.yaml');
      await mkdir(dirname(at), { recursive: true });
      const found: string[] = [];
      const tell = async (text: string | Buffer, what: string): Promise<void> => {
        await writeFile(at, text);
        const says = wrong(await cli(['config'], { env: { HOME: home }, cwd: home }));
        if (says !== '') found.push(`${what}: ${says}`);
      };
      for (const [path, value] of twisted(whole, 3)) {
        const [first = ''] = path;
        const one = { [first]: whole[first as keyof typeof whole] };
        const text = stringify(changed(one, path, value), { lineWidth: 0 });
        await tell(text, `${path.join('.')} = ${JSON.stringify(value).slice(0, 40)}`);
      }
      for (const [kind, text] of texts) await tell(text, kind);
      expect(found).toEqual([]);
    },
  );

  test('what is wrong is named with its line, and what was meant', async () => {
    const at = join(work, '.meshdoc.yaml');
    for (const [text, says] of [
      ['context: 5\n', ':1: context must be a name'],
      ['replies: x\n', ':1: there is no setting "replies"; there are '],
      ['contxt: x\n', ':1: there is no setting "contxt"; did you mean context?'],
      [`a: ${'['.repeat(50_000)}`, ':1: it is more than 256 levels deep'],
      [laughs(), ':1: it repeats parts of itself'],
      [`# ${'x'.repeat(2_000_000)}`, ' is too large: the limit is 1 MiB'],
      ['color: auto\ncolor: never\n', ':2: the key "color" is there twice'],
    ] as const) {
      await writeFile(at, text);
      const { code, err } = await cli(['config'], { env: { HOME: work }, cwd: work });
      expect([code, err]).toEqual([2, expect.stringContaining(`meshdoc: ${at}${says}`)]);
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  });
});
