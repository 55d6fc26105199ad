// The lists of a saved case are held to what those of a server are: what no server can have sent is a gap.
import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/core/object.ts';
import type { ListQuestion } from '../../src/core/question.ts';
import { namespaces, pods } from '../../src/facts/kube/kinds.ts';
import { guard } from '../../src/guard/guard.ts';
import type { CaseFile } from '../../src/snapshot/case.ts';
import { replay } from '../../src/snapshot/replay.ts';

const never = new AbortController().signal;
const inShop = { ask: 'list', resource: pods, namespace: 'shop' } as const;
const everywhere = { ask: 'list', resource: pods } as const;

const pod = (name: string, inside?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    ...(inside === undefined ? {} : { namespace: inside }),
    creationTimestamp: '2026-11-21T08:00:00Z',
  },
});
const namespace = (name: string, inside?: string): KubeObject => ({
  ...pod(name, inside),
  kind: 'Namespace',
});

function answerTo(
  question: ListQuestion,
  objects: readonly KubeObject[],
  more: Partial<CaseFile> = { complete: true },
) {
  const file: CaseFile = {
    ...{ meshdoc: 1, runbook: 'stale', input: {}, now: '2026-11-21T08:00:00Z' },
    ...{ complete: false, ...more },
  };
  return guard(replay({ file, objects, answers: [] }).ask)(question, never);
}

test.each<[string, ListQuestion, readonly KubeObject[], string]>([
  [
    'the same object twice',
    inShop,
    [pod('a', 'shop'), pod('a', 'shop')],
    'it names the same Pod twice',
  ],
  [
    'an object without a namespace',
    everywhere,
    [pod('a', 'shop'), pod('b')],
    'it has a Pod without a namespace',
  ],
  [
    'an object that could be of any namespace',
    inShop,
    [pod('a', 'shop'), pod('b')],
    'it has a Pod without a namespace',
  ],
  [
    'an object of the cluster in a namespace',
    { ask: 'list', resource: namespaces },
    [namespace('shop', 'shop')],
    'it has a Namespace in a namespace',
  ],
])('%s', async (_, question, objects, says) => {
  expect(await answerTo(question, objects)).toEqual({
    ok: false,
    why: 'unreadable',
    detail: `the saved list of ${question.resource.plural} cannot be right: ${says}`,
  });
});

test('only a list with a limit may say that more remains', async () => {
  const objects = [pod('a', 'shop'), pod('b', 'shop')];
  expect(await answerTo(inShop, objects, { asked: ['list pods -n shop (more)'] })).toEqual({
    ok: false,
    why: 'unreadable',
    detail: 'the saved list of pods cannot be right: more items remain, but it has no limit',
  });
  const asked = ['list pods -n shop --limit 2 (more)'];
  expect(await answerTo({ ...inShop, limit: 2 }, objects, { asked })).toMatchObject({
    value: { more: true },
  });
});

test('a fault of one kind is none of another, and one object may be in many lists', async () => {
  const objects = [pod('a', 'shop'), pod('a', 'other'), namespace('shop', 'shop')];
  expect(await answerTo(inShop, objects)).toMatchObject({
    value: { items: [{ metadata: { name: 'a', namespace: 'shop' } }], more: false },
  });
  expect(await answerTo(everywhere, objects)).toMatchObject({ ok: true });
});
