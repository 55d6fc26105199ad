// kubectl's rules for finding a cluster (client-go tools/clientcmd).
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/live/connect.ts';
import { inCluster } from '../../src/live/in-cluster.ts';
import { findTarget } from '../../src/live/kubeconfig.ts';
import { kubeconfigText, scratch } from '../helpers/fake-apiserver/index.ts';
import { cleanEnv, liveOptions } from './open.ts';

type Names = { server: string; context?: string; namespace?: string; current?: string };
function config(names: Names): string {
  const { server, context = 'one', namespace = 'default', current } = names;
  return JSON.stringify({
    'current-context': current,
    clusters: [{ name: context, cluster: { server } }],
    users: [{ name: context, user: { token: server } }],
    contexts: [{ name: context, context: { cluster: context, user: context, namespace } }],
  });
}
function files(contents: Readonly<Record<string, string>>): Record<string, string> {
  const directory = scratch();
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(directory, name), text);
  return Object.fromEntries(Object.keys(contents).map((name) => [name, join(directory, name)]));
}
const listOf = (...paths: (string | undefined)[]): NodeJS.ProcessEnv =>
  cleanEnv({ KUBECONFIG: paths.map((path) => path ?? '').join(delimiter) });

describe('$KUBECONFIG', () => {
  test('the first file to set a name wins, with all of its entry; the current context is the first one set', () => {
    const at = files({
      a: config({ server: 'https://a:1', namespace: 'from-a' }),
      b: config({ server: 'https://b:1', namespace: 'from-b', current: 'one' }),
      c: config({ server: 'https://c:1', context: 'two', current: 'two' }),
    });
    const found = findTarget({ env: listOf(at.a, at.b, at.c) });
    expect(found).toMatchObject({
      ok: true,
      value: {
        context: 'one',
        namespace: 'from-a',
        cluster: { server: 'https://a:1' },
        user: { token: 'https://a:1' },
      },
    });
  });

  test('empty names and missing files are ignored, and a name may come from any file', () => {
    const at = files({ a: '', b: config({ server: 'https://b:1', context: 'two' }) });
    const found = findTarget({ env: listOf('', '/nonexistent/x', at.a, at.b), context: 'two' });
    expect(found).toMatchObject({ ok: true, value: { cluster: { server: 'https://b:1' } } });
  });

  test('a file that cannot be read as a kubeconfig is an error, even behind a good one', () => {
    const at = files({
      a: config({ server: 'https://a:1', current: 'one' }),
      b: 'clusters: [\nsecret: }',
    });
    expect(findTarget({ env: listOf(at.a, at.b) })).toMatchObject({
      ok: false,
      says: expect.stringMatching(/b is not YAML \(line 2\)/),
    });
    const odd = files({ a: 'clusters: {token: s3cret}' });
    const found = findTarget({ env: listOf(odd.a) });
    expect(found).toMatchObject({
      ok: false,
      says: expect.stringMatching(/is not a kubeconfig \(at clusters\)/),
    });
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });

  test('two entries of one name in one file are an error', () => {
    const cluster = { name: 'x', cluster: { server: 'https://a:1' } };
    const at = files({ a: JSON.stringify({ clusters: [cluster, cluster] }) });
    expect(findTarget({ env: listOf(at.a) })).toMatchObject({
      ok: false,
      says: expect.stringContaining('two clusters named x'),
    });
  });
});

describe('--kubeconfig', () => {
  test('reads only that file', () => {
    const at = files({
      a: config({ server: 'https://a:1', current: 'one' }),
      b: config({ server: 'https://b:1', current: 'one' }),
    });
    expect(findTarget({ kubeconfig: at.b, env: listOf(at.a) })).toMatchObject({
      ok: true,
      value: { cluster: { server: 'https://b:1' }, files: [at.b] },
    });
  });

  test('must exist', () => {
    expect(findTarget({ kubeconfig: '/nonexistent/x', env: cleanEnv() })).toMatchObject({
      ok: false,
      says: '--kubeconfig: there is no file /nonexistent/x',
    });
  });
});

describe('choosing', () => {
  const at = files({
    a: config({ server: 'https://a:1', context: 'prod-eu', current: 'prod-eu' }),
  });

  test('without a kubeconfig there is no cluster, and never localhost:8080', async () => {
    const connected = await connect(liveOptions());
    expect(connected).toEqual({
      ok: false,
      failure: {
        why: 'unreachable',
        says: expect.stringContaining(
          'no cluster to talk to: /nonexistent/.kube/config does not exist',
        ),
      },
    });
  });

  test('$HOME/.kube/config is the default', () => {
    const home = scratch();
    mkdirSync(join(home, '.kube'));
    writeFileSync(
      join(home, '.kube', 'config'),
      config({ server: 'https://home:1', current: 'one' }),
    );
    const found = findTarget({ env: cleanEnv({ HOME: home }) });
    expect(found).toMatchObject({ ok: true, value: { cluster: { server: 'https://home:1' } } });
  });

  test('a wrong context names the near ones', () => {
    expect(findTarget({ env: listOf(at.a), context: 'prod-e' })).toMatchObject({
      ok: false,
      says: expect.stringMatching(/^no context named prod-e in .*; did you mean prod-eu\?$/),
    });
    expect(findTarget({ env: listOf(at.a), context: 'zzz' })).toMatchObject({
      says: expect.stringContaining('; there is prod-eu'),
    });
  });

  test('without a current context one must be named', () => {
    const none = files({ a: config({ server: 'https://a:1' }) });
    expect(findTarget({ env: listOf(none.a) })).toMatchObject({
      ok: false,
      says: expect.stringContaining('name one with --context (one)'),
    });
  });

  test('--cluster, --user and --namespace replace what the context names', () => {
    const both = files({
      a: config({ server: 'https://a:1', current: 'one' }),
      b: config({ server: 'https://b:1', context: 'two' }),
    });
    const env = listOf(both.a, both.b);
    expect(findTarget({ env, cluster: 'two', user: 'two', namespace: 'shop' })).toMatchObject({
      ok: true,
      value: {
        context: 'one',
        namespace: 'shop',
        cluster: { server: 'https://b:1' },
        user: { token: 'https://b:1' },
      },
    });
    expect(findTarget({ env, user: 'nobody' })).toMatchObject({
      ok: false,
      says: expect.stringContaining('no user named nobody'),
    });
  });

  test('a server that is no URL is refused', () => {
    const odd = files({ a: config({ server: 'a:1', current: 'one' }) });
    expect(findTarget({ env: listOf(odd.a) })).toMatchObject({
      ok: false,
      says: expect.stringContaining('no usable server URL'),
    });
  });
});

test('relative paths belong to their file, a bare plugin name to the PATH', () => {
  const directory = scratch();
  const file = join(directory, 'config');
  const user = {
    'client-certificate': 'c.pem',
    'client-key': '/k.pem',
    tokenFile: 't',
    exec: { command: './p' },
  };
  const cluster = { 'certificate-authority': 'pki/ca.pem' };
  writeFileSync(file, kubeconfigText({ server: 'https://a:1', cluster, user }));
  expect(findTarget({ kubeconfig: file, env: cleanEnv() })).toMatchObject({
    ok: true,
    value: {
      cluster: { 'certificate-authority': join(directory, 'pki/ca.pem') },
      user: {
        'client-certificate': join(directory, 'c.pem'),
        'client-key': '/k.pem',
        tokenFile: join(directory, 't'),
        exec: { command: join(directory, 'p') },
      },
    },
  });
  writeFileSync(
    file,
    kubeconfigText({ server: 'https://a:1', user: { exec: { command: 'aws' } } }),
  );
  expect(findTarget({ kubeconfig: file, env: cleanEnv() })).toMatchObject({
    value: { user: { exec: { command: 'aws' } } },
  });
});

test('inside a cluster the service account comes last', () => {
  const directory = scratch();
  writeFileSync(join(directory, 'token'), 't');
  writeFileSync(join(directory, 'namespace'), 'tools');
  const env = cleanEnv({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' });
  expect(inCluster({ env }, directory)).toMatchObject({
    namespace: 'tools',
    cluster: { server: 'https://[fd00::1]:443' },
    user: { tokenFile: join(directory, 'token') },
  });
  expect(inCluster({ env: cleanEnv() }, directory)).toBeUndefined();
});
