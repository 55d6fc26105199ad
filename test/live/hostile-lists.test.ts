// Lists that are not what was asked for. None is believed, none counts as "there is none": each is a gap.
import { describe, expect, test } from 'vitest';
import { status, type Fault, type Recorded } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, pod, pods, startFake, virtualServices } from './open.ts';

const many = Array.from({ length: 1200 }, (_, i) => pod(`p-${i}`, 'shop'));
const list = { ask: 'list', resource: pods } as const;
const inShop = { ...list, namespace: 'shop' };

const meta = (name: string, namespace = 'shop') => ({ metadata: { name, namespace } });
const page = (fields: object) => ({
  apiVersion: 'v1',
  kind: 'PodList',
  metadata: {},
  items: [meta('a')],
  ...fields,
});

async function answerTo(fault: (asked: Recorded) => Fault | undefined, question: object = inShop) {
  const fake = await startFake({ objects: many, fault });
  const connection = await openTo(fake, { requestTimeoutMs: 1500 });
  const reply = await ask(connection, question as typeof list);
  return { reply, asked: fake.requests.length };
}

const later = (fault: Fault) => (asked: Recorded) =>
  asked.query.has('continue') ? fault : undefined;

describe('a later page', () => {
  test.each<[string, Fault, string]>([
    ['404 in words', { status: 404, json: status(404, 'NotFound', 'gone') }, 'unreadable'],
    ['404 of the path', { status: 404, text: '404 page not found\n' }, 'unreadable'],
    ['401', { status: 401 }, 'unauthenticated'],
    ['403', { status: 403, json: status(403, 'Forbidden', 'no') }, 'forbidden'],
    ['500', { status: 500 }, 'server-error'],
    ['204', { status: 204 }, 'unreadable'],
    ['a Status with 200', { status: 200, json: status(200, 'NotFound', 'gone') }, 'unreadable'],
    ['a redirect', { status: 302, text: '' }, 'unreadable'],
    ['a web page', { status: 200, text: '<html>' }, 'unreadable'],
    ['nothing', { status: 200, text: '' }, 'unreadable'],
    ['a list of something else', { status: 200, json: page({ kind: 'NodeList' }) }, 'unreadable'],
  ])('%s: the list was not had', async (_, fault, why) => {
    const { reply } = await answerTo(later(fault));
    expect(reply).toMatchObject({ ok: false, why });
  });

  test.each<[string, Fault, string]>([
    ['the connection breaks', 'reset', 'unreachable'],
    ['the connection breaks in the middle', 'reset-mid-body', 'unreachable'],
    ['it stops in the middle', 'hang-mid-body', 'timed-out'],
  ])('%s', async (_, fault, why) => {
    expect((await answerTo(later(fault))).reply).toMatchObject({ ok: false, why });
  });
});

describe('pages', () => {
  const on = (json: unknown) => () => ({ status: 200, json }) as const;

  test.each<[string, object]>([
    ['of another kind', page({ kind: 'ServiceList' })],
    ['of no kind', page({ kind: undefined })],
    ['of the kind of an item', page({ kind: 'Pod' })],
    ['of any list', page({ kind: 'List' })],
    ['of another version', page({ apiVersion: 'v2' })],
    ['a Status with 200', status(200, '', '')],
    ['a Table', page({ kind: 'Table', rows: [] })],
    [
      'of metadata alone',
      page({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }),
    ],
    ['of another group', page({ apiVersion: 'metrics.k8s.io/v1beta1' })],
    ['with items that remain and no way to them', page({ metadata: { remainingItemCount: 3 } })],
    ['with a count of items that is no number', page({ metadata: { remainingItemCount: '3' } })],
    ['with a token that is no text', page({ metadata: { continue: 5 } })],
    ['with metadata that is none', page({ metadata: 'odd' })],
    ['without items', page({ items: undefined })],
    ['with items that are no list', page({ items: { a: 1 } })],
    ['with an item that is none', page({ items: [meta('a'), null] })],
    ['with an item without metadata', page({ items: [{}] })],
    ['with an item without a name', page({ items: [{ metadata: {} }] })],
    [
      'with an item of a namespace that is no text',
      page({ items: [{ metadata: { name: 'a', namespace: 1 } }] }),
    ],
    ['with an item of another namespace', page({ items: [meta('a', 'other')] })],
    ['with an item of no namespace', page({ items: [{ metadata: { name: 'a' } }] })],
    ['with an item of another kind', page({ items: [{ kind: 'Node', ...meta('a') }] })],
    ['with an item of another group', page({ items: [{ apiVersion: 'x.io/v1', ...meta('a') }] })],
    ['with the same item twice', page({ items: [meta('a'), meta('a')] })],
    ['with more than was asked for', page({ items: many.slice(0, 501) })],
  ])('%s, first or later', async (_, json) => {
    for (const fault of [on(json), later({ status: 200, json })])
      expect((await answerTo(fault)).reply).toMatchObject({ ok: false, why: 'unreadable' });
  });

  const json = { 'Content-Type': 'application/json' };
  const whole = JSON.stringify(page({}));
  const deep = whole.replace('"items":[', `"items":[{"a":${'['.repeat(5000)}${']'.repeat(5000)}},`);
  test.each<[string, Fault]>([
    ['a web page that calls itself JSON', { status: 200, text: '<html>', headers: json }],
    ['JSON that calls itself text', { status: 200, text: whole }],
    ['nothing that calls itself JSON', { status: 200, text: '', headers: json }],
    ['JSON that is cut off', { status: 200, text: whole.slice(0, -2), headers: json }],
    ['brackets', { status: 200, text: '['.repeat(100_000), headers: json }],
    ['an item 5,000 deep', { status: 200, text: deep, headers: json }],
  ])('that are %s', async (_, fault) => {
    expect((await answerTo(() => fault)).reply).toMatchObject({ ok: false, why: 'unreadable' });
  });

  test('a server may leave out the version and the metadata, and repeat the kind', async () => {
    const items = [{ kind: 'Pod', apiVersion: 'v1', ...meta('a') }, meta('b')];
    const bare = page({ apiVersion: undefined, metadata: undefined, items });
    expect((await answerTo(on(bare))).reply).toMatchObject({
      value: { items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }], more: false },
    });
  });

  test('an empty list may be null, and a page may be empty', async () => {
    expect((await answerTo(on(page({ items: null })))).reply).toMatchObject({
      value: { items: [], more: false },
    });
    const emptyFirst = (asked: Recorded): Fault => ({
      status: 200,
      json: asked.query.has('continue')
        ? page({})
        : page({ items: [], metadata: { continue: 'on' } }),
    });
    expect((await answerTo(emptyFirst)).reply).toMatchObject({
      ok: true,
      value: { items: [{ metadata: { name: 'a' } }] },
    });
  });

  test('that go round in a circle come to an end', async () => {
    let n = 0;
    const { reply, asked } = await answerTo(() => ({
      status: 200,
      json: page({ items: [meta(`p-${n++}`)], metadata: { continue: 'again' } }),
    }));
    expect(reply).toMatchObject({ ok: false, why: 'unreadable' });
    expect(asked).toBe(2);
  });

  test.each<[string, (n: number) => object]>([
    ['two tokens in turn', (n) => ({ items: [meta(`p-${n}`)], continue: String(n % 2) })],
    ['the same item each time', (n) => ({ items: [meta('a')], continue: String(n) })],
  ])('that go on with %s come to an end', async (_, nth) => {
    let n = 0;
    const { reply, asked } = await answerTo(() => {
      const { continue: token, ...rest } = nth(n++) as { readonly continue: string };
      return { status: 200, json: page({ ...rest, metadata: { continue: token } }) };
    });
    expect(reply).toMatchObject({ ok: false, why: 'unreadable' });
    expect(asked).toBeLessThan(5);
  });

  test('that are empty and never end come to an end', async () => {
    let n = 0;
    const { reply, asked } = await answerTo(() => ({
      status: 200,
      json: page({ items: [], metadata: { continue: `t-${n++}` } }),
    }));
    expect(reply).toMatchObject({ ok: false, why: 'unreadable' });
    expect(asked).toBeLessThan(50);
  });

  test('a page too large is asked for again in smaller ones', async () => {
    const wide = many.slice(0, 20).map((one) => ({ ...one, padding: 'x'.repeat(1024 * 1024) }));
    const fake = await startFake({ objects: wide });
    const reply = await ask(await openTo(fake), inShop);
    expect(reply.ok && reply.value.items).toHaveLength(20);
    expect(fake.requests.map((r) => r.query.get('limit'))).toEqual([
      '500',
      '50',
      '5',
      '5',
      '5',
      '5',
    ]);
  });
});

describe('a 404 on the first page', () => {
  const kinds = { ask: 'list', resource: virtualServices } as const;

  test.each<[string, Fault]>([
    ['a web page', { status: 404, text: '<html>', headers: { 'Content-Type': 'text/html' } }],
    ["another server's words", { status: 404, text: 'no such route' }],
    ['JSON of another', { status: 404, json: { error: 'not found' } }],
  ])('%s says nothing about the cluster', async (_, fault) => {
    const { reply } = await answerTo(() => fault, kinds);
    expect(reply).toMatchObject({ ok: false, why: 'unreadable' });
  });

  test.each<[number, string]>([
    [403, 'forbidden'],
    [401, 'unauthenticated'],
    [503, 'server-error'],
    [200, 'unreadable'],
  ])('with discovery %d it is not known whether there is such a kind', async (code, why) => {
    const { reply } = await answerTo(
      (asked) =>
        asked.path === '/apis/networking.istio.io' ? { status: code, json: {} } : undefined,
      kinds,
    );
    expect(reply).toMatchObject({ ok: false, why });
  });

  const group = '/apis/networking.istio.io';
  const versions = (name: string): Fault => ({
    status: 200,
    json: { kind: 'APIGroup', name, versions: [{ version: 'v1' }] },
  });
  const resources = (name: string): Fault => ({
    status: 200,
    json: {
      kind: 'APIResourceList',
      groupVersion: 'networking.istio.io/v1',
      resources: [{ name }],
    },
  });
  const html = { 'Content-Type': 'text/html' };
  const known = versions('networking.istio.io');
  test.each<[string, Readonly<Record<string, Fault>>, string]>([
    ['does not know the group', {}, 'absent'],
    ['has another kind only', { [group]: known, [`${group}/v1`]: resources('gateways') }, 'absent'],
    ['is a web page', { [group]: { status: 200, text: '<html>', headers: html } }, 'unreadable'],
    ['is of another group', { [group]: versions('example.com') }, 'unreadable'],
    ['hides the version', { [group]: known, [`${group}/v1`]: { status: 403 } }, 'forbidden'],
  ])('and discovery that %s', async (_, answers, why) => {
    const plain: Fault = { status: 404, text: '404 page not found\n' };
    const { reply } = await answerTo(({ path }) => answers[path] ?? plain, kinds);
    expect(reply).toMatchObject({ ok: false, why });
  });

  test('a server that has the kind and says 404 contradicts itself', async () => {
    const one = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'web', namespace: 'shop' },
    };
    const fake = await startFake({
      objects: [one],
      fault: ({ path }) =>
        path.endsWith('/virtualservices')
          ? { status: 404, text: '404 page not found\n' }
          : undefined,
    });
    expect(await ask(await openTo(fake), kinds)).toMatchObject({ ok: false, why: 'unreadable' });
  });
});

describe('one object', () => {
  const get = { ask: 'get', ref: { resource: pods, namespace: 'shop', name: 'web' } } as const;

  test.each<[string, object]>([
    ['another name', pod('other')],
    ['another namespace', pod('web', 'other')],
    ['another kind', { ...pod('web'), kind: 'Node' }],
    ['another group', { ...pod('web'), apiVersion: 'apps/v1' }],
    ['a list', page({})],
    ['a Status', status(200, '', 'ok')],
    ['no name', { ...pod('web'), metadata: { namespace: 'shop' } }],
    ['no metadata', { apiVersion: 'v1', kind: 'Pod' }],
  ])('%s is not what was asked for', async (_, json) => {
    const fake = await startFake({ fault: () => ({ status: 200, json }) });
    expect(await ask(await openTo(fake), get)).toMatchObject({ ok: false, why: 'unreadable' });
  });

  const ofOther = { ...status(404, 'NotFound', 'gone'), details: { name: 'other' } };
  const pathOnly: Fault = { status: 404, text: '404 page not found\n' };
  test.each<[string, Fault]>([
    ["in another server's words", { status: 404, text: 'no such host' }],
    ['in JSON of another', { status: 404, json: { error: 'not found' } }],
    ['about another object', { status: 404, json: ofOther }],
    ['about a path that discovery says there is', pathOnly],
  ])('a 404 %s is no absence', async (_, fault) => {
    const resources = {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [{ name: 'pods' }],
    };
    const fake = await startFake({
      fault: ({ path }) => (path === '/api/v1' ? { status: 200, json: resources } : fault),
    });
    expect(await ask(await openTo(fake), get)).toMatchObject({ ok: false, why: 'unreadable' });
  });
});

test('answers of another kind are unreadable, whatever was asked', async () => {
  const fake = await startFake({ fault: () => ({ status: 200, json: page({}) }) });
  const connection = await openTo(fake);
  const of = { namespace: 'shop', name: 'web' };
  for (const question of [
    { ask: 'logs', pod: of, container: 'a', tailLines: 5 },
    { ask: 'server' },
    { ask: 'whoami' },
    { ask: 'rules', namespace: 'shop' },
    { ask: 'can-i', access: { verb: 'list', resource: 'pods', namespace: 'shop' } },
  ] as const)
    expect(await ask(connection, question), question.ask).toMatchObject({
      ok: false,
      why: 'unreadable',
    });
});
