// The words of a case stand in commands that are printed: they are held to what a command line could say.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { cli } from '../helpers/fake-io.ts';
import { root } from '../helpers/sources.ts';

const dir = await mkdtemp(join(tmpdir(), 'meshdoc-hostile-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

async function diagnosed(change: object, input: object = {}) {
  const path = join(dir, 'case');
  await cp(join(root, 'test/scenarios/stale/rejected-envoyfilter'), path, { recursive: true });
  const file = join(path, 'scenario.yaml');
  const head = parse(await readFile(file, 'utf8')) as { input: object };
  const next = { ...head, ...change, input: { ...head.input, ...input } };
  await writeFile(file, stringify(next));
  return cli(['diagnose', '--from', path]);
}

const bad = ['--kubeconfig=/tmp/x', '-A', 'a\u001b]52;c;aWQ=\u0007', 'a\nrm -rf ~', 'a\u2028b'];

test.each(bad)('%j as what was asked', async (word) => {
  const wrong = [
    ...[{ target: word }, { target: `shop/web ${word}` }, { root: word }, { revision: word }],
    ...[{ linkerd: word }, { prometheus: word }, { path: word }, { [word]: 'x' }],
  ];
  for (const input of wrong) {
    const { code, out, err } = await diagnosed({}, input);
    expect([code, out], JSON.stringify(input)).toEqual([2, '']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  }
});

test.each(bad.slice(2))('%j as where it was asked', async (word) => {
  for (const head of [{ context: word }, { namespace: word }]) {
    const { code, out } = await diagnosed(head);
    expect([code, out]).toEqual([2, '']);
  }
});

test('a context that begins with a dash stays the value of its flag', async () => {
  const { code, out } = await diagnosed({ context: '--all' });
  expect(code).toBe(3);
  expect(out).toContain('kubectl --context=--all ');
  expect(out).not.toMatch(/ --all/);
});

test.each([{ context: 5 }, { context: ['a'] }, { namespace: {} }, { namespace: '--all' }])(
  '%j is no place',
  async (head) => {
    expect((await diagnosed(head)).code).toBe(2);
  },
);

test('what is quoted of a case is not longer than a person reads', async () => {
  const long = 'x'.repeat(60_000);
  for (const input of [{ target: `-${long}` }, { root: `${long}-` }, { prometheus: long }]) {
    const { code, err } = await diagnosed({}, input);
    expect([code, err.length < 600]).toEqual([2, true]);
  }
});
