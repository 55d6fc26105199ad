// What a shell is told at Tab: the protocol, with Node alone. What shells make of it is in test/terminal.
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  FakeApiServer,
  kubeconfigText,
  scratch,
  writeKubeconfig,
  type FakeObject,
  type Fault,
} from '../helpers/fake-apiserver/index.ts';
import { cli } from '../helpers/fake-io.ts';

/** The names and the directive: 4 is "no files", 2 more is "no space behind it", 0 leaves it to the shell. */
async function complete(line: string, env: NodeJS.ProcessEnv = {}) {
  const { code, out, err } = await cli(['complete', '--', ...line.split(' ')], { env });
  expect([code, err]).toEqual([0, '']);
  const lines = out.trimEnd().split('\n');
  const names = lines.slice(0, -1).map((one) => one.split('\t')[0]);
  return { names, directive: lines.at(-1) };
}

describe('what needs no cluster', () => {
  const known: readonly (readonly [string, readonly string[], string])[] = [
    ['dia', ['diagnose'], ':4'],
    ['diagnose sta', ['stale'], ':4'],
    ['diagnose oomk', ['oomkilled'], ':4'],
    ['diagnose stale --cont', ['--context'], ':4'],
    ['diagnose stale --metho', ['--method'], ':4'],
    ['--kubec', ['--kubeconfig'], ':4'],
    ['--context prod diag', ['diagnose'], ':4'],
    ['diagnose -o t', ['text', 'ticket'], ':4'],
    ['diagnose --output=j', ['jira', 'json'], ':4'],
    ['diagnose --color ', ['auto', 'always', 'never'], ':4'],
    ['explain stale/fr', ['stale/frozen'], ':4'],
    ['explain js', ['json'], ':4'],
    ['demo froz', ['frozen'], ':4'],
    ['list stal', ['stale'], ':4'],
    ['list -o j', ['json'], ':4'],
    ['completion z', ['zsh'], ':4'],
    ['diagnose --kubeconfig ', [], ':0'],
    ['diagnose --from=', [], ':0'],
    ['diagnose --as ', [], ':4'],
    ['nope ', [], ':4'],
    ['version ', [], ':4'],
    ['complet', ['completion'], ':4'],
  ];
  test.each(known)('%s', async (line, names, directive) => {
    expect(await complete(line)).toEqual({ names, directive });
  });

  test('every command with its description; a flag that was given is not offered again', async () => {
    const { out } = await cli(['complete', '--', '']);
    expect(out).toMatch(/^diagnose\tfind why/m);
    const flags = (await complete('diagnose stale --verbose --as-group a --')).names;
    expect(flags).toContain('--as-group');
    expect(flags).not.toContain('--verbose');
  });
});

const named = (kind: string, name: string, namespace?: string): FakeObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
});

describe('what the cluster of the line has', () => {
  let server: FakeApiServer;
  let fault: Fault | undefined;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    server = await FakeApiServer.start({
      objects: [
        named('Namespace', 'shop'),
        named('Namespace', 'bank'),
        named('Pod', 'web-1', 'shop'),
        named('Pod', 'cart-1', 'shop'),
        named('Pod', 'vault-0', 'bank'),
        named('Deployment', 'web', 'shop'),
        named('Service', 'cart', 'shop'),
      ],
      resources: ['apps/v1/deployments'],
      fault: () => fault,
    });
    const context = { namespace: 'shop' };
    env = { KUBECONFIG: writeKubeconfig({ server: server.url, ca: server.ca, context }) };
  });
  afterAll(() => server.close());

  const live: readonly (readonly [string, readonly string[], string])[] = [
    ['diagnose stale ', ['cart-1', 'web-1', 'deploy/', 'sts/', 'ds/'], ':4'],
    ['diagnose stale we', ['web-1'], ':4'],
    ['diagnose we', ['web-1'], ':4'],
    ['diagnose stale -n bank ', ['vault-0', 'deploy/', 'sts/', 'ds/'], ':4'],
    ['-n bank diagnose stale va', ['vault-0'], ':4'],
    ['diagnose stale --namespace=bank va', ['vault-0'], ':4'],
    ['diagnose stale deploy/', ['deploy/web'], ':4'],
    ['diagnose stale ba', ['bank/'], ':6'],
    ['diagnose stale bank/', ['bank/vault-0'], ':4'],
    ['diagnose stale dep', ['deploy/'], ':6'],
    ['diagnose injection n', ['ns/'], ':6'],
    ['diagnose injection ns/', ['ns/bank', 'ns/shop'], ':4'],
    ['diagnose rbac web-1 svc/', ['svc/cart'], ':4'],
    ['diagnose -n ', ['bank', 'shop'], ':4'],
    ['diagnose --context ', ['fake'], ':4'],
  ];
  test.each(live)('%s', async (line, names, directive) => {
    fault = undefined;
    const found = await complete(line, env);
    expect({ ...found, names: found.names.toSorted() }).toEqual({
      names: names.toSorted(),
      directive,
    });
    expect(new Set(server.requests.map(({ verb }) => verb))).toEqual(
      server.requests.length > 0 ? new Set(['GET']) : new Set(),
    );
  });

  test('lists are asked for by the page', async () => {
    fault = undefined;
    server.requests.splice(0);
    await complete('diagnose stale we', env);
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['500', '500']);
  });

  test.each(['hang', 'reset', { status: 401 }, { status: 500 }] as const)(
    'a cluster that answers with %j: nothing, and no complaint',
    async (bad) => {
      fault = bad;
      const found = await complete('diagnose stale we', env);
      expect(found).toEqual({ names: [], directive: ':4' });
    },
  );

  test('contexts need no cluster, and one that would need quotes is left out', async () => {
    const file = join(scratch(), 'config');
    const config = JSON.parse(kubeconfigText({ server: 'https://127.0.0.1:1' })) as {
      contexts: { name: string }[];
    };
    const eks = 'arn:aws:eks:eu-west-1:1:cluster/prod';
    for (const name of [eks, '$(reboot)', 'two words'])
      config.contexts.push({ ...config.contexts[0]!, name });
    writeFileSync(file, JSON.stringify(config));
    const at = (line: string) => complete(line, { HOME: join(file, '..') });
    expect((await at('diagnose --kubeconfig ~/config --context ')).names).toEqual(['fake', eks]);
    expect((await at('diagnose --kubeconfig ~/config --context=arn:aws:')).names).toEqual([eks]);
    expect((await at('diagnose --kubeconfig ~/nowhere --context ')).names).toEqual([]);
  });
});

describe('meshdoc completion', () => {
  test.each([
    ['bash', 'complete -o default -F _meshdoc meshdoc'],
    ['zsh', '#compdef meshdoc'],
    ['fish', 'complete -c meshdoc'],
    ['powershell', 'Register-ArgumentCompleter'],
    ['kubectl', 'exec kubectl meshdoc complete -- "$@"'],
  ])('%s asks meshdoc itself', async (shell, registers) => {
    const { code, out, err } = await cli(['completion', shell]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(registers);
    expect(out).toMatch(/meshdoc complete '?--/);
  });

  test('another shell: those there are', async () => {
    const { code, out, err } = await cli(['completion', 'tcsh']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('bash, zsh, fish, powershell, kubectl');
  });

  test('its help says where each script goes, and the page quotes it', async () => {
    const { out } = await cli(['completion', '--help']);
    for (const place of ['.bashrc', '_meshdoc', 'meshdoc.fish', '$PROFILE', 'kubectl_complete-'])
      expect(out).toContain(place);
    const readme = await readFile(join(import.meta.dirname, '../../src/cli/README.md'), 'utf8');
    expect(readme).toContain(out.trim());
  });
});
