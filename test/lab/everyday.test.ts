// What a team does every day, on the real mesh: it waits for a mend, and hands a case to somebody outside.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from './lab.ts';
import { BUILD_MS, readyLab, root } from './meshdoc.ts';
import { inState } from './paths.ts';
import type { Report } from './report.ts';
import { FAULT_MS } from './rows.ts';
import { until, type Result } from './sh.ts';

let mesh: Lab;
beforeAll(async () => {
  mesh = await readyLab();
}, BUILD_MS);
afterAll(() => mesh.mend(), FAULT_MS);

const meshdoc = (...words: readonly string[]): Promise<Result> =>
  mesh.run([process.execPath, join(root, 'bin/meshdoc.js'), ...words], {
    user: 'oncall',
    timeoutMs: 240_000,
  });

test(
  '--until-healthy waits until the fault is mended, and says what that resolved',
  async () => {
    try {
      await mesh.breakIt('nack');
      const began = new Date().toISOString();
      const words = ['diagnose', 'stale', 'deploy/web.shop', '--until-healthy', '-o', 'short'];
      const waiting = meshdoc(...words, '--timeout', '3m');
      await until('a second run to begin', async () => (await runsSince(began)) >= 2);
      await mesh.mend('nack');
      const ran = await waiting;
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(ran.stdout).toMatch(/resolved/i);
      expect(ran.stdout).toContain('Envoy rejects the listener');
    } finally {
      await mesh.mend('nack');
    }
  },
  FAULT_MS,
);

/** Each run lists the pods of the Deployment once. */
async function runsSince(began: string): Promise<number> {
  const all = await mesh.auditLog();
  const own = all.filter(
    ({ at, user, userAgent, verb, uri }) =>
      at >= began &&
      user === 'oncall' &&
      userAgent.startsWith('meshdoc/') &&
      verb === 'list' &&
      uri.startsWith('/api/v1/namespaces/shop/pods?'),
  );
  return own.length;
}

test(
  '--redact names: neither the ticket nor the case has a name of the mesh, and the case says the same',
  async () => {
    const saved = inState('redacted-case');
    await rm(saved, { recursive: true, force: true });
    try {
      const { target } = await mesh.breakIt('nack');
      const [, pod = ''] = target.split('/');
      const words = ['diagnose', 'stale', target, '--redact', 'names', '--save', saved];
      const ran = await meshdoc(...words, '-o', 'ticket');
      expect(ran.code, ran.stderr).toBe(3);
      const all = [ran.stdout, ...(await textsIn(saved))].join('\n');
      for (const name of [pod, 'add-header', 'deploy/web', 'shop/'])
        expect(all).not.toContain(name);
      const again = await meshdoc('diagnose', '--from', saved, '-o', 'json');
      const report = JSON.parse(again.stdout) as Report;
      expect(report.diagnoses.flatMap((d) => d.findings.map(({ code }) => code))).toEqual([
        'stale/push-rejected',
      ]);
    } finally {
      await mesh.mend('nack');
    }
  },
  FAULT_MS,
);

async function textsIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const plain = files.filter((file) => file.isFile());
  const texts = plain.map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
  return [...plain.map(({ name }) => name), ...(await Promise.all(texts))];
}
