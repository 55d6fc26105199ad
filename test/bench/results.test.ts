import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../smoke/installed.ts';
import { quoted } from './readme.ts';

test('its page quotes the last results', async () => {
  const results = await readFile(join(root, 'test/bench/results.md'), 'utf8');
  const readme = await readFile(join(root, 'test/bench/README.md'), 'utf8');
  expect(quoted(readme)).toBe(results.replace(/^# .*\n+/, '').trim());
});
