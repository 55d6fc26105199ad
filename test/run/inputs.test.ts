// From the words and flags of a command line to what a runbook is given.
import { describe, expect, test } from 'vitest';
import { checkWords, type Flags } from '../../src/run/check-words.ts';
import { resolveInputs } from '../../src/run/inputs.ts';
import { input, usageOf, type Inputs } from '../../src/core/input.ts';
import { never, portsOf } from '../facts/kube/world.ts';

function head(inputs: Inputs) {
  return { id: 'toy', title: 'Toy', symptom: 'none', input: inputs, findings: {} };
}
const onePod = head({ pod: input.pod('a pod') });
const onePlace = head({ where: input.place('a place') });
const anywhere = head({ where: input.anywhere('a place, or the mesh') });
const request = head({
  src: input.caller('who calls'),
  dst: input.destination('what is called'),
  path: input.option('the path', { pattern: /^\//, says: 'a path begins with /' }),
  header: input.options('a header'),
});

describe('words that are wrong before a cluster is asked', () => {
  const says = (inputs: typeof onePod, words: readonly string[], flags: Flags = {}) =>
    checkWords(inputs, words, flags)?.says ?? '';
  test.each([
    [onePod, [], {}, /name a target: meshdoc diagnose toy <pod>$/],
    [anywhere, [], {}, /^$/],
    [request, [], {}, /\[src\] <dst>\[:port\] \[--path <path>\] \[--header <header>\]\.\.\.$/],
    [request, ['a', 'b', 'c'], {}, /toy takes at most 2 names, not 3/],
    [onePod, ['a'], { path: '/x' }, /toy takes no --path/],
    [request, ['a'], { path: 'x' }, /--path "x": a path begins with \//],
    [request, ['a', 'b'], { path: '/x', header: ['a: b'] }, /^$/],
    [onePod, ['a', 'b', 'c'], {}, /^$/],
  ] as const)('%#', (inputs, words, flags, wanted) => {
    expect(says(inputs, words, flags)).toMatch(wanted);
  });
});

async function aims(inputs: typeof onePod, words: readonly string[], flags: Flags = {}) {
  const where = { ports: portsOf(), namespace: 'default', signal: never, id: 'toy' };
  const found = await resolveInputs(inputs, words, flags, where);
  return found.ok ? found : { ok: false, aims: [], notes: [found.refusal.says] };
}

describe('what a runbook is given', () => {
  test('each pod of a workload is an aim, each once', async () => {
    const { aims: all } = await aims(onePod, ['web.shop', 'shop/web-5fcd7-aaaaa']);
    expect(all.map((aim) => [aim.target, aim.words])).toEqual([
      ['shop/web-5fcd7-aaaaa', ['shop/web-5fcd7-aaaaa']],
      ['shop/web-5fcd7-bbbbb', ['shop/web-5fcd7-bbbbb']],
    ]);
    expect(all[0]?.values).toEqual({ pod: { namespace: 'shop', name: 'web-5fcd7-aaaaa' } });
  });

  test('no word at all is the whole mesh, where a runbook takes that', async () => {
    const { aims: all } = await aims(anywhere, []);
    expect(all).toEqual([{ target: 'the mesh', words: [], values: { where: undefined } }]);
    expect((await aims(anywhere, ['web.shop'])).aims[0]?.target).toBe('deployment/web.shop');
    expect(usageOf('toy', anywhere.input)).toBe('meshdoc diagnose toy [where]');
  });

  test('a place is one aim, whatever runs there', async () => {
    const { aims: all } = await aims(onePlace, ['web.shop']);
    expect(all.map((aim) => aim.target)).toEqual(['deployment/web.shop']);
    expect(all[0]?.values).toMatchObject({ where: { is: 'workload', name: 'web' } });
  });

  test('a caller and a destination are one aim, with flags of their own', async () => {
    const found = await aims(request, ['shop/legacy', 'svc/web.shop:80'], { path: '/a' });
    expect(found.aims).toMatchObject([
      {
        target: 'shop/legacy to svc/web.shop:80',
        words: ['shop/legacy', 'svc/web.shop:80'],
        values: {
          src: { namespace: 'shop', name: 'legacy' },
          dst: { pod: { name: 'web-5fcd7-aaaaa' }, port: 80, service: { name: 'web' } },
          path: '/a',
          header: [],
        },
      },
    ]);
    expect(found.notes).toEqual([
      '2 pods; looked at shop/web-5fcd7-aaaaa: name one to look at another',
    ]);
  });

  test('a destination alone has no caller', async () => {
    const found = await aims(request, ['shop/legacy'], { header: 'a: b\nc: d' });
    expect(found.aims[0]?.values).toMatchObject({ src: undefined, header: ['a: b', 'c: d'] });
  });

  test('the words of an aim name it again', async () => {
    for (const [inputs, words] of [
      [onePod, ['web.shop']],
      [onePlace, ['shop']],
      [request, ['web.shop', 'front.shop:80']],
    ] as const) {
      const [first] = (await aims(inputs, words)).aims;
      const again = await aims(inputs, first?.words ?? []);
      expect(again.aims[0]?.target).toBe(first?.target);
    }
  });
});

test('usage shows what may be left out', () => {
  expect(usageOf('stale', onePod.input)).toBe('meshdoc diagnose stale <pod>');
});
