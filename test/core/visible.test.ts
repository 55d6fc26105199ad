// What is unseen is shown: in prose, in JSON, in a document that is put back.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kubectl, shell } from '../../src/core/command.ts';
import { putBack } from '../../src/core/fix.ts';
import { jsonText, safeText, visible } from '../../src/core/text.ts';
import { line } from '../../src/report/view.ts';
import { hostile, unseen, unseenIn } from '../helpers/unseen.ts';

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...unseen.flatMap(({ all }) => [all[0] ?? '', all.at(-1) ?? '']), '\n', '\t'),
);
const texts = fc.array(anything, { maxLength: 12 }).map((all) => all.join('x'));

describe('text', () => {
  test.each(unseen)('$name', ({ all }) => {
    for (const char of all) {
      expect(unseenIn(safeText(`a${char}b`))).toBeUndefined();
      expect(JSON.parse(`"${visible(`a${char}b`)}"`)).toBe(`a${char}b`);
    }
  });

  test.each(['a\nb\tc', 'naïve Å 日本語 🙂 ± é', '"\\\'`$', '10 % · …'])(
    '%j stays as it is',
    (text) => {
      expect(safeText(text)).toBe(text);
    },
  );

  test('the colours of a log line are dropped, what else it does to a terminal is shown', () => {
    expect(safeText('\x1b[1;31mred\x1b[0m\x1b[K\r\n\x1b[2J')).toBe('red\n\\u001b[2J');
  });

  test('property: nothing unseen is left, and what is allowed stays', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(unseenIn(safeText(text))).toBeUndefined();
        expect(visible(visible(text))).toBe(visible(text));
        expect(visible(`\x1b[1m${text}`, /\x1b\[1m/u).startsWith('\x1b[1m')).toBe(true);
      }),
    );
  });
});

test('property: JSON parses back to the same value and holds nothing unseen', () => {
  fc.assert(
    fc.property(fc.dictionary(texts, texts, { noNullPrototype: true }), (value) => {
      for (const indent of [undefined, 2]) {
        const text = jsonText(value, indent);
        expect(unseenIn(text)).toBeUndefined();
        expect(JSON.parse(text)).toEqual(value);
      }
    }),
  );
});

describe('a document that is put back', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { note: hostile } },
    data: { [`key${hostile}`]: hostile, lines: 'a\nEOF\n$(id) `id` \'"\\\\' },
  };

  test('is what it was, character by character', () => {
    const undo = putBack(object);
    const text = 'run' in undo ? line(undo.run, {}) : '';
    expect(unseenIn(text)).toBeUndefined();
    const [, body = ''] = /<<'EOF'\n([^]*)\nEOF$/.exec(text) ?? [];
    expect(JSON.parse(body)).toEqual(object);
    const sent = execFileSync('sh', ['-c', text.replace('kubectl apply -f -', 'cat')]);
    expect(JSON.parse(sent.toString())).toEqual(object);
  });

  test('so is a patch', () => {
    const patch = { spec: { note: `\u202e\x7f\x9b\u{e0041}'` } };
    const text = line(kubectl`patch x y -p ${JSON.stringify(patch)}`, {});
    expect(unseenIn(text)).toBeUndefined();
    const sent = execFileSync('sh', ['-c', text.replace('kubectl patch x y -p', 'printf %s')]);
    expect(JSON.parse(sent.toString())).toEqual(patch);
  });

  test.each(['EOF', 'a\nEOF\nEOF2\nb', 'EOF2\nEOF'])('%j does not end it', (stdin) => {
    const text = shell({ ...kubectl`apply -f -`, stdin: `${stdin}\ntouch no` });
    const sent = execFileSync('sh', ['-c', text.replace('kubectl apply -f -', 'cat')]);
    expect(sent.toString()).toBe(`${stdin}\ntouch no\n`);
  });
});
