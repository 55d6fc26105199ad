// What a list has told is not asked for by name.
import { expect, test } from 'vitest';
import { answered, failed, type Ask, type Reply } from '../../src/core/ports.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { deployments, namespaces, pods } from '../../src/facts/kube/kinds.ts';
import { told } from '../../src/ports/told.ts';

const never = new AbortController().signal;
const web = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
const list = { ask: 'list', resource: pods, namespace: 'shop' } as const;
const get = (name: string, namespace: string, resource = pods) =>
  ({ ask: 'get', ref: { resource, name, namespace } }) as const;

function asking(listed: Reply<unknown> = answered({ items: [web], more: false })) {
  const asked: string[] = [];
  const ask = (question: Question) => {
    asked.push(questionText(question));
    return Promise.resolve(question.ask === 'list' ? listed : failed('absent', 'none'));
  };
  return { ask: told(ask as unknown as Ask), asked };
}

test('a pod that was listed is known', async () => {
  const { ask, asked } = asking();
  await ask(list, never);
  expect(await ask(get('web', 'shop'), never)).toEqual(answered(web));
  expect(asked).toEqual(['list pods -n shop']);
});

test.each([
  ['of another name', get('cart', 'shop')],
  ['of another namespace', get('web', 'other')],
  ['of another kind', get('web', 'shop', deployments)],
])('%s is asked for', async (_, question) => {
  const { ask, asked } = asking();
  await ask(list, never);
  expect(await ask(question, never)).toMatchObject({ ok: false });
  expect(asked).toHaveLength(2);
});

test('what has no namespace goes by its name', async () => {
  const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  const { ask } = asking(answered({ items: [shop], more: false }));
  await ask({ ask: 'list', resource: namespaces }, never);
  const found = await ask({ ask: 'get', ref: { resource: namespaces, name: 'shop' } }, never);
  expect(found).toEqual(answered(shop));
});

test('a list that failed tells nothing', async () => {
  const { ask, asked } = asking(failed('forbidden', 'no'));
  await ask(list, never);
  await ask(get('web', 'shop'), never);
  expect(asked).toHaveLength(2);
});
