// What is no name for Kubernetes makes an answer a gap, whoever answered: a cluster, or a case that somebody wrote.
import { describe, expect, it, test } from 'vitest';
import type { Reply } from '../../src/core/ports.ts';
import type { Question } from '../../src/core/question.ts';
import type { Resource } from '../../src/core/refs.ts';
import { guard } from '../../src/guard/guard.ts';
import { Raw, type RawAsk } from '../../src/guard/raw.ts';
import { run, scenarios } from '../helpers/scenarios.ts';

const never = new AbortController().signal;
const pods: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const of = (kind: string, plural: string): Resource => ({ ...pods, kind, plural });

async function read(question: Question, value: unknown): Promise<Reply<unknown>> {
  const ask: RawAsk = () => Promise.resolve({ ok: true, value: new Raw(value) } as never);
  return guard(ask)(question, never);
}
const list = (value: unknown, resource = pods) =>
  read({ ask: 'list', resource }, { items: [good, value], more: false });

const good = { metadata: { name: 'web', namespace: 'shop' } };
const meta = (more: object) => ({ metadata: { ...good.metadata, ...more } });
const pod = (spec: object) => ({ ...good, spec });

const hostile = [
  ...['--all', '-A', '-f=http://x', '-', 'a;rm -rf ~', '$(id)', '`id`', '../..', '.', '..'],
  ...[
    'a b',
    'a\nb',
    'EOF',
    "a'b",
    'a"b',
    '\u001b[2J',
    'a\u202eb',
    'a\u0000',
    'a/b',
    'a%2fb',
    '$CTX',
  ],
  ...['a'.repeat(300), 'Web', '', 5, null, {}, ['a']],
];

describe('an object whose identity is no name', () => {
  test.each(hostile.map((one) => [one]))('%j', async (one) => {
    const says = { ok: false, why: 'unreadable' };
    for (const got of [
      await list(meta({ name: one })),
      await read({ ask: 'get', ref: { resource: pods, name: 'web' } }, meta({ name: one })),
    ])
      expect(got).toMatchObject(says);
    if (one === '' || one === null) return;
    for (const odd of [
      meta({ namespace: one }),
      meta({ labels: { app: one } }),
      pod({ nodeName: one }),
      pod({ serviceAccountName: one }),
      pod({ containers: [{ name: one }] }),
      pod({ initContainers: [{ name: one }] }),
      pod({ volumes: [{ name: one }] }),
      pod({ containers: [{ name: 'a', ports: [{ name: one }] }] }),
    ]) {
      // What begins and ends with a letter may stand as a label's value.
      const label = 'labels' in odd.metadata && typeof one === 'string' && /^(EOF|Web)$/.test(one);
      expect(await list(odd), JSON.stringify(odd)).toMatchObject(label ? { ok: true } : says);
    }
  });

  it('is said in one line, without the name', async () => {
    expect(await list(meta({ name: '--all' }))).toEqual({
      ok: false,
      why: 'unreadable',
      detail: 'an object in the list has a name that Kubernetes does not allow',
    });
    const ref = { resource: pods, name: 'web' };
    expect(await read({ ask: 'get', ref }, pod({ nodeName: '-A' }))).toMatchObject({
      detail: 'the object has the name of a node that Kubernetes does not allow',
    });
  });

  test.each([
    ['Service', { spec: { ports: [{ name: '--all' }] } }],
    ['Service', { spec: { ports: [{ targetPort: '-A' }] } }],
    ['Service', { spec: { selector: { '-l': 'x' } } }],
    ['Deployment', { spec: { template: { spec: { containers: [{ name: '--all' }] } } } }],
    ['Deployment', { spec: { template: { metadata: { labels: { app: '$(id)' } } } } }],
    ['CronJob', { spec: { jobTemplate: { spec: { template: { spec: { nodeName: '-A' } } } } } }],
    ['Pod', { metadata: null }],
    ['Pod', { metadata: { ...good.metadata, labels: ['a'] } }],
    ['Pod', { metadata: { ...good.metadata, annotations: { a: 5 } } }],
    ['Pod', { metadata: { ...good.metadata, generateName: '--all-' } }],
    ['ClusterRole', { metadata: { name: 'a/b' } }],
    ['Namespace', { metadata: { name: 'a.b' } }],
  ])('a %s as %j', async (kind, more) => {
    const got = await list({ ...good, ...more }, of(kind, `${kind.toLowerCase()}s`));
    expect(got).toMatchObject({ ok: false, why: 'unreadable' });
  });

  it('nothing at all', async () => {
    for (const one of [null, 5, 'x', []]) expect(await list(one)).toMatchObject({ ok: false });
  });
});

describe('names that Kubernetes allows', () => {
  test.each([
    ['ClusterRole', { metadata: { name: 'system:node-proxier' } }],
    ['APIService', { metadata: { name: 'v1.' } }],
    ['Event', { ...good, metadata: { name: 'node.17f3a2b1c' } }],
    [
      'Service',
      { ...good, spec: { ports: [{ name: 'grpc', targetPort: 'http' }, { targetPort: 8 }] } },
    ],
    ['ReplicaSet', meta({ generateName: 'web-', labels: { 'a.b/C_d': '', x: 'V-1.2_3' } })],
    ['Pod', pod({ containers: [{ name: 'a', ports: [{ name: 'http-web', containerPort: 80 }] }] })],
    ['Pod', meta({ annotations: { 'a.io/Note': 'anything at all: -- $(id) \n' } })],
    ['Pod', { ...good, spec: null, status: null }],
    // Nothing checks the name of an owner: whoever may make a pod could hide a whole list with one.
    ['Pod', meta({ ownerReferences: [{ kind: 'ReplicaSet', name: '--all' }] })],
  ])('a %s as %j', async (kind, object) => {
    expect(await list(object, of(kind, `${kind.toLowerCase()}s`))).toMatchObject({ ok: true });
  });
});

describe('what a server says of itself and of us', () => {
  test.each(['v1.36.3', 'v1.31.2+k3s1', 'v1.30.4-gke.1348000', '1.29', 'v1.28.3-eks-4f4795d'])(
    '%s is a version',
    async (gitVersion) => {
      expect(await read({ ask: 'server' }, { gitVersion })).toMatchObject({ ok: true });
    },
  );

  test.each(['', '\u001b[31mv1.36.3', 'v1.36.3\nINFO: fine', 'latest', '--all', 5, undefined])(
    '%j is none',
    async (gitVersion) => {
      expect(await read({ ask: 'server' }, { gitVersion })).toMatchObject({ why: 'unreadable' });
    },
  );

  it('control characters are in no identity and in no rule', async () => {
    const rule = { verbs: ['get'], groups: [''], resources: ['pods\u001b[2J'], names: [] };
    const all = [
      await read({ ask: 'whoami' }, { user: 'a\u0007', groups: [] }),
      await read({ ask: 'whoami' }, { user: 'a', groups: ['b\nc'] }),
      await read({ ask: 'rules', namespace: 'shop' }, { rules: [rule], complete: true }),
    ];
    for (const one of all) expect(one).toMatchObject({ ok: false, why: 'unreadable' });
    expect(await read({ ask: 'whoami' }, { user: 'Ann Ä (corp\\ann)', groups: [] })).toMatchObject({
      ok: true,
    });
  });
});

const all = (await scenarios()).filter((_, i) => i % 9 === 0);

test.each(all)('$name: one object with a hostile name leaves no list healthy', async (one) => {
  const { name, saved } = one;
  const ran = await run(name, saved);
  const kinds = new Set(ran.questions.flatMap((q) => (q.ask === 'list' ? [q.resource.kind] : [])));
  const objects = saved.objects.map((object) =>
    kinds.has(object.kind)
      ? { ...object, metadata: { ...object.metadata, name: `--all=${object.metadata.name}` } }
      : object,
  );
  const again = await run(name, { ...saved, objects });
  expect(again.bugs).toEqual([]);
  if (objects.every((object, i) => object === saved.objects[i])) return;
  expect(again.diagnoses.map(({ verdict }) => verdict)).not.toContain('healthy');
  expect(JSON.stringify(again.diagnoses)).not.toContain('--all=');
});
