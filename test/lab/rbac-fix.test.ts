// What rbac prints is pasted as it is printed: the patch lets the request through, the undo denies it again.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultContext, Lab } from './lab.ts';
import { BUILD_MS, diagnose, pathWithMeshdoc, readyLab } from './meshdoc.ts';
import { answerTo } from './rbac-kit.ts';
import type { Fix, Report } from './report.ts';
import { until } from './sh.ts';
import { taken } from './turns.ts';

const FAULT_MS = 120_000;

let mesh: Lab;

beforeAll(async () => {
  mesh = await readyLab();
}, BUILD_MS);

afterAll(async () => {
  await mesh.mend();
}, FAULT_MS);

const faults = [
  'rbac-deny',
  'rbac-allow-method',
  'rbac-deny-all',
  'rbac-trust-domain',
  'rbac-dry-run-custom',
];

test.each(taken('fixes of rbac', faults, 2))(
  '%s: every fix that changes a policy works, and so does its undo',
  async (fault) => {
    const context = await mesh.breakIt(fault);
    try {
      const count = (await changing(context)).length;
      expect(count).toBeGreaterThan(0);
      // Asked anew for each: a patch holds for the policy as it was when it was printed.
      for (let i = 0; i < count; i += 1) {
        const fix = (await changing(context))[i];
        if (fix) await pasted(fix);
      }
    } finally {
      await mesh.mend(fault);
    }
  },
  FAULT_MS,
);

async function changing(context: FaultContext): Promise<readonly Fix[]> {
  const ran = await diagnose(mesh, { table: 'rbac' }, context, '-o', 'json');
  const report = JSON.parse(ran.stdout) as Report;
  const all = report.diagnoses[0]?.findings[0]?.fixes ?? [];
  return all.filter(({ risk }) => risk === 'changes-security');
}

async function pasted(fix: Fix): Promise<void> {
  await paste(fix.run.shell);
  await webGets('200');
  const verified = await mesh.run(['sh', '-c', fix.verify.shell], {
    user: 'oncall',
    env: { PATH: await pathWithMeshdoc(mesh) },
  });
  expect(verified.code, `${fix.run.shell}\n${verified.stdout}${verified.stderr}`).toBe(0);
  await paste(fix.undo.run?.shell ?? 'false');
  await webGets('403');
}

async function paste(shell: string): Promise<void> {
  const done = await mesh.run(['sh', '-c', shell]);
  expect(done.code, `${shell}\n${done.stderr}`).toBe(0);
}

async function webGets(wanted: string): Promise<void> {
  const [web, cart] = [await mesh.pod('web'), await mesh.pod('cart')];
  const probe = async (): Promise<boolean> => {
    const code = await answerTo(mesh, web, cart);
    if (code === wanted) return true;
    throw new Error(`web gets ${code}`);
  };
  await until(`web to get ${wanted}`, probe, 120_000, 300);
}
