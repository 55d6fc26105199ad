// Words and figures as a person reads them, and words that a shell takes back as they were.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { words } from '../../src/core/argv.ts';
import { during, kubectl, needsPosix, piped, quote, shell } from '../../src/core/command.ts';
import { putBack } from '../../src/core/fix.ts';
import { farness, near } from '../../src/core/near.ts';
import { age, count, fill, listed, safeText } from '../../src/core/text.ts';

/** What a shell makes of a line: each word behind `printf`, one behind another, parted by NUL. */
function shellWords(line: string): readonly string[] {
  const out = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

describe('quote', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom("'", "''", '"', '$HOME', '`id`', '\\', '*', '~', '', ' ', '\n', ';', '-n', '!'),
  );
  // The kernel hands no NUL to a program, and half a surrogate is no UTF-8.
  const usable = word.filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));

  test('property: a shell takes every word back as it was', () => {
    fc.assert(
      fc.property(fc.array(usable, { minLength: 1, maxLength: 60 }), (all) => {
        expect(shellWords(all.map(quote).join(' '))).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  test('a here-document reaches the program, before the pipe', () => {
    const command = { ...kubectl`apply -f -`, stdin: `{"a":"it's $HOME"}` };
    const line = shell(piped(command, words`grep ${'a b'}`), { context: 'x' });
    expect(line).toBe(
      `kubectl --context x apply -f - <<'EOF' | grep 'a b'\n{"a":"it's $HOME"}\nEOF`,
    );
    const fake = line.replace(/^kubectl \S+ \S+ apply -f -/, 'cat').replace(` | grep 'a b'`, '');
    expect(execFileSync('sh', ['-c', fake], { encoding: 'utf8' })).toBe(`{"a":"it's $HOME"}\n`);
  });

  test('what fish does not take is told', () => {
    const forward = during(kubectl`port-forward a 1`, words`curl x`);
    const document = { ...kubectl`apply -f -`, stdin: '{}' };
    expect([forward, document, kubectl`get pods`].map(needsPosix)).toEqual([true, true, false]);
  });

  test.each([
    [String.raw`a\\b`, String.raw`'a'\\\\'b'`],
    [String.raw`\d`, String.raw`'\d'`],
    ['a\\', "'a'\\\\''"],
    ["\\'", "''\\\\''\\'''"],
    ['=ls', "'=ls'"],
    ['%self', "'%self'"],
    ['a=%b', 'a=%b'],
  ])('%s as every shell reads it', (word, quoted) => {
    expect(shellWords(quote(word))).toEqual([word]);
    expect(quote(word)).toBe(quoted);
  });

  test('so is it behind a pipe', () => {
    const made = kubectl`create configmap a --dry-run=client -o yaml`;
    expect(shell(piped(made, words`kubectl replace -f -`), { context: 'x' })).toBe(
      'kubectl --context x create configmap a --dry-run=client -o yaml | kubectl --context x replace -f -',
    );
  });

  test('what a port-forward is for is asked beside it, and then it ends', () => {
    const forward = kubectl`port-forward a 8443:8443`;
    const line = shell(
      piped(during(forward, words`openssl s_client ${'x y'}`), words`grep ${'a b'}`),
      {
        context: 'x',
      },
    );
    expect(line).toBe(
      "kubectl --context x port-forward a 8443:8443 >/dev/null & sleep 2; openssl s_client 'x y' </dev/null | grep 'a b'; kill $!",
    );
    const fake = line
      .replace(/^kubectl [^>]+/, 'sleep 100 ')
      .replace('sleep 2', 'sleep 0')
      .replace(`openssl s_client 'x y'`, 'echo a b')
      .concat('; wait $! 2>/dev/null; echo $?');
    expect(execFileSync('sh', ['-c', fake], { encoding: 'utf8' })).toBe('a b\n143\n');
  });

  test('the same cluster is reached', () => {
    const reach = { context: 'a b', kubeconfig: '/x', as: 'me', asGroups: ['g', 'h'] };
    expect(shell(kubectl`get pods`, reach)).toBe(
      "kubectl --kubeconfig /x --context 'a b' --as me --as-group g --as-group h get pods",
    );
  });
});

describe('text', () => {
  test.each([
    [-5, '0s'],
    [400, '0s'],
    [59_400, '59s'],
    [60_000, '1m'],
    [439_000, '7m19s'],
    [3_600_000, '1h'],
    [11_040_000, '3h4m'],
    [86_400_000, '1d'],
    [183_600_000, '2d3h'],
  ])('age of %d ms is %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });

  test('count and listed', () => {
    expect([count(1, 'proxy', 'proxies'), count(0, 'proxy', 'proxies')]).toEqual([
      '1 proxy',
      '0 proxies',
    ]);
    expect(count(12_345, 'pod')).toBe('12,345 pods');
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  test('fill takes each slot, once, and never what a value holds', () => {
    expect(fill('{a} and {b}', { a: '{b}', b: '$&' })).toBe('{b} and $&');
    expect(() => fill('{a}', {})).toThrow(/no value for the slot {a}/);
  });

  test('property: no control character is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
    expect(safeText('\x1b[31mred\x1b[0m\tkept\n')).toBe('red\tkept\n');
  });
});

describe('near', () => {
  test.each([
    ['web-5fcd744f86-aaaaa', ['web-5fcd744f86-j6vtr', 'db-0'], ['web-5fcd744f86-j6vtr']],
    ['stael', ['stale', 'oom'], ['stale']],
    ['x', ['completely-different'], []],
  ])('%s', (wanted, known, found) => {
    expect(near(wanted, known)).toEqual(found);
  });

  test('at most three, the closest first', () => {
    expect(near('abcd', ['abxy', 'abcx', 'abcd', 'bbcd', 'abce'])).toEqual([
      'abcd',
      'abce',
      'abcx',
    ]);
  });

  test('property: farness is a distance', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(farness(a, a)).toBe(0);
        expect(farness(a, b)).toBe(farness(b, a));
        expect(farness(a, c)).toBeLessThanOrEqual(farness(a, b) + farness(b, c));
      }),
    );
  });
});

describe('putting back', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'x', uid: 'u', generation: 3, resourceVersion: '7' },
    spec: { a: 1 },
    status: {},
  };

  test('without what the server owns', () => {
    const undo = putBack(object);
    expect('run' in undo && JSON.parse(undo.run.stdin ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x' },
      spec: { a: 1 },
    });
  });

  test('never with a part that is hidden', () => {
    expect(putBack({ ...object, spec: { a: '[hidden #1]' } })).toHaveProperty('because');
  });
});
