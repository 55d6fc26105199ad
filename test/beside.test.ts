// The table beside other tools (tools/README.md): nobody is quoted with what they did not print.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rows } from './beside.ts';

const quotes = rows
  .flatMap(({ analyze, describe, status, check }) => [analyze, describe, status, check])
  .filter((said) => said !== undefined);

test.each(quotes)('"$quote" stands in $from', ({ quote, from }) => {
  expect(readFileSync(join(import.meta.dirname, 'tools', from), 'utf8')).toContain(quote);
});
