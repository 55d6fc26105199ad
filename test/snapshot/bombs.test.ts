// What grows when it is opened: it is refused while it is read, by the limit that it is over, and nothing of it is unpacked
// to disk.
import { spawnSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKubeconfigFile } from '../../src/live/kubeconfig-file.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import { writeCase } from '../../src/snapshot/save.ts';
import { readSession } from '../../src/snapshot/session.ts';
import { parseYaml, yamlDocuments } from '../../src/yaml/parse.ts';
import { caseOf } from '../helpers/saved-case.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

const scenario =
  'meshdoc: 1\nrunbook: stale\nnow: 2026-11-21T08:00:00Z\ninput: {target: shop/web}\n';
const mib = 1024 * 1024;

/** One entry; `size` may say more than there is. */
function entry(path: string, text = '', more: HeaderData = {}): Buffer {
  const size = Buffer.byteLength(text);
  const header = Buffer.alloc(512);
  new Header({ path, size, type: 'File', mode: 0o600, mtime: new Date(0), ...more }).encode(header);
  const body = Buffer.alloc(Math.ceil(size / 512) * 512);
  body.write(text);
  return Buffer.concat([header, body]);
}

const start = entry('c/scenario.yaml', scenario);
const end = Buffer.alloc(1024);
/** Members of one gzip file follow each other, so that 3 GB of nothing take no time to make. */
const zeros = (count: number): Buffer => {
  const one = gzipSync(Buffer.alloc(mib));
  return Buffer.concat(Array.from({ length: count }, () => one));
};
const packed = (...parts: readonly Buffer[]): Buffer => gzipSync(Buffer.concat(parts));

const archives: Readonly<Record<string, readonly [() => Buffer, RegExp]>> = {
  '3 MB that unpack to 3 GB in cluster.yaml': [
    () =>
      Buffer.concat([
        packed(start, entry('c/cluster.yaml', '', { size: 3000 * mib })),
        zeros(3000),
        packed(end),
      ]),
    /holds a cluster\.yaml of more than 32 MiB/,
  ],
  '3 GB in a file that is no part of a case': [
    () =>
      Buffer.concat([
        packed(start, entry('c/x', '', { size: 3000 * mib })),
        zeros(3000),
        packed(end),
      ]),
    /unpacks to more than 128 MiB/,
  ],
  'answers of 60 MB each': [
    () =>
      Buffer.concat([
        packed(start),
        ...[1, 2, 3].flatMap((n) => [
          packed(entry(`c/answers/${n}.txt`, '', { size: 60 * mib })),
          zeros(60),
        ]),
        packed(end),
      ]),
    /unpacks to more than 128 MiB/,
  ],
  'a million entries': [
    () => {
      const some = gzipSync(
        Buffer.concat(Array.from({ length: 1000 }, (_, n) => entry(`c/answers/${n}.txt`))),
      );
      return Buffer.concat([packed(start), ...Array.from({ length: 1000 }, () => some)]);
    },
    /holds answers\/0\.txt twice|holds more than 10000 files/,
  ],
  'a million folders': [
    () => {
      const one = entry('c/d/', '', { type: 'Directory' });
      const some = gzipSync(Buffer.concat(Array.from({ length: 1000 }, () => one)));
      return Buffer.concat([packed(start), ...Array.from({ length: 1000 }, () => some)]);
    },
    /holds more than 10000 files/,
  ],
  'a file that is packed twice': [() => gzipSync(packed(start, end)), /is packed twice/],
  'a link in place of cluster.yaml': [
    () => packed(start, entry('c/cluster.yaml', '', { type: 'SymbolicLink', linkpath: '/x' }), end),
    /holds something else than files and folders/,
  ],
  'a hard link': [
    () => packed(start, entry('c/cluster.yaml', '', { type: 'Link', linkpath: '/x' }), end),
    /holds something else than files and folders/,
  ],
  'a device': [
    () => packed(start, entry('c/cluster.yaml', '', { type: 'CharacterDevice' }), end),
    /holds something else than files and folders/,
  ],
  'a pipe': [
    () => packed(start, entry('c/cluster.yaml', '', { type: 'FIFO' }), end),
    /holds something else than files and folders/,
  ],
  'a sparse file': [
    () => packed(start, entry('c/cluster.yaml', '', { type: 'SparseFile', size: 0 }), end),
    /holds something else than files and folders/,
  ],
  'an absolute path': [
    () => packed(start, entry('/etc/x', 'x'), end),
    /holds a path that leads out of it/,
  ],
  'a path that goes up': [
    () => packed(start, entry('c/../../x', 'x'), end),
    /holds a path that leads out of it/,
  ],
  'scenario.yaml twice': [() => packed(start, start, end), /holds scenario\.yaml twice/],
  'two cases': [
    () => packed(start, entry('d/scenario.yaml', scenario), end),
    /holds more than one top folder; a case has one$/,
  ],
  'a case and the objects of another': [
    () => packed(start, entry('d/cluster.yaml', 'a: b'), end),
    /holds more than one top folder; a case has one$/,
  ],
  nothing: [() => packed(end), /holds no case|is not a whole archive/],
  'half of one': [() => packed(start, end).subarray(0, 60), /is not a whole archive/],
  'half of one, not packed': [() => start.subarray(0, 600), /is not a whole archive|is not a case/],
  'a page': [
    () => Buffer.from('<!doctype html><title>Sign in</title>'),
    /is not a whole archive|holds no case/,
  ],
};

test.each(Object.entries(archives))('%s', async (name, [make, says]) => {
  const path = join(work, `${name.replace(/\W+/g, '-')}.tgz`);
  await writeFile(path, make());
  const read = await readCase(path);
  await rm(path);
  expect(read).toEqual({ ok: false, says: expect.stringMatching(says) });
});

test('what follows the end of an archive is padding, however much there is', async () => {
  const path = join(work, 'padded.tgz');
  const file = entry('c/scenario.yaml', scenario);
  await writeFile(path, Buffer.concat([packed(file, end), zeros(100)]));
  expect(await readCase(path)).toMatchObject({ ok: true });
});

test('an archive of another program is read: with ./ before its paths, and not packed', async () => {
  const parts = [entry('./c/', '', { type: 'Directory' }), entry('./c/scenario.yaml', scenario)];
  for (const [name, bytes] of [
    ['a.tgz', packed(...parts, end)],
    ['b.tgz', Buffer.concat([...parts, end])],
  ] as const) {
    await writeFile(join(work, name), bytes);
    expect(await readCase(join(work, name))).toMatchObject({ ok: true });
  }
});

describe('YAML', () => {
  const last = (text: string) => [...yamlDocuments(text)].at(-1);
  const bombs: Readonly<Record<string, readonly [() => string, RegExp]>> = {
    'tiny documents': [() => 'a: b\n---\n'.repeat(3_000_000), /more than 100000 documents/],
    'tiny documents that end': [() => 'a\n...\n'.repeat(3_000_000), /more than 100000 documents/],
    'one document of 30 MB': [() => '- a\n'.repeat(7_500_000), /a document has more than 8 MiB/],
    'a document of many parts': [() => `[${'a,'.repeat(1_000_000)}]`, /more than 600000 parts/],
    'flow lists 50k deep': [() => '['.repeat(50_000), /256 levels deep/],
    'flow maps 50k deep': [() => '{a: '.repeat(50_000), /256 levels deep/],
    'lists 50k deep on one line': [() => '- '.repeat(50_000), /256 levels deep/],
    'keys 50k deep on one line': [() => '? '.repeat(50_000), /256 levels deep/],
    'maps 300 deep': [
      () => Array.from({ length: 300 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      /256 levels deep/,
    ],
    'a part of itself': [() => 'a: &a [*a]\n', /256 levels deep/],
    'aliases that grow': [
      () => `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(40)}]\n`,
      /repeats parts of itself|repeats its parts/,
    ],
    'many aliases': [
      () => `- &a x\n${'- *a\n'.repeat(200)}`,
      /repeats its parts more than 100 times/,
    ],
    'an alias of nothing': [() => 'a: *b\n', /alias|repeats parts/i],
    'a key twice': [() => 'a: 1\nb: 2\na: 3\n', /the key "a" is there twice/],
    'a number without end': [() => 'a: .inf\n', /a number must be finite/],
    'a map as a key': [() => '? {a: b}\n: c\n', /a key must be text/],
  };
  test.each(Object.entries(bombs))('%s', (_, [make, says]) => {
    expect(last(make())).toMatchObject({ is: 'fault', says: expect.stringMatching(says) });
  });

  test('60,000 keys in one map are compared in linear time', () => {
    const keys = Array.from({ length: 60_000 }, (_, n) => `k${n}: v`).join('\n');
    expect(parseYaml(keys)).toMatchObject({ is: 'document' });
  });

  test('a key that is called __proto__ is a key, and changes no other object', () => {
    const read = parseYaml('__proto__: {polluted: 1}\na: {__proto__: {polluted: 2}}\n');
    expect(read.is).toBe('document');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('the line of what is wrong, also behind the first document', () => {
    expect(last('a: 1\n---\nb: 2\n---\nc: 1\nc: 2\n')).toMatchObject({ line: 6 });
  });
});

describe('what is no file is not waited for', () => {
  const pipe = (path: string) => expect(spawnSync('mkfifo', [path]).status).toBe(0);

  test('a pipe, a device behind a link, and a link in a case', async () => {
    const of = async (name: string) => {
      await mkdir(join(work, name));
      return join(work, name);
    };
    const piped = await of('piped');
    pipe(join(piped, 'scenario.yaml'));
    expect(await readCase(piped)).toMatchObject({
      says: expect.stringMatching(/not a plain file/),
    });
    const linked = await of('linked');
    await writeFile(join(linked, 'scenario.yaml'), scenario);
    await symlink('/dev/zero', join(linked, 'cluster.yaml'));
    expect(await readCase(linked)).toMatchObject({ says: expect.stringMatching(/symbolic link/) });
    const answers = await of('answers');
    await writeFile(join(answers, 'scenario.yaml'), scenario);
    await symlink('/etc', join(answers, 'answers'));
    expect(await readCase(answers)).toMatchObject({ says: expect.stringMatching(/not a folder/) });
    pipe(join(work, 'pipe.tgz'));
    expect(await readCase(join(work, 'pipe.tgz'))).toMatchObject({
      says: expect.stringMatching(/not a plain file/),
    });
    const session = await of('session');
    pipe(join(session, 'session.yaml'));
    expect(readSession(session)).toMatchObject({ says: expect.stringMatching(/not a plain file/) });
  });

  test('a kubeconfig', async () => {
    const path = join(work, 'config');
    pipe(path);
    expect(readKubeconfigFile(path)).toMatchObject({ says: expect.stringMatching(/plain file/) });
    expect(readKubeconfigFile('/dev/zero')).toMatchObject({ is: 'bad' });
    await writeFile(join(work, 'deep'), `clusters: ${'['.repeat(50_000)}`);
    expect(readKubeconfigFile(join(work, 'deep'))).toEqual({
      ...{ is: 'bad', says: `${join(work, 'deep')} is not YAML (line 1)` },
    });
    await writeFile(join(work, 'large'), Buffer.alloc(17 * mib, '# x\n'));
    expect(readKubeconfigFile(join(work, 'large'))).toMatchObject({
      says: expect.stringMatching(/too large: the limit is 16 MiB/),
    });
  });
});

test('a folder is as large as its bytes, however few characters they are', async () => {
  const dir = join(work, 'wide');
  await mkdir(join(dir, 'answers'), { recursive: true });
  await writeFile(join(dir, 'scenario.yaml'), scenario);
  const answer = Buffer.concat([Buffer.from('$ q\n# 200\n\n'), Buffer.alloc(45 * mib, '\u20ac')]);
  const first = join(dir, 'answers', '1.txt');
  await writeFile(first, answer);
  for (const n of [2, 3]) await link(first, join(dir, 'answers', `${n}.txt`));
  const read = await readCase(dir);
  await rm(dir, { recursive: true });
  expect(read).toEqual({ ok: false, says: `${dir} is too large: a case has at most 128 MiB` });
});

test('what could not be read again is not saved', async () => {
  const small = caseOf('new');
  const answer = {
    question: 'http a/b:1 /x',
    status: '200',
    stderr: '',
    body: 'x'.repeat(65 * mib),
  };
  const written = await writeCase(join(work, 'huge'), { ...small, answers: [answer] });
  expect(written).toMatchObject({ ok: false, says: expect.stringMatching(/larger than 64 MiB/) });
  expect(await readCase(join(work, 'huge'))).toMatchObject({ ok: false });
});
