// The krew manifest that a release makes, held against krew's own rules.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../src/run/version.ts';
import { scratch } from '../helpers/fake-apiserver/index.ts';
import { krewProblems, type Manifest } from '../helpers/krew.ts';

const script = fileURLToPath(new URL('../../.ci/krew.mjs', import.meta.url));
const files = {
  executable: `meshdoc-v${version}-linux-x64.tar.gz`,
  package: `meshdoc-${version}.tgz`,
};
let manifest: Manifest;

beforeAll(async () => {
  const dir = scratch();
  for (const file of Object.values(files)) writeFileSync(join(dir, file), file);
  const base = `https://example.com/v${version}/`;
  await execa(process.execPath, [script, '--base', base, '--dir', dir], { stdin: 'ignore' });
  manifest = parse(readFileSync(join(dir, 'meshdoc.yaml'), 'utf8')) as Manifest;
});

test('krew takes it', () => {
  expect(krewProblems('meshdoc.yaml', manifest)).toEqual([]);
});

test('each platform has the sum of the file that it downloads', () => {
  const platforms = manifest.spec?.platforms ?? [];
  expect(platforms.map(({ uri = '', sha256 }) => [uri, sha256])).toEqual(
    [files.executable, files.package, files.package].map((file) => [
      `https://example.com/v${version}/${file}`,
      createHash('sha256').update(file).digest('hex'),
    ]),
  );
});

test.each<[string, (good: Manifest) => Manifest]>([
  ['the file is not named like the plugin', (m) => ({ ...m, metadata: { name: 'mesh-doc' } })],
  ['the name is not kebab-case', (m) => ({ ...m, metadata: { name: 'meshDoc' } })],
  ['the version is not v and semver', (m) => ({ ...m, spec: { ...m.spec, version: '0.1.0' } })],
  ['no platform', (m) => ({ ...m, spec: { ...m.spec, platforms: [] } })],
  [
    'two platforms select linux/amd64',
    (m) => ({
      ...m,
      spec: { ...m.spec, platforms: [m.spec!.platforms![0]!, m.spec!.platforms![0]!] },
    }),
  ],
  [
    'x: sha256 is not a sum',
    (m) => ({ ...m, spec: { ...m.spec, platforms: [{ uri: 'x', sha256: 'ABC' }] } }),
  ],
])('a rule can fail: %s', (says, spoil) => {
  expect(krewProblems('meshdoc.yaml', spoil(manifest))).toContain(says);
});

test('without the URL there is none', async () => {
  const ended = await execa(process.execPath, [script], { reject: false, stdin: 'ignore' });
  expect(ended.exitCode).not.toBe(0);
  expect(ended.stderr).toContain('--base');
});
