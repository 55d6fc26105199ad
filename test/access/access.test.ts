// `meshdoc access`: YAML that Kubernetes takes, exact to a name, and one line for what was typed wrong.
import { parseAllDocuments } from 'yaml';
import { describe, expect, test } from 'vitest';
import { rulesOf, type Rule, type Wants, type Where } from '../../src/access/rules.ts';
import { needs, needsExecInstead } from '../../src/core/fact.ts';
import { cli } from '../helpers/fake-io.ts';

type Manifest = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly {
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Record<string, string>[];
};

async function printed(...argv: readonly string[]) {
  const { code, out, err } = await cli(['access', ...argv]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { out, all: parseAllDocuments(out).map((d) => d.toJS() as Manifest) };
}

describe('what is printed', () => {
  test('all of it reads, and no Secret: for every runbook', async () => {
    const { all, out } = await printed();
    const rules = all.flatMap((one) => one.rules ?? []);
    expect(rules.length).toBeGreaterThan(20);
    for (const { resources, verbs } of rules) {
      expect(resources).not.toContain('secrets');
      expect(resources.join()).not.toContain('*');
      const others = verbs.filter((verb) => verb !== 'get' && verb !== 'list');
      if (others.length > 0)
        expect({ others, resources }).toEqual({
          others: ['create'],
          resources: ['pods/portforward'],
        });
    }
    expect(out).toContain('  # all of them\n');
    expect(out).toMatch(/^ {2}# linkerd-identity, linkerd-injection/m);
  });

  test('the same list as -o json, for programs and for kubectl', async () => {
    const { all } = await printed('stale', 'rbac', '--user', 'anna');
    const { out } = await printed('rbac', 'stale', '--user', 'anna', '-o', 'json');
    const document = JSON.parse(out) as {
      runbooks: readonly string[];
      objects: { kind: string; items: readonly unknown[] };
    };
    expect(document.runbooks).toEqual(['rbac', 'stale']);
    expect(document.objects.kind).toBe('List');
    expect(document.objects.items).toEqual(all);
  });

  test('an object that is always the same is named', async () => {
    const { all } = await printed('linkerd-identity', '-L', 'l5d');
    const own = all.find((one) => one.metadata.namespace === 'l5d');
    expect(own?.kind).toBe('Role');
    const maps = own?.rules?.find(({ resources }) => resources.includes('configmaps'));
    expect(maps?.resourceNames).toEqual(expect.arrayContaining(['linkerd-config']));
  });

  test('what only a second road needs is a comment', async () => {
    const { out, all } = await printed('stale');
    expect(JSON.stringify(all)).not.toContain('pods/exec');
    expect(out).toContain('  # Not needed: the fallback where pods/portforward is refused.\n');
    expect(out).toContain('  #   resources: [pods/exec]\n');
  });

  test('where a diagnosis goes on is said', async () => {
    expect((await printed('stale')).out).toMatch(/^# A finding may go on in injection/m);
    expect((await printed()).out).not.toContain('may go on');
  });
});

describe('bindings', () => {
  const bindings = (all: readonly Manifest[]) =>
    all
      .filter(({ kind }) => kind.endsWith('Binding'))
      .map(
        ({ kind, metadata, roleRef }) => `${kind} ${metadata.namespace ?? '*'} ${roleRef?.name}`,
      );

  test('in the namespaces that are named, and in the control plane', async () => {
    const { all } = await printed('stale', '--user', 'anna', '-n', 'shop,web', '-i', 'mesh');
    expect(bindings(all)).toEqual([
      'ClusterRoleBinding * meshdoc-stale',
      'RoleBinding mesh meshdoc-stale',
      'RoleBinding shop meshdoc-stale-target',
      'RoleBinding web meshdoc-stale-target',
    ]);
    const roles = new Set(all.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    for (const { roleRef } of all)
      if (roleRef) expect(roles).toContain(`${roleRef.kind} ${roleRef.name}`);
  });

  test('without a namespace, targets may be anywhere', async () => {
    const { all } = await printed('stale', '--group', 'sre');
    expect(bindings(all)).toContain('ClusterRoleBinding * meshdoc-stale-target');
  });

  test('names of people are text, whatever they look like', async () => {
    const odd = ['null', '7', 'a: b', "o'neil", '"x"', 'system:admin', '#1', '- a'];
    const { all } = await printed('oom', ...odd.flatMap((name) => ['--user', name]));
    const binding = all.find(({ subjects }) => subjects !== undefined);
    expect(binding?.subjects?.map(({ name }) => name)).toEqual(odd);
  });

  test('a service account', async () => {
    const { all } = await printed('oom', '--serviceaccount', 'monitoring:meshdoc');
    expect(all.find(({ subjects }) => subjects !== undefined)?.subjects).toEqual([
      { kind: 'ServiceAccount', namespace: 'monitoring', name: 'meshdoc' },
    ]);
  });
});

test.each([
  [['stael'], 'meshdoc: there is no runbook "stael"; did you mean stale?\n'],
  [['--serviceaccount', 'meshdoc'], /^meshdoc: --serviceaccount "meshdoc": give its namespace/],
  [['--user', 'a\nb'], 'meshdoc: --user and --group take a name on one line\n'],
  [['-n', 'Shop'], 'meshdoc: "Shop" is not the name of a namespace\n'],
  [['--check', '--user', 'anna'], /^meshdoc: --check asks about yourself/],
])('%s is exit 2, on one line', async (argv, says) => {
  const { code, out, err } = await cli(['access', ...argv]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  if (typeof says === 'string') expect(err).toBe(says);
  else expect(err).toMatch(says);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

describe('rules', () => {
  const want = (runbook: string, where: Where, need: ReturnType<typeof needs>): Wants => ({
    runbook,
    wants: 'tool' in need ? [] : [{ need, where }],
  });
  const short = (all: readonly Rule[]) =>
    all.map(
      ({ where, verbs, resource, for: by }) =>
        `${where}: ${verbs.join('+')} ${resource} for ${by.join('+')}`,
    );

  test('what holds everywhere is not given again in a namespace, and stands for both', () => {
    const rules = rulesOf([
      want('a', 'cluster', needs(['list'], 'pods', 'all')),
      want('b', 'target', needs(['list', 'get'], 'pods', 'target')),
    ]);
    expect(short(rules)).toEqual(['cluster: list pods for a+b', 'target: get pods for b']);
  });

  test('a right to every object covers that to one', () => {
    const one = needs(['get'], 'configmaps', 'mesh-root', { names: ['x'] });
    const all = needs(['get'], 'configmaps', 'mesh-root');
    expect(rulesOf([want('a', 'root of istio', one)])[0]?.names).toEqual(['x']);
    const both = rulesOf([want('a', 'root of istio', one), want('b', 'root of istio', all)]);
    expect(both).toHaveLength(1);
    expect(both[0]).not.toHaveProperty('names');
  });

  test('what one runbook must have is not optional for another', () => {
    const must = needs(['get', 'create'], 'pods/exec', 'target');
    const rules = rulesOf([
      want('a', 'target', needsExecInstead('target')),
      want('b', 'target', must),
    ]);
    expect(rules.map(({ optional }) => optional)).toEqual([undefined]);
  });
});

test('the page of a runbook ends with the same roles', async () => {
  const { out } = await cli(['explain', 'stale']);
  const block = /## Access[\s\S]*?```yaml\n([\s\S]*?)```/.exec(out)?.[1] ?? '';
  const { all } = await printed('stale');
  expect(parseAllDocuments(block).map((d) => d.toJS() as unknown)).toEqual(all);
});
