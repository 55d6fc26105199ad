// A session goes on with the cluster and the mesh that it was begun with, and keeps no credential for that.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runOptions } from '../../src/cli/options.ts';
import { headOf, resumedOptions } from '../../src/cli/session/kept-options.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import type { SessionFile } from '../../src/snapshot/session.ts';
import type { World } from '../../src/run/wire.ts';
import { FakeApiServer, writeKubeconfig } from '../helpers/fake-apiserver/index.ts';
import type { FakeObject } from '../helpers/fake-apiserver/index.ts';
import { cli } from '../helpers/fake-io.ts';
import { root } from '../helpers/sources.ts';

let work = '';
let server: FakeApiServer;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-resume-'));
  const read = await readCase(join(root, 'test/scenarios/stale/no-sidecar'));
  if (!read.ok) throw new Error(read.says);
  const objects = read.value.objects as unknown as readonly FakeObject[];
  server = await FakeApiServer.start({ objects });
});
afterAll(async () => {
  await server.close();
  await rm(work, { recursive: true, force: true });
});

const address = `http://me:${'hunter2'}hunter2@prom.monitoring:9090/base/?token=${'s3cr3t'}`;
const typed = {
  ...{ istioNamespace: 'mesh', revision: 'blue', linkerdNamespace: 'l5d', prometheus: address },
  ...{ istioctl: '/opt/istioctl', asUid: 'u1' },
};
const world = { reach: { context: 'lab' }, namespace: 'shop' } as World;

function kept(raw: Readonly<Record<string, unknown>>, more: Partial<SessionFile> = {}) {
  return { session: 1, runs: [], notes: [], ...headOf(world, runOptions(raw)), ...more } as const;
}

test('what is kept names the mesh, and holds no credential', () => {
  const shown = { prometheus: 'http://prom.monitoring:9090/base', istioctl: '/opt/istioctl' };
  const mesh = { root: 'mesh', revision: 'blue', linkerd: 'l5d', ...shown };
  expect(kept(typed)).toMatchObject({ asUid: 'u1', mesh });
  expect(JSON.stringify(kept(typed))).not.toMatch(/hunter2|s3cr3t|me:/);
});

test('it goes on with that, unless the command line says otherwise', () => {
  const begun = runOptions({ ...typed, prometheus: 'http://prom.monitoring:9090/base' });
  const { connection, ...options } = resumedOptions(runOptions({}), kept(typed), true);
  expect(options).toEqual({ ...begun, namespace: 'shop', connection: undefined });
  expect(connection).toEqual({ ...begun.connection, context: 'lab' });
  const other = runOptions({ revision: 'green', prometheus: 'http://other:9090' });
  expect(resumedOptions(other, kept(typed), true)).toMatchObject({
    mesh: { root: 'mesh', revision: 'green', prometheus: 'http://other:9090' },
    connection: { prometheus: 'http://other:9090' },
  });
});

test('a program that the file of somebody else names is not run, nor one of a kubeconfig it names', () => {
  const file = kept(typed, { kubeconfig: '/tmp/theirs/kubeconfig' });
  const { connection } = resumedOptions(runOptions({}), file, false);
  expect(connection.programs).toEqual({});
  expect(connection.kubeconfig).toBeUndefined();
  expect(resumedOptions(runOptions({}), file, true).connection.kubeconfig).toBe(file.kubeconfig);
});

test('a token goes to no address that its owner did not name', () => {
  const resumed = (file: SessionFile, own: boolean, raw = {}) =>
    resumedOptions(runOptions(raw), file, own).withholdToken;
  expect(resumed(kept(typed), true)).toBeUndefined();
  expect(resumed(kept(typed), false)).toBe(true);
  expect(resumed(kept(typed, { withholdToken: true }), true)).toBe(true);
  expect(resumed(kept(typed), false, { prometheus: 'http://mine:9090' })).toBeUndefined();
});

test('a whole session: what it was begun with is in its file and its cases, whatever the config says', async () => {
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  const env = { PATH: '', XDG_STATE_HOME: work, TERM: 'dumb', LANG: 'C' };
  const dir = join(work, 'session');
  const flags = ['-i', 'mesh', '-L', 'l5d', '--prometheus', address, '--kubeconfig', kubeconfig];
  const asked = ['triage', 'plain/legacy', '--save', dir, '--request-timeout', '600ms', ...flags];
  const { code, out } = await cli(asked, { env, types: ['1'] });
  expect(code).toBe(130);
  expect(out).toContain(`--resume ${dir} --kubeconfig ${kubeconfig}\n`);
  const text = await readFile(join(dir, 'session.yaml'), 'utf8');
  expect(text).not.toMatch(/hunter2|s3cr3t/);
  const file = parse(text) as SessionFile;
  expect(file).toMatchObject({ mesh: { root: 'mesh', linkerd: 'l5d' } });
  const [run] = file.runs;
  const saved = await readFile(join(dir, run?.case ?? '', 'scenario.yaml'), 'utf8');
  expect(parse(saved)).toMatchObject({ input: { root: 'mesh', linkerd: 'l5d' } });
  const elsewhere = { ...env, MESHDOC_CONTEXT: 'elsewhere' };
  const on = await cli(['triage', '--resume', dir, '--kubeconfig', kubeconfig], {
    ...{ env: elsewhere, types: [] },
  });
  expect([on.code, on.err]).toEqual([130, '']);
  expect(on.out).toContain('Going on; the last answer was:');
});
