// The command line against an API server that misbehaves: each trap ends with its exit code and one clear line.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readCase } from '../../src/snapshot/folder.ts';
import { cli, type Printed } from '../helpers/fake-io.ts';
import {
  FakeApiServer,
  scratch,
  writeKubeconfig,
  type FakeObject,
  type FakeOptions,
  type KubeconfigParts,
} from '../helpers/fake-apiserver/index.ts';

const open: FakeApiServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** A mesh recorded in the lab, served by the fake: what is behind its ports is not, so roads are missing. */
async function mesh(options: FakeOptions = {}): Promise<FakeApiServer> {
  const read = await readCase(join(import.meta.dirname, '../scenarios/stale/no-sidecar'));
  if (!read.ok) throw new Error(read.says);
  const objects = read.value.objects as unknown as readonly FakeObject[];
  const server = await FakeApiServer.start({ objects, ...options });
  open.push(server);
  return server;
}

type Asked = { readonly argv?: readonly string[]; readonly user?: KubeconfigParts['user'] };

function ask(server: FakeApiServer, { argv = [], user }: Asked = {}): Promise<Printed> {
  const kubeconfig = writeKubeconfig({
    server: server.url,
    ca: server.ca,
    ...(user ? { user } : {}),
  });
  const target = ['diagnose', 'stale', 'plain/legacy', '-q', '--kubeconfig', kubeconfig];
  return cli([...target, '--request-timeout', '600ms', ...argv], { env: { PATH: '' } });
}

test('a pod without a sidecar is found by its one named get', async () => {
  const server = await mesh();
  const { code, out } = await ask(server);
  expect(code).toBe(3);
  expect(out).toContain('plain/legacy has no istio-proxy container');
  expect(new Set(server.requests.map(({ verb }) => verb))).toEqual(new Set(['GET']));
});

describe('a cluster that does not answer is exit 5, in one line', () => {
  const html = '<html><body>Sign in</body></html>';
  const traps = {
    hangs: { fault: 'hang', says: /no answer before the deadline/ },
    resets: { fault: 'reset', says: /cannot read the pod plain\/legacy: / },
    'resets mid-body': { fault: 'reset-mid-body', says: /cannot read the pod/ },
    'answers 500': { fault: { status: 500, text: 'oops' }, says: /500/ },
    'answers 401': { fault: { status: 401 }, says: /401|credentials|log in/i },
    'answers a sign-in page with 200': {
      fault: { status: 200, text: html, headers: { 'content-type': 'text/html' } },
      says: /something else than the API server/,
    },
  } as const;
  test.each(Object.entries(traps))('it %s', async (_, { fault, says }) => {
    const server = await mesh({ fault: () => fault });
    const { code, out, err } = await ask(server);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(says);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).not.toContain('oops');
  });

  test('its address is wrong', async () => {
    const server = await mesh();
    const kubeconfig = writeKubeconfig({ server: server.url });
    await server.close();
    open.splice(0);
    const argv = ['diagnose', 'stale', 'plain/legacy', '-q', '--kubeconfig', kubeconfig];
    const { code, err } = await cli(argv, { env: {} });
    expect(code).toBe(5);
    expect(err).toMatch(/refused.*; meshdoc doctor shows what is in the way\n$/);
  });
});

test('flags may stand before the command, as printed commands have them', async () => {
  const server = await mesh();
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  const flags = ['--kubeconfig', kubeconfig, '--context', 'fake', '-q'];
  const { code, out } = await cli([...flags, 'diagnose', 'stale', 'plain/legacy'], { env: {} });
  expect(code).toBe(3);
  expect(out).toContain('plain/legacy has no istio-proxy container');
});

test('429 with Retry-After is waited for, not reported', async () => {
  let refused = 0;
  const server = await mesh({
    fault: () => {
      refused += 1;
      return refused === 1 ? { status: 429, headers: { 'retry-after': '0' } } : undefined;
    },
  });
  const { code, out } = await ask(server);
  expect(code).toBe(3);
  expect(out).toContain('plain/legacy has no istio-proxy container');
});

test('a pod nobody may look at is inconclusive, and the permission is named', async () => {
  const server = await mesh({ fault: () => ({ status: 403 }) });
  const { code, err } = await ask(server);
  expect(code).toBe(4);
  expect(err).toContain('may not get pods in plain');
  expect(err).toContain('meshdoc access stale --user <you>');
});

test('rights in the namespace that the word names are enough to find the pod', async () => {
  const within = /\/namespaces\/plain(\/|$)/;
  const server = await mesh({
    fault: ({ path }) =>
      path.includes('/namespaces') && !within.test(path) ? { status: 403 } : undefined,
  });
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  const argv = ['diagnose', 'legacy.plain', '-q', '--kubeconfig', kubeconfig];
  const { out, err } = await cli(argv, { env: { PATH: '' } });
  expect(err).toBe('');
  expect(out).toContain('plain/legacy');
});

describe('what the user has to correct is exit 2', () => {
  test('no such pod: near names', async () => {
    const server = await mesh();
    const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
    const argv = ['diagnose', 'stale', 'plain/legcy', '-q', '--kubeconfig', kubeconfig];
    const { code, err } = await cli(argv, { env: {} });
    expect(code).toBe(2);
    expect(err).toContain('did you mean plain/legacy?');
  });

  test('no such context: near names', async () => {
    const server = await mesh();
    const { code, err } = await ask(server, { argv: ['--context', 'fak'] });
    expect(code).toBe(2);
    expect(err).toContain('did you mean fake?');
  });

  test.each([
    [['diagnose', 'stale', 'a/b/c'], 'is not a target'],
    [['diagnose', 'stall', 'x'], 'did you mean stale?'],
    [['diagnose', 'stale'], 'name a target'],
    [['diagnose'], 'name a target, or a runbook and a target'],
    [['diagnose', 'stale', 'x', '--timeout', 'soon'], 'duration'],
    [['diagnose', 'stale', 'x', '--frobnicate'], 'there is no flag --frobnicate'],
    [['diagnose', 'stale', 'x', '-o', 'pdf'], 'type one of text, short'],
    [['diagnos'], 'did you mean diagnose?'],
    [['explain', 'stale/frosen'], 'did you mean stale/frozen'],
    [['diagnose', '--from', 'nowhere'], 'there is no case at nowhere'],
  ])('%j', async (argv, says) => {
    const kubeconfig = writeKubeconfig({ server: 'https://127.0.0.1:1' });
    const { code, err, out } = await cli(argv, { env: { KUBECONFIG: kubeconfig } });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });
});

test('without a kubeconfig there is no cluster to ask: exit 5', async () => {
  const home = scratch();
  const { code, err } = await cli(['diagnose', 'stale', 'x'], { env: { HOME: home } });
  expect(code).toBe(5);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('every failure is one JSON document with -o json', async () => {
  const server = await mesh({ fault: () => ({ status: 500 }) });
  const { code, out } = await ask(server, { argv: ['-o', 'json'] });
  expect(JSON.parse(out)).toMatchObject({ error: { exitCode: code }, diagnoses: [] });
});

describe('credentials', () => {
  const plugin = (body: string): string => {
    const path = join(scratch(), 'login');
    writeFileSync(path, `#!${process.execPath}\n${body}`);
    chmodSync(path, 0o755);
    return path;
  };
  const user = (command: string) => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' },
  });

  test('come from an exec plugin', async () => {
    const server = await mesh();
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-the-plugin' },
    };
    const path = plugin(`process.stdout.write(${JSON.stringify(JSON.stringify(credential))});`);
    const { code } = await ask(server, { user: user(path) });
    expect(code).toBe(3);
    const seen = new Set(server.requests.map(({ headers }) => headers.authorization));
    expect(seen).toEqual(new Set(['Bearer from-the-plugin']));
  });

  test('that the plugin cannot give are exit 5, without what it printed', async () => {
    const server = await mesh();
    const path = plugin(`process.stderr.write('secret hint'); process.exit(1);`);
    const { code, err } = await ask(server, { user: user(path) });
    expect(code).toBe(5);
    expect(err).not.toContain('secret hint');
  });
});

test('Ctrl-C prints what is known so far and ends with 130', async () => {
  const read = await readCase(join(import.meta.dirname, '../scenarios/stale/healthy'));
  if (!read.ok) throw new Error(read.says);
  const objects = read.value.objects as unknown as readonly FakeObject[];
  const pod = read.value.objects.find((o) => o.kind === 'Pod' && o.metadata.namespace === 'shop');
  const interrupt = new AbortController();
  const server = await mesh({
    objects,
    fault: ({ path }) => {
      // Asked once the target is found; the control plane is looked at before.
      if (!path.endsWith('/log')) return undefined;
      interrupt.abort(new Error('interrupted'));
      return 'hang';
    },
  });
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  const target = `shop/${pod?.metadata.name ?? ''}`;
  const argv = ['diagnose', 'stale', target, '-q', '--kubeconfig', kubeconfig];
  const { code, out } = await cli(argv, { env: { PATH: '' }, interrupt: interrupt.signal });
  expect(code).toBe(130);
  expect(out).toMatch(/interrupted|cut short|partial/i);
});
