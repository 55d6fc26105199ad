// Every fault of Istio, on a real mesh.
import { expect, test } from 'vitest';
import { diagnose, pathWithMeshdoc } from './meshdoc.ts';
import type { Report } from './report.ts';
import { FAULT_MS, runTables } from './rows.ts';

const reach = await runTables('istio');

test(
  'a fix that is printed works when it is pasted',
  async () => {
    const mesh = reach();
    const context = await mesh.breakIt('frozen');
    try {
      const ran = await diagnose(mesh, { table: 'stale' }, context, '-o', 'json');
      const report = JSON.parse(ran.stdout) as Report;
      const fixes = report.diagnoses[0]?.findings[0]?.fixes ?? [];
      const fix = fixes.find(({ risk }) => risk === 'restarts-pods');
      expect(fix?.run.shell).toContain('delete pod');
      const pasted = await mesh.run(['sh', '-c', fix?.run.shell ?? 'false']);
      expect(pasted.code, pasted.stderr).toBe(0);
      await mesh.kubectl('-n', 'shop', 'rollout', 'status', 'deployment/web', '--timeout=180s');
      const verified = await mesh.run(['sh', '-c', fix?.verify.shell ?? 'false'], {
        user: 'oncall',
        env: { PATH: await pathWithMeshdoc(mesh) },
      });
      expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    } finally {
      await mesh.mend('frozen');
    }
  },
  FAULT_MS,
);

test('a question that may not be asked is refused by the server for a user without rights', async () => {
  const ran = await diagnose(
    reach(),
    { table: 'stale', user: 'nobody' },
    { target: 'shop/web-x' },
    '-o',
    'json',
  );
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('may not get pods in shop');
});
