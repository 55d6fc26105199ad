// The fix of a denied scrape, pasted as a person would: the real Prometheus reads the proxy, and after the undo no more.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultContext, Lab } from './lab.ts';
import { MONITORING, podOf, untilTarget, VIZ } from './linkerd-kit.ts';
import { BUILD_MS, diagnose, pathWithMeshdoc, readyLab } from './meshdoc.ts';
import type { Fix, Report } from './report.ts';
import { taken } from './turns.ts';

const FAULT_MS = 240_000;

let mesh: Lab;

beforeAll(async () => {
  mesh = await readyLab();
}, BUILD_MS);

afterAll(async () => {
  await mesh.mend();
}, FAULT_MS);

const faults: readonly (readonly [string, string])[] = [
  ['linkerd-metrics-scrapes', VIZ],
  ['linkerd-metrics-external', MONITORING],
];

test.each(taken('fixes of linkerd-metrics', faults, 1))(
  '%s: what is printed lets the Prometheus in, and its undo out again',
  async (fault, namespace) => {
    const context = await mesh.breakIt(fault);
    try {
      const fix = await firstFix(context);
      const web = await podOf('web');
      await paste(fix.run.shell);
      await untilTarget(web, 'up', /.*/, namespace);
      const env = { PATH: await pathWithMeshdoc(mesh) };
      const verified = await mesh.run(['sh', '-c', fix.verify.shell], { user: 'oncall', env });
      expect(verified.code, `${fix.verify.shell}: ${verified.stdout}${verified.stderr}`).toBe(0);
      await paste(fix.undo.run?.shell ?? 'false');
      await untilTarget(web, 'down', /403/, namespace);
    } finally {
      await mesh.mend(fault);
    }
  },
  FAULT_MS,
);

async function firstFix(context: FaultContext): Promise<Fix> {
  const ran = await diagnose(mesh, { table: 'linkerd-metrics' }, context, '-o', 'json');
  const report = JSON.parse(ran.stdout) as Report;
  const [finding] = report.diagnoses[0]?.findings ?? [];
  expect(finding?.code).toBe('linkerd-metrics/scrape-denied');
  const [fix] = finding?.fixes ?? [];
  if (!fix) throw new Error(ran.stdout);
  return fix;
}

async function paste(shell: string): Promise<void> {
  const pasted = await mesh.run(['sh', '-c', shell]);
  expect(pasted.code, `${shell}: ${pasted.stderr}`).toBe(0);
}
