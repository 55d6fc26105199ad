// `meshdoc compare` on recorded cases, in every format.
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { comparisonOutputs } from '../../src/cli/options.ts';
import { schemas } from '../../src/cli/schemas.ts';
import { cli } from '../helpers/fake-io.ts';
import { checker } from '../helpers/schema.ts';
import { root } from '../helpers/sources.ts';

const at = (name: string) => join(root, 'test/scenarios/stale', name);
const compare = (before: string, after: string, ...more: string[]) =>
  cli(['compare', at(before), at(after), ...more]);

describe('exit codes', () => {
  test.each([
    ['rejected-envoyfilter', 'healthy', 0, /resolved/],
    ['rejected-envoyfilter', 'frozen', 3, /a different problem now/],
    ['rejected-envoyfilter', 'rejected-envoyfilter', 3, /not resolved/],
    ['healthy', 'frozen', 3, /a new problem/],
    ['healthy', 'healthy', 0, /healthy, as before/],
    ['rejected-envoyfilter', 'denied-istio-system', 4, /unknown/],
  ])('%s, then %s: %d', async (before, after, code, says) => {
    const done = await compare(before, after);
    expect(done.code).toBe(code);
    expect(done.out).toMatch(says);
  });
});

test.each(comparisonOutputs)('as %s', async (format) => {
  const { out, code } = await compare('rejected-envoyfilter', 'frozen', '-o', format);
  expect(code).toBe(3);
  await expect(out).toMatchFileSnapshot(
    `golden/compare.${format}.${format === 'ticket' ? 'md' : 'txt'}`,
  );
});

test('JSON and YAML are one document, and say what a program needs', async () => {
  const json = JSON.parse((await compare('rejected-envoyfilter', 'frozen', '-o', 'json')).out);
  const yaml = await compare('rejected-envoyfilter', 'frozen', '-o', 'yaml');
  expect(parse(yaml.out)).toEqual(json);
  expect(checker(schemas['json/compare'])(json)).toEqual([]);
  expect(json).toMatchObject({ schema: 'meshdoc/comparison/v1', after: 'cause-found' });
  expect((json.changes as { is: string }[]).map(({ is }) => is)).toEqual(['new', 'not-known']);
});

describe('what a user gets wrong', () => {
  test.each([
    ['rejected-envoyfilter', 'nothing-here', /there is no case at/],
    [
      'rejected-envoyfilter',
      'no-sidecar',
      /not of one target: stale shop\/.* and stale plain\/legacy/,
    ],
  ])('%s and %s', async (before, after, says) => {
    const { code, out, err } = await compare(before, after);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(says);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('the later case first', async () => {
    const { err } = await compare('rejected-envoyfilter', 'frozen');
    expect(err).toMatch(/the first case is the later one/);
  });
});
