// The promise to programs: the document fits its schema, and YAML says the same.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { schemas } from '../../src/cli/schemas.ts';
import { json } from '../../src/report/json.ts';
import { yaml } from '../../src/report/yaml.ts';
import { checker } from '../helpers/schema.ts';
import { plain } from './build.ts';
import { awkward, incidents, rejected, several } from './incidents.ts';

const wrong = checker(schemas['json']);
const all = { ...incidents, several };

test.each(Object.entries(all))('%s fits the schema', (_, given) => {
  const ds = Array.isArray(given) ? given : [given];
  const notes = [{ at: '2026-03-04T09:20:00Z', says: 'restarted it' }];
  expect(wrong(JSON.parse(json(ds, plain, notes)))).toEqual([]);
});

test('the schema refuses what it should', () => {
  const document = JSON.parse(json([rejected], plain)) as { diagnoses: { verdict: string }[] };
  for (const d of document.diagnoses) d.verdict = 'fine';
  expect(wrong(document)).not.toEqual([]);
});

test.each(Object.entries(all))('%s is the same document in YAML', (_, given) => {
  const ds = Array.isArray(given) ? given : [given];
  expect(parse(yaml(ds, plain))).toEqual(JSON.parse(json(ds, plain)));
});

test('a command is there twice: as words and as the line to paste', () => {
  const [d] = (
    JSON.parse(json([rejected], plain)) as { diagnoses: { evidence: { byHand: unknown }[] }[] }
  ).diagnoses;
  expect(d?.evidence[0]?.byHand).toEqual({
    argv: ['istioctl', 'proxy-status'],
    shell: 'istioctl --context prod-eu1 proxy-status',
  });
});

test('no style changes it, and a run without a target is still a document', () => {
  expect(
    json([awkward], { color: true, width: 20, height: 24, unicode: false, verbose: true }),
  ).toBe(json([awkward], plain));
  expect(wrong(JSON.parse(json([], plain)))).toEqual([]);
});
