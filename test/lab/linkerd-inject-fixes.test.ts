// The fixes that `linkerd-injection` prints, pasted one after another as a person would, each with its verify; and their
// undo, which takes the proxy away again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tables } from './expected.ts';
import type { Lab } from './lab.ts';
import { BUILD_MS, diagnose, pathWithMeshdoc, readyLab } from './meshdoc.ts';
import type { Fix, Report } from './report.ts';
import { until } from './sh.ts';
import { takenOf } from './turns.ts';

const FAULT_MS = 300_000;
const RUNBOOK = 'linkerd-injection';

/** Scenarios whose first finding has a fix that changes something, by the fault that they share. */
const mended: Readonly<Record<string, readonly string[]>> = {
  'linkerd-inject-cases': [
    'pod-label',
    'namespace-label',
    'annotation-on-workload',
    'wrong-value',
    'wrong-value-namespace',
    'opted-out',
    'linkerd-label',
    'namespace-off',
    'webhooks-off',
    'istio-sidecar',
    'older-than-annotation',
    'pod-security',
  ],
  'linkerd-inject-down': ['injector-down'],
  'linkerd-inject-was-down': ['was-down'],
  'linkerd-inject-ca-empty': ['ca-empty'],
  'linkerd-inject-ca-foreign': ['ca-foreign'],
};

let mesh: Lab;
let path: string;

beforeAll(async () => {
  mesh = await readyLab();
  path = await pathWithMeshdoc(mesh);
}, BUILD_MS);

afterAll(async () => {
  await mesh.mend();
}, FAULT_MS);

describe.each(takenOf('fixes of linkerd-injection', mended, 4))('%s', (fault, scenarios) => {
  test(
    'is mended by what is printed',
    async () => {
      const { target } = await mesh.breakIt(fault);
      try {
        for (const scenario of scenarios) await pasteAll(scenario, target);
      } finally {
        await mesh.mend(fault);
      }
    },
    FAULT_MS * 2,
  );
});

test(
  'an annotation and a restart give a proxy, and their undo takes it away',
  async () => {
    await mesh.breakIt('linkerd-inject-cases');
    try {
      const fixes = await pasteAll('not-annotated', '');
      expect(await hasProxy('web', 'lj-plain')).toBe(true);
      const undo = fixes[0]?.undo.run?.shell ?? 'false';
      await paste(undo);
      await paste(fixes[1]?.run.shell ?? 'false');
      await untilRenewed('web', 'lj-plain', false);
      expect(await hasProxy('web', 'lj-plain')).toBe(false);
    } finally {
      await mesh.mend('linkerd-inject-cases');
    }
  },
  FAULT_MS,
);

/** Fixes to take instead of the first one. */
const instead = /^Inject only /;

async function pasteAll(scenario: string, target: string): Promise<readonly Fix[]> {
  const table = (await tables()).find(({ runbook }) => runbook === RUNBOOK);
  const row = table?.all.find((one) => one.scenario === scenario);
  if (!row) throw new Error(`${RUNBOOK} has no scenario ${scenario}`);
  const context = { target };
  const ran = await diagnose(mesh, { ...row, table: RUNBOOK }, context, '-o', 'json');
  const report = JSON.parse(ran.stdout) as Report;
  const fixes = report.diagnoses[0]?.findings[0]?.fixes ?? [];
  const chosen = fixes.filter(({ does, risk }) => risk !== 'reads' && !instead.test(does));
  expect(chosen.length, `${scenario}: ${ran.stdout}`).toBeGreaterThan(0);
  for (const { run, verify } of chosen) {
    await paste(run.shell);
    if (verify.shell.includes('rollout status')) await paste(verify.shell);
  }
  const [name = '', namespace = ''] = (row.target?.(context) ?? target)
    .replace(/^deploy\//, '')
    .split('.');
  await untilRenewed(name, namespace, scenario === 'pod-security');
  const verify = chosen.at(-1)?.verify.shell ?? 'false';
  const verified = await mesh.run(['sh', '-c', verify], { user: 'oncall', env: { PATH: path } });
  expect(verified.code, `${scenario}: ${verify}: ${verified.stdout}${verified.stderr}`).toBe(0);
  return chosen;
}

async function paste(line: string): Promise<void> {
  const pasted = await mesh.run(['sh', '-c', line]);
  expect(pasted.code, `${line}: ${pasted.stderr}`).toBe(0);
}

/** A controller that was refused waits longer and longer before it tries again; a restart makes it try now. */
async function untilRenewed(name: string, namespace: string, refused: boolean): Promise<void> {
  const made = ['-n', namespace, `deployment/${name}`];
  if (refused) await mesh.kubectl('rollout', 'restart', ...made);
  await mesh.kubectl('rollout', 'status', ...made, '--timeout=120s');
  // Old pods linger while they end.
  await until('the old pods to be gone', async () => {
    return (await podsOf(name, namespace, 'name')).trim().split('\n').length === 1;
  });
}

const podsOf = (name: string, namespace: string, output: string): Promise<string> =>
  mesh.kubectl('-n', namespace, 'get', 'pods', '-l', `app=${name}`, '-o', output);

async function hasProxy(name: string, namespace: string): Promise<boolean> {
  return (await podsOf(name, namespace, 'yaml')).includes('name: linkerd-proxy');
}
