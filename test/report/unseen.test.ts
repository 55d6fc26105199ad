// Whatever a cluster, a case or a config says, no format prints what a reader cannot see; JSON and YAML mean the same.
import { parse } from 'yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { renderComparison } from '../../src/report/compare.ts';
import { document } from '../../src/report/document.ts';
import { formats, render, type Format } from '../../src/report/formats.ts';
import { yamlText } from '../../src/report/yaml-text.ts';
import { hostile, unseen, unseenIn } from '../helpers/unseen.ts';
import { incidents } from './incidents.ts';

const style = { color: false, width: 100, height: 24, unicode: true, verbose: true };

/** With the text behind every string that is read by a person; ids and times stay what they are. */
function poisoned(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]),
    );
  return typeof value === 'string' && !kept.has(key) ? `${value} ${hostile}` : value;
}
const kept = new Set(
  'id code role is why risk verdict runbook evidence at started recorded cut codes see stdin'.split(
    ' ',
  ),
);
const bad = poisoned([incidents.rejected, incidents.awkward]) as readonly Diagnosis[];

describe.each(Object.keys(formats) as Format[])('-o %s', (format) => {
  test('holds nothing unseen', async () => {
    const notes = [{ at: '2026-01-01T00:00:00Z', says: hostile }];
    const text = await render(format, bad, style, notes);
    expect(unseenIn(text)).toBeUndefined();
    expect(text.length).toBeGreaterThan(500);
  });

  test('in colour, only colours of ours', async () => {
    const text = await render(format, bad, { ...style, color: true });
    expect(unseenIn(text.replace(/\x1b\[(?:[12]|22|3[1-69])m/g, ''))).toBeUndefined();
  });

  test('so is a comparison', async () => {
    const text = await renderComparison(format, compare(bad, bad), style);
    expect(unseenIn(text)).toBeUndefined();
  });
});

test('JSON and YAML parse back to what the document was', async () => {
  const wanted = document(bad);
  expect(JSON.parse(await render('json', bad, style))).toEqual(wanted);
  expect(parse(await render('yaml', bad, style))).toEqual(wanted);
});

test('property: YAML parses back, keys too', () => {
  const odd = fc.constantFrom(
    ...unseen.flatMap(({ all }) => [all[0] ?? '', all.at(-1) ?? '']),
    ...['\\', '\\u202e', '\\\\ud83d\\ude00', '"', "'", '\n', ': ', '- ', '#', '🙂'],
  );
  const text = fc.array(fc.oneof(odd, fc.string()), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(fc.dictionary(text, fc.array(text), { noNullPrototype: true }), (value) => {
      const printed = yamlText(value);
      expect(unseenIn(printed)).toBeUndefined();
      expect(parse(printed)).toEqual(value);
    }),
  );
});
