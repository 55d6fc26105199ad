// The fixes that `injection` prints, pasted one after another as a person would, and the verify of the last.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tables } from './expected.ts';
import type { Lab } from './lab.ts';
import { BUILD_MS, diagnose, pathWithMeshdoc, readyLab } from './meshdoc.ts';
import type { Report } from './report.ts';
import { until } from './sh.ts';
import { takenOf } from './turns.ts';

const FAULT_MS = 240_000;

/** Scenarios whose first finding has a fix that changes something, by the fault that they share. */
const mended: Readonly<Record<string, readonly string[]>> = {
  'inject-cases': [
    'label-value',
    'annotation-only',
    'label-on-workload',
    'label-false',
    'annotation-false',
    'revision-missing',
    'namespace-off',
    'pod-security',
    'older-than-label',
    'namespace-unlabeled',
  ],
  'inject-ca-empty': ['ca-empty'],
  'inject-ca-foreign': ['ca-foreign'],
  'inject-no-default': ['no-default'],
  'inject-deactivated': ['deactivated'],
  'inject-never': ['never-selector'],
  'inject-policy': ['policy-disabled'],
  'inject-was-open': ['failed-open-before'],
  'inject-was-none': ['older-than-webhook'],
  'inject-stale-template': ['older-than-template'],
};

let mesh: Lab;

beforeAll(async () => {
  mesh = await readyLab();
}, BUILD_MS);

afterAll(async () => {
  await mesh.mend();
}, FAULT_MS);

describe.each(takenOf('fixes of injection', mended, 5))('%s', (fault, scenarios) => {
  test(
    'is mended by what is printed',
    async () => {
      await mesh.breakIt(fault);
      try {
        for (const scenario of scenarios) await paste(scenario);
      } finally {
        await mesh.mend(fault);
      }
    },
    FAULT_MS,
  );
});

/** Fixes to take instead of the first one. */
const instead = /^(?:Inject only|Make revision) /;

async function paste(scenario: string): Promise<void> {
  const table = (await tables()).find(({ runbook }) => runbook === 'injection');
  const row = table?.all.find((one) => one.scenario === scenario);
  if (!row) throw new Error(`injection has no scenario ${scenario}`);
  const context = { target: 'deploy/web.inj-here' };
  const ran = await diagnose(mesh, { ...row, table: 'injection' }, context, '-o', 'json');
  const report = JSON.parse(ran.stdout) as Report;
  const fixes = report.diagnoses[0]?.findings[0]?.fixes ?? [];
  const chosen = fixes.filter(({ does, risk }) => risk !== 'reads' && !instead.test(does));
  expect(chosen.length, `${scenario}: ${ran.stdout}`).toBeGreaterThan(0);
  for (const { run } of chosen) {
    const pasted = await mesh.run(['sh', '-c', run.shell]);
    expect(pasted.code, `${scenario}: ${run.shell}: ${pasted.stderr}`).toBe(0);
  }
  await waitForPods(row.target?.(context) ?? context.target, wasRefused.has(scenario));
  const verify = chosen.at(-1)?.verify.shell ?? 'false';
  const env = { PATH: await pathWithMeshdoc(mesh) };
  const verified = await mesh.run(['sh', '-c', verify], { user: 'oncall', env });
  expect(verified.code, `${scenario}: ${verify}: ${verified.stdout}${verified.stderr}`).toBe(0);
}

/** Their controllers wait longer and longer before they try again; a restart makes them try now. */
const wasRefused = new Set(['pod-security', 'ca-empty', 'ca-foreign']);

async function waitForPods(target: string, refused: boolean): Promise<void> {
  const [name = '', namespace = ''] = target.replace(/^deploy\//, '').split('.');
  const web = ['-n', namespace, `deployment/${name}`];
  if (refused) await mesh.kubectl('rollout', 'restart', ...web);
  await mesh.kubectl('rollout', 'status', ...web, '--timeout=120s');
  // Old pods linger while they end.
  const old = async () => {
    const pods = await mesh.kubectl(
      '-n',
      namespace,
      'get',
      'pods',
      '-l',
      `app=${name}`,
      '-o',
      'name',
    );
    return pods.trim().split('\n').length === 1;
  };
  await until('the old pods to be gone', old);
}
