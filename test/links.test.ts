// Every relative link of a page leads to a file: pages are moved along with what they describe.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './helpers/sources.ts';

const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && !path.startsWith('test/scenarios/'));

/** What stands in code is no link. */
function broken(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)#\s]+)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !/^\w+:/.test(to) && !existsSync(join(root, dirname(page), to)))
    .map((to) => `${page} links to ${to}, which is not there`);
}

test('no link is broken', () => {
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.flatMap(broken)).toEqual([]);
});
