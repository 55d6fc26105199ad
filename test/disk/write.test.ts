// Where a file may be written and what becomes of it: nobody else may read it, no link is followed, and what is no case is
// left as it was.
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { placeFor, replace, writeText } from '../../src/disk/write.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import { writeCase } from '../../src/snapshot/save.ts';
import { writeSession } from '../../src/snapshot/session.ts';
import { cli } from '../helpers/fake-io.ts';
import { keepTicket } from '../../src/cli/session/store.ts';
import { caseOf } from '../helpers/saved-case.ts';
import { root } from '../helpers/sources.ts';

let work = '';
const all: string[] = [];
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
  all.push(work);
});
afterAll(async () => {
  for (const dir of all) await rm(dir, { recursive: true, force: true });
});

const frozen = join(root, 'test/scenarios/stale/frozen');
const at = (...path: readonly string[]) => join(work, ...path);
const ok = { ok: true };
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** `path: text` of everything below a folder, a link by where it leads. */
async function treeOf(dir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const stats = await lstat(join(dir, name));
    const text = stats.isFile() ? await readFile(join(dir, name), 'utf8') : '';
    found.push(`${name}: ${stats.isSymbolicLink() ? 'link' : text}`);
  }
  return found;
}

describe.each([0, 0o077, 0o777])('with umask %o', (mask) => {
  test('only its owner may read a case, a session or a ticket', async () => {
    const before = process.umask(mask);
    try {
      expect(await writeCase(at('new', 'case'), caseOf('new'))).toEqual(ok);
      expect(await writeCase(at('new', 'case.tgz'), caseOf('new'))).toEqual(ok);
      const session = { session: 1, started: '2026-11-21T08:00:00Z', runs: [], notes: [] } as const;
      expect(writeSession(at('kept', 'one'), session)).toEqual(ok);
      expect(keepTicket(at('ticket.md'), 'x')).toEqual(ok);
    } finally {
      process.umask(before);
    }
    for (const name of await readdir(work, { recursive: true })) {
      const wanted = (await stat(at(name))).isDirectory() ? '700' : '600';
      expect([name, await modeOf(at(name))]).toEqual([name, wanted]);
    }
    expect((await readdir(work)).sort()).toEqual(['kept', 'new', 'ticket.md']);
  });
});

/** Each makes something at `at('x')`, or says where else; the save must leave the tree as it is. */
const occupied: Readonly<Record<string, readonly [() => Promise<string>, RegExp]>> = {
  'a file': [
    async () => {
      await writeFile(at('x'), 'mine');
      return at('x');
    },
    /x is a file; name a folder, or a file that ends in \.tgz/,
  ],
  'a folder of somebody': [
    async () => {
      await mkdir(at('x', 'answers'), { recursive: true });
      await writeFile(at('x', 'answers', 'exam.txt'), 'mine');
      await writeFile(at('x', 'cluster.yaml'), 'mine');
      return at('x');
    },
    /x is not a saved case: .*; name a new folder, such as .*x\/case/,
  ],
  'a folder with a scenario.yaml of another program': [
    async () => {
      await mkdir(at('x'));
      await writeFile(at('x', 'scenario.yaml'), 'steps: [a]\n');
      return at('x');
    },
    /x is not a saved case/,
  ],
  'a case with notes in it': [
    async () => {
      await writeCase(at('x'), caseOf('old'));
      await writeFile(at('x', 'notes.md'), 'mine');
      return at('x');
    },
    /x holds notes\.md, which is no part of a saved case; name a new folder/,
  ],
  'a case with a folder in its answers': [
    async () => {
      await writeCase(at('x'), caseOf('old'));
      await mkdir(at('x', 'answers', 'deep'));
      return at('x');
    },
    /x holds answers, which is no part of a saved case/,
  ],
  'a session': [
    () => {
      writeSession(at('x'), { session: 1, started: '2026-11-21T08:00:00Z', runs: [], notes: [] });
      return Promise.resolve(at('x'));
    },
    /x holds session\.yaml/,
  ],
  'an archive of something else': [
    async () => {
      await mkdir(at('mine'));
      await writeFile(at('mine', 'a.txt'), 'mine');
      await create({ gzip: true, file: at('x.tgz'), cwd: work }, ['mine']);
      return at('x.tgz');
    },
    /x\.tgz is a file that is not a saved case; name another/,
  ],
  'a folder in place of an archive': [
    async () => {
      await mkdir(at('x.tgz'));
      return at('x.tgz');
    },
    /x\.tgz is a folder; name a file that ends in \.tgz/,
  ],
  'a link to a case': [
    async () => {
      await writeCase(at('real'), caseOf('old'));
      await symlink(at('real'), at('x'));
      return at('x');
    },
    /x is a symbolic link/,
  ],
  'a link to nothing': [
    async () => {
      await symlink(at('nowhere'), at('x'));
      return at('x');
    },
    /x is a symbolic link/,
  ],
  'a link to an archive': [
    async () => {
      await writeCase(at('real.tgz'), caseOf('old'));
      await symlink(at('real.tgz'), at('x.tgz'));
      return at('x.tgz');
    },
    /x\.tgz is a symbolic link/,
  ],
  'a case whose scenario.yaml is a link': [
    async () => {
      await writeCase(at('x'), caseOf('old'));
      await rename(at('x', 'scenario.yaml'), at('mine.yaml'));
      await symlink(at('mine.yaml'), at('x', 'scenario.yaml'));
      return at('x');
    },
    /x holds scenario\.yaml, which is no part/,
  ],
  'a case whose answers are a link': [
    async () => {
      await writeCase(at('x'), caseOf('old'));
      await rename(at('x', 'answers'), at('mine'));
      await symlink(at('mine'), at('x', 'answers'));
      return at('x');
    },
    /x holds answers, which is no part/,
  ],
  'a path through a file': [
    async () => {
      await writeFile(at('x'), 'mine');
      return at('x', 'case');
    },
    /a part of the path is a file/,
  ],
  'a name that is too long': [
    () => Promise.resolve(at('n'.repeat(300))),
    /cannot be written: the name is too long/,
  ],
  'a device': [() => Promise.resolve('/dev/null'), /\/dev\/null is neither a folder nor a file/],
  'a place in /proc': [() => Promise.resolve('/proc/x'), /\/proc\/x cannot be written/],
  'the root': [() => Promise.resolve('/'), /^meshdoc: --save: \//],
};

test.each(Object.entries(occupied))(
  '--save over %s is refused before a cluster is asked, and changes nothing',
  async (_, [make, says]) => {
    const path = await make();
    const before = await treeOf(work);
    const { code, out, err } = await cli(['diagnose', 'stale', 'web', '--save', path]);
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(says)]);
    expect(err).toMatch(/^meshdoc: --save: /);
    expect(err.trim().split('\n')).toHaveLength(1);
    const written = await writeCase(path, caseOf('new'));
    expect(written).toMatchObject({ ok: false, is: 'refused' });
    expect(await treeOf(work)).toEqual(before);
  },
);

test('an empty folder, an empty file that ends in .tgz, and a folder that is not there are taken', async () => {
  await mkdir(at('empty'));
  await writeFile(at('empty.tgz'), '');
  for (const path of [at('empty'), at('empty.tgz'), at('a', 'b', 'c'), at('@name.tgz')]) {
    expect(await writeCase(path, caseOf('new'))).toEqual(ok);
    expect(await readCase(path)).toEqual({ ok: true, value: caseOf('new') });
  }
});

test('a folder above that is exchanged for a link in between is not written through', async () => {
  await mkdir(at('above'));
  await mkdir(at('other'));
  const placed = placeFor(at('above', 'case'));
  if (!placed.ok) throw new Error(placed.says);
  await rename(at('above'), at('moved'));
  await symlink(at('other'), at('above'));
  const written = replace(
    placed.place,
    (path) => writeText(path, 'x'),
    () => true,
  );
  expect(written).toMatchObject({ ok: false });
  expect(await treeOf(work)).toEqual(['above: link', 'moved: ', 'other: ']);
});

test('what is put there in between is not replaced', async () => {
  const placed = placeFor(at('case'));
  if (!placed.ok) throw new Error(placed.says);
  await mkdir(at('case'));
  await writeFile(at('case', 'mine'), 'mine');
  const written = replace(
    placed.place,
    (path) => writeText(path, 'x'),
    () => false,
  );
  expect(written).toMatchObject({ ok: false, says: expect.stringMatching(/is not what it was/) });
  expect(await treeOf(work)).toEqual(['case: ', 'case/mine: mine']);
});

test('what a killed program put aside is read, and put back when the next save fails', async () => {
  await writeCase(at('case'), caseOf('old'));
  const [mine = ''] = await namesMadeFor('case');
  await mkdir(at(mine));
  await rename(at('case'), at(mine, 'old'));
  expect(await readCase(at('case'))).toEqual({ ok: true, value: caseOf('old') });
  const placed = placeFor(at('case'));
  if (!placed.ok) throw new Error(placed.says);
  expect(
    replace(
      placed.place,
      (path) => writeText(path, 'x'),
      () => false,
    ),
  ).toMatchObject({ ok: false });
  expect(await readdir(work)).toEqual(['case']);
  expect(await readCase(at('case'))).toEqual({ ok: true, value: caseOf('old') });
});

/** The folder of its own that a save makes beside its target. */
async function namesMadeFor(name: string): Promise<readonly string[]> {
  const placed = placeFor(at(name));
  if (!placed.ok) throw new Error(placed.says);
  let made: readonly string[] = [];
  const { readdirSync } = await import('node:fs');
  replace(
    placed.place,
    (path) => {
      made = readdirSync(work).filter((one) => one.startsWith('.meshdoc-save-'));
      writeText(path, 'x');
    },
    () => false,
  );
  return made;
}

describe('a path that the disk refuses is one line, whatever it was named for', () => {
  const long = 'n'.repeat(300);
  const paths: Readonly<Record<string, readonly [() => Promise<string>, RegExp]>> = {
    'a name that is too long': [() => Promise.resolve(at(long)), /the name is too long/],
    'a folder with such a name': [() => Promise.resolve(at(long, 'x')), /the name is too long/],
    'links without an end': [
      async () => {
        await symlink(at('loop'), at('loop'));
        return at('loop', 'x');
      },
      /its symbolic links have no end/,
    ],
  };
  const commands = [
    ...[['diagnose', '--from'], ['triage', '--from'], ['render'], ['compare', frozen]],
    ...[
      ['diagnose', 'stale', 'web', '--save'],
      ['triage', '--ticket', 'ticket', '--resume'],
    ],
  ];

  /** What becomes of it at a terminal, where a person types nothing. */
  async function refused(argv: readonly string[], says: RegExp): Promise<void> {
    const { code, out, err } = await cli(argv, { types: [] });
    expect([argv, code, out, err]).toEqual([argv, 2, '', expect.stringMatching(says)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  }

  test.each(Object.entries(paths))('%s', async (_, [make, says]) => {
    const path = await make();
    for (const argv of commands) {
      for (const name of [path, `${path}.tgz`]) await refused([...argv, name], says);
    }
    await refused(['triage', '--save', path], says);
  });
});

test('a folder nobody may write to', async () => {
  await mkdir(at('shut'));
  await chmod(work, 0o755);
  await chmod(at('shut'), 0o555);
  // root may write anywhere, so for this long it is nobody.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    const { code, err } = await cli(['diagnose', 'stale', 'web', '--save', at('shut', 'case')]);
    expect([code, err]).toEqual([2, expect.stringMatching(/you may not write there/)]);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});
