// What no API server answers is not believed.
import { describe, expect, test } from 'vitest';
import { answered, failed, type Ask, type Reply } from '../../src/core/ports.ts';
import type { KubeObject } from '../../src/core/object.ts';
import type { Listed, ListQuestion } from '../../src/core/question.ts';
import { believe } from '../../src/ports/believe.ts';

const signal = new AbortController().signal;
const pods = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const rules = { ...pods, group: 'networking.istio.io', plural: 'sidecars', kind: 'Sidecar' };
const pod = (name: string, namespace = 'shop', kind = 'Pod'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
});

function list(reply: Reply<Listed>, more: Partial<ListQuestion> = {}) {
  const ask: Ask = () => Promise.resolve(reply as never);
  return believe(ask)({ ask: 'list', resource: pods, namespace: 'shop', ...more }, signal);
}
const items = (...all: KubeObject[]) => answered({ items: all, more: false });

describe('a list', () => {
  test('of what was asked for is passed on', async () => {
    const good = items(pod('a'), pod('b'));
    expect(await list(good)).toBe(good);
    const anywhere = items(pod('a'), pod('b', 'other'));
    expect(await list(anywhere, { namespace: undefined })).toBe(anywhere);
    expect(await list(failed('forbidden', 'may not'))).toMatchObject({ why: 'forbidden' });
  });

  test.each([
    ['of another kind', items(pod('a'), pod('b', 'shop', 'Secret'))],
    ['of another namespace', items(pod('a'), pod('b', 'other'))],
    ['that ends before its end', answered({ items: [pod('a')], more: true })],
    ['of a kind that every server has, and this one has not', failed('absent', 'no pods')],
  ])('%s is not', async (_, reply) => {
    expect(await list(reply)).toMatchObject({ ok: false, why: 'unreadable' });
  });

  test('may be cut where only a part was asked for, and may be of a kind that is not there', async () => {
    expect(await list(answered({ items: [pod('a')], more: true }), { limit: 1 })).toMatchObject({
      ok: true,
    });
    expect(await list(failed('absent', 'no sidecars'), { resource: rules })).toMatchObject({
      why: 'absent',
    });
  });
});

test('an object is the one that was asked for, or is not there', async () => {
  const get = (reply: Reply<KubeObject>) => {
    const ask: Ask = () => Promise.resolve(reply as never);
    const ref = { resource: pods, namespace: 'shop', name: 'a' };
    return believe(ask)({ ask: 'get', ref }, signal);
  };
  expect(await get(answered(pod('a')))).toMatchObject({ ok: true });
  expect(await get(answered(pod('b')))).toMatchObject({ why: 'unreadable' });
  expect(await get(answered(pod('a', 'shop', 'Secret')))).toMatchObject({ why: 'unreadable' });
  expect(await get(failed('absent', 'none'))).toMatchObject({ why: 'absent' });
});
