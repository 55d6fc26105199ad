// What ships beside the program: the pages of the runbooks, and the recorded incidents
// that ship with meshdoc: the scenarios that have a sentence for `meshdoc demo`.
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Copies them to `to`, without what only tests read. */
export async function copyDemos(root, to) {
  const scenarios = join(root, 'test/scenarios');
  for (const runbook of await readdir(scenarios)) {
    for (const name of await readdir(join(scenarios, runbook))) {
      const from = join(scenarios, runbook, name);
      const file = parse(await readFile(join(from, 'scenario.yaml'), 'utf8'));
      if (file.demo === undefined) continue;
      const filter = (path) => !/expected\.(md|txt)$/.test(path);
      await cp(from, join(to, runbook, name), { recursive: true, filter });
    }
  }
}

/** The page of each runbook, by its name: `{ 'stale.md': '<root>/runbooks/istio/stale/README.md' }`. */
export async function pages(root) {
  const found = {};
  for (const path of await readdir(join(root, 'runbooks'), { recursive: true })) {
    const folder = /([^/\\]+)[/\\]README\.md$/.exec(path)?.[1];
    if (folder !== undefined) found[`${folder}.md`] = join(root, 'runbooks', path);
  }
  return found;
}

export async function copyPages(root, to) {
  for (const [name, from] of Object.entries(await pages(root))) await cp(from, join(to, name));
}
