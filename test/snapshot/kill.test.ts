// A program that is killed while it saves leaves the old one whole, the new one whole, or nothing; and the next save works.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCase } from '../../src/snapshot/folder.ts';
import { writeCase } from '../../src/snapshot/save.ts';
import { readSession, writeSession } from '../../src/snapshot/session.ts';
import { runsAll } from '../helpers/share.ts';

const now = '2026-11-21T08:00:00Z';
const source = join(dirname(fileURLToPath(import.meta.url)), 'killed-save.ts');
let [work, child] = ['', ''];
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
  child = join(work, 'killed-save.mjs');
  // Bundled, so that a child starts at once.
  const banner = `import { createRequire } from 'node:module'; const require = createRequire('${source}');`;
  await build({
    entryPoints: [source],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: banner },
    logLevel: 'error',
  });
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

type What = 'case' | 'case.tgz' | 'session';

async function save(what: What, path: string, word: string): Promise<void> {
  const written =
    what === 'session'
      ? writeSession(path, { session: 1, started: now, namespace: word, runs: [], notes: [] })
      : await writeCase(path, {
          file: { meshdoc: 1, complete: false, runbook: word, input: {}, now },
          objects: [],
          answers: [{ question: 'q', status: '200', stderr: '', body: word }],
        });
  expect(written).toEqual({ ok: true });
}

/** The word that all of it holds, or that there is none. */
async function held(what: What, path: string): Promise<string> {
  if (what === 'session') {
    const read = readSession(path);
    if (read.ok) return read.value.namespace ?? 'torn';
    return read.says.includes('it has no session.yaml') ? 'nothing' : read.says;
  }
  const read = await readCase(path);
  if (!read.ok) return read.says.startsWith('there is no case at') ? 'nothing' : read.says;
  const { file, answers } = read.value;
  return answers.length === 1 && answers[0]?.body === file.runbook ? file.runbook : 'torn';
}

/** Of all calls, or of one in eight. */
const step = runsAll ? 1 : 8;

/** Saves until a child lives to the end; at how many calls it could be killed. */
async function killAll(what: What, before: 'old' | 'nothing'): Promise<number> {
  for (let n = 1; ; n += step) {
    const home = join(work, `${what}-${before}-${n}`);
    const path = join(home, what);
    await mkdir(home);
    if (before === 'old') await save(what, path, 'old');
    const { signal, status, stderr } = spawnSync(process.execPath, [child, what, path, String(n)], {
      encoding: 'utf8',
    });
    if (signal === null) expect([status, stderr]).toEqual([0, '']);
    expect([before, 'new'], `killed at call ${n}`).toContain(await held(what, path));
    await save(what, path, 'next');
    expect(await held(what, path)).toBe('next');
    expect(await readdir(home)).toEqual([what]);
    if (signal === null) return n - 1;
  }
}

// Some 30 children each, where all of it runs; a busy machine starts few of them in a second.
const cases = [
  ['case', 'nothing'],
  ['case', 'old'],
  ['case.tgz', 'nothing'],
  ['case.tgz', 'old'],
  ['session', 'nothing'],
  ['session', 'old'],
] as const;

test.each(cases)('%s over %s, at every call', { timeout: 240_000 }, async (what, before) => {
  expect(await killAll(what, before)).toBeGreaterThan(10);
});
