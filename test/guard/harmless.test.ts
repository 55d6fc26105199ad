// What holds no secret stays as it is: saved cases and what real tools printed, which were guarded when recorded.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRedact } from '../../src/guard/redact.ts';
import { atOnce } from '../../src/guard/steps.ts';
import { scenarios } from '../helpers/scenarios.ts';
import { root } from '../helpers/sources.ts';
import { STATUS } from './samples.ts';

function guarded(stdout: string): string {
  const reply = atOnce(createRedact().answer(STATUS, { exitCode: 0, stdout, stderr: '' }));
  return (reply as { readonly stdout: string }).stdout;
}

/** Lines that changed, each beside what it was. */
function changes(before: string, after: string): readonly string[] {
  const now = new Set(after.split('\n'));
  return before
    .split('\n')
    .filter((line) => !now.has(line) && !EXCEPTIONS.test(line))
    .map((line) => line.slice(0, 200));
}

function filesUnder(dir: string): readonly string[] {
  return readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const files = [...filesUnder('test/tools'), ...filesUnder('test/guard/harmless')];
const saved = filesUnder('test/scenarios').filter((file) => file.endsWith('.txt'));
/** A number that Linkerd's command line gives each cluster, in a query: any long value of a query is hidden. */
const EXCEPTIONS = /versioncheck\.linkerd\.io/;

const sum = { lines: 0, changed: [] as string[] };
for (const { name, saved: kept } of await scenarios()) {
  const redact = createRedact();
  for (const object of kept.objects) {
    const { kind } = object;
    const resource = { group: '', version: 'v1', plural: 'x', kind, namespaced: true };
    const safe = atOnce(redact.answer({ ask: 'get', ref: { resource, name: 'x' } }, object));
    const before = JSON.stringify(object, null, 1);
    const after = JSON.stringify(safe, null, 1);
    sum.lines += before.split('\n').length;
    sum.changed.push(...changes(before, after).map((line) => `${name}: ${line}`));
  }
}

describe('harmless', () => {
  it(`keeps each of ${String(files.length)} outputs of real tools`, () => {
    const changed = files.flatMap((file) => {
      const before = readFileSync(file, 'utf8');
      return changes(before, guarded(before));
    });
    expect(changed).toEqual([]);
  });

  it(`keeps each of ${String(saved.length)} answers of saved cases`, () => {
    const all = new Set(saved.map((file) => readFileSync(file, 'utf8')));
    expect([...all].flatMap((before) => changes(before, guarded(before)))).toEqual([]);
  });

  it(`${String(sum.changed.length)} of ${String(sum.lines)} lines of objects of saved cases changed`, () => {
    expect(sum.changed).toEqual([]);
    expect(sum.lines).toBeGreaterThan(100_000);
  });
});
