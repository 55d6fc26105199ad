// The promise to programs: the document fits its schema, and YAML says the same.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { json } from '../../src/report/json.ts';
import { yaml } from '../../src/report/yaml.ts';
import { plain } from './build.ts';
import { awkward, incidents, rejected, several } from './incidents.ts';

const file = new URL('../../src/report/diagnosis.schema.json', import.meta.url);
const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));

/** The published schema lets later versions add keys; here a key it does not know is a mistake. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, closed(v)]));
  return 'properties' in copy && copy['type'] === 'object'
    ? { ...copy, additionalProperties: false }
    : copy;
}

const ajv = new Ajv2020({ allErrors: true });
const valid = ajv.compile(closed(schema) as object);
const all = { ...incidents, several };

test.each(Object.entries(all))('%s fits the schema', (_, given) => {
  const ds = Array.isArray(given) ? given : [given];
  valid(JSON.parse(json(ds, plain, [{ at: '2026-03-04T09:20:00Z', says: 'restarted it' }])));
  expect(valid.errors).toBeNull();
});

test('the schema refuses what it should', () => {
  const document = JSON.parse(json([rejected], plain)) as { diagnoses: { verdict: string }[] };
  for (const d of document.diagnoses) d.verdict = 'fine';
  expect(valid(document)).toBe(false);
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
  expect(json([awkward], { color: true, width: 20, unicode: false, verbose: true })).toBe(
    json([awkward], plain),
  );
  expect(valid(JSON.parse(json([], plain)))).toBe(true);
});
