// Objects and lists of them.
import { describe, expect, test } from 'vitest';
import { status, type Fault } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, pod, pods, startFake, virtualServices } from './open.ts';

const many = Array.from({ length: 1200 }, (_, i) =>
  pod(`p-${i}`, i % 2 ? 'shop' : 'plain', { n: String(i) }),
);
const list = { ask: 'list', resource: pods } as const;

describe('lists', () => {
  test('come in pages of 500, every item with its kind and all of its fields', async () => {
    const fake = await startFake({ objects: many });
    const reply = await ask(await openTo(fake), list);
    expect(fake.requests.map((r) => [r.query.get('limit'), r.query.get('continue')])).toEqual([
      ['500', null],
      ['500', '500'],
      ['500', '1000'],
    ]);
    expect(reply.ok && reply.value.items).toEqual(many);
    expect(reply).toMatchObject({ value: { more: false } });
  });

  test('stop at the limit and say that there is more', async () => {
    const fake = await startFake({ objects: many });
    const connection = await openTo(fake);
    const some = await ask(connection, { ...list, limit: 700 });
    expect(some).toMatchObject({ ok: true, value: { more: true } });
    expect(some.ok && some.value.items).toHaveLength(700);
    expect(fake.requests.map((r) => r.query.get('limit'))).toEqual(['500', '200']);
    expect(await ask(connection, { ...list, limit: 1200 })).toMatchObject({
      value: { more: false },
    });
  });

  test('take selectors and a namespace', async () => {
    const fake = await startFake({ objects: many });
    const question = { ...list, namespace: 'shop', labels: 'n=7', fields: 'metadata.name=p-7' };
    expect(await ask(await openTo(fake), question)).toMatchObject({
      value: { items: [{ metadata: { name: 'p-7' } }] },
    });
    expect(fake.requests[0]?.path).toBe('/api/v1/namespaces/shop/pods');
  });

  test('may be empty', async () => {
    const fake = await startFake({ resources: ['v1/pods'] });
    expect(await ask(await openTo(fake), list)).toEqual({
      ok: true,
      value: { items: [], more: false },
    });
  });

  test('start again when they expire, the last time without pages', async () => {
    let expiries = 1;
    const fault = (r: { query: URLSearchParams }): Fault | undefined =>
      r.query.has('continue') && expiries-- > 0
        ? { status: 410, json: status(410, 'Expired', '') }
        : undefined;
    const fake = await startFake({ objects: many, fault });
    const connection = await openTo(fake);
    const once = await ask(connection, list);
    expect(once.ok && once.value.items).toHaveLength(1200);
    expiries = Infinity;
    const always = await ask(connection, list);
    expect(always.ok && always.value.items).toHaveLength(1200);
    expect(fake.requests.at(-1)?.query.get('limit')).toBeNull();
  });

  test('a resource the server does not have is absent', async () => {
    const fake = await startFake();
    expect(await ask(await openTo(fake), { ask: 'list', resource: virtualServices })).toEqual({
      ok: false,
      why: 'absent',
      detail: 'the server has no virtualservices.networking.istio.io',
    });
  });

  test('a resource served in another version only is found there', async () => {
    const old = {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      metadata: { name: 'web', namespace: 'shop' },
    };
    const fake = await startFake({ objects: [old] });
    const connection = await openTo(fake);
    expect(await ask(connection, { ask: 'list', resource: virtualServices })).toEqual({
      ok: true,
      value: { items: [old], more: false },
    });
    const ref = { resource: virtualServices, namespace: 'shop', name: 'web' };
    expect(await ask(connection, { ask: 'get', ref })).toMatchObject({ ok: true, value: old });
  });
});

describe('one object', () => {
  const get = (name: string) =>
    ({ ask: 'get', ref: { resource: pods, namespace: 'shop', name } }) as const;

  test('is plain JSON with every field', async () => {
    const web = pod('web');
    const fake = await startFake({ objects: [web] });
    expect(await ask(await openTo(fake), get('web'))).toEqual({ ok: true, value: web });
  });

  test('is absent, or not what was asked for', async () => {
    const fake = await startFake({
      objects: [pod('web')],
      fault: (r) =>
        r.path.endsWith('/odd') ? { status: 200, json: { kind: 'PodList', items: [] } } : undefined,
    });
    const connection = await openTo(fake);
    expect(await ask(connection, get('gone'))).toEqual({
      ok: false,
      why: 'absent',
      detail: 'no Pod named gone',
    });
    expect(await ask(connection, get('odd'))).toMatchObject({ ok: false, why: 'unreadable' });
  });

  test('is never asked for without a name: that would be a list', async () => {
    const fake = await startFake({ objects: [pod('web')] });
    const connection = await openTo(fake);
    expect(await ask(connection, get(''))).toMatchObject({ ok: false, why: 'bug' });
    expect(await ask(connection, get('..'))).toMatchObject({ ok: false, why: 'bug' });
    const nowhere = { ask: 'get', ref: { resource: pods, name: 'web' } } as const;
    expect(await ask(connection, nowhere)).toMatchObject({ ok: false, why: 'bug' });
    await ask(connection, get('a/b'));
    expect(fake.requests.map((r) => r.path)).toEqual(['/api/v1/namespaces/shop/pods/a%2Fb']);
  });
});

test('the version of the server', async () => {
  const fake = await startFake();
  expect(await ask(await openTo(fake), { ask: 'server' })).toEqual({
    ok: true,
    value: { gitVersion: 'v1.33.4', date: expect.any(Number) as number },
  });
});
