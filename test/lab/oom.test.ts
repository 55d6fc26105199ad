// The fixes of `oom`, pasted: the new pods have what was printed, and the Sidecar keeps what is called.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { bytesPerCluster } from '../../runbooks/istio/oom/reasons.ts';
import type { FaultContext, Lab, LabPod } from './lab.ts';
import { BUILD_MS, diagnose, pathWithMeshdoc, readyLab } from './meshdoc.ts';
import type { Fix, Report } from './report.ts';
import { until } from './sh.ts';
import { taken } from './turns.ts';

const FAULT_MS = 300_000;

let mesh: Lab;

beforeAll(async () => {
  mesh = await readyLab();
}, BUILD_MS);
afterEach(async () => {
  await mesh.mend();
}, FAULT_MS);

async function fixesFor(context: FaultContext): Promise<readonly Fix[]> {
  const one = { table: 'oom', scenario: '', exit: 3, first: 'oom/proxy-oom-killed' } as const;
  const ran = await diagnose(mesh, one, context, '-o', 'json');
  return (JSON.parse(ran.stdout) as Report).diagnoses[0]?.findings[0]?.fixes ?? [];
}

async function paste(line: string | undefined): Promise<void> {
  const done = await mesh.run(['sh', '-c', line ?? 'false'], {
    env: { PATH: await pathWithMeshdoc(mesh) },
  });
  expect(done.code, `${line ?? 'no command'}: ${done.stderr}`).toBe(0);
}

async function resourcesOf(pod: LabPod): Promise<unknown> {
  const path = 'jsonpath={.spec.initContainers[?(@.name=="istio-proxy")].resources}';
  return JSON.parse(
    await mesh.kubectl('-n', pod.namespace, 'get', 'pod', pod.name, '-o', path),
  ) as unknown;
}

/** Now: the statistics of the same name are some seconds old. */
async function allocated(pod: LabPod): Promise<number> {
  const words = ['exec', pod.name, '-n', pod.namespace, '-c', 'istio-proxy', '--'];
  const page = await mesh.kubectl(...words, 'pilot-agent', 'request', 'GET', 'memory');
  return Number((JSON.parse(page) as { allocated: string }).allocated);
}

async function stat(pod: LabPod, name: string): Promise<number> {
  const words = ['exec', pod.name, '-n', pod.namespace, '-c', 'istio-proxy', '--'];
  const page = await mesh.kubectl(
    ...words,
    'pilot-agent',
    'request',
    'GET',
    `stats?filter=${name}$`,
  );
  return Number(/: (\d+)/.exec(page)?.[1]);
}

/** What `web`, which calls `cart` every two seconds, has got from it. */
async function calls(pod: LabPod): Promise<{ ok: number; failed: number }> {
  const words = ['exec', pod.name, '-n', pod.namespace, '-c', 'istio-proxy', '--'];
  const page = await mesh.kubectl(...words, 'pilot-agent', 'request', 'GET', 'clusters');
  const sum = (name: string): number =>
    [...page.matchAll(new RegExp(`^outbound\\|8080\\|\\|cart\\.shop.*::${name}::(\\d+)$`, 'gm'))]
      .map(([, n]) => Number(n))
      .reduce((a, b) => a + b, 0);
  return { ok: sum('rq_success'), failed: sum('rq_error') };
}

const pasted: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'the annotations: new pods have exactly these resources, the next diagnosis is clear, and the undo undoes',
    async () => {
      const context = await mesh.breakIt('oom-partly-set');
      const [fix] = await fixesFor(context);
      expect(fix?.does).toContain('four resource annotations');
      await paste(fix?.run.shell);
      await mesh.kubectl('-n', 'shop', 'rollout', 'status', 'deployment/web', '--timeout=180s');
      expect(await resourcesOf(await mesh.pod('web'))).toEqual({
        limits: { cpu: '2', memory: '1Gi' },
        requests: { cpu: '100m', memory: '256Mi' },
      });
      await paste(fix?.verify.shell);
      await paste(fix?.undo.run?.shell);
      await mesh.kubectl('-n', 'shop', 'rollout', 'status', 'deployment/web', '--timeout=180s');
      // A request that is not set is the limit (kubernetes pkg/apis/core/v1/defaults.go).
      expect(await resourcesOf(await mesh.pod('web'))).toEqual({
        limits: { memory: '256Mi' },
        requests: { memory: '256Mi' },
      });
    },
  ],

  [
    'the Sidecar: the called host answers, the config is small, and a cluster costs what is said',
    async () => {
      const context = await mesh.breakIt('oom-big-config');
      const fixes = await fixesFor(context);
      const scope = fixes.find(({ run }) => run.shell.includes('Sidecar'));
      const web = await mesh.pod('web');
      const many = await stat(web, 'cluster_manager.active_clusters');
      const full = await allocated(web);
      expect(many).toBeGreaterThan(1500);
      await paste(scope?.run.shell);
      await until('the config to shrink', async () => (await stat(web, 'active_clusters')) < 30);
      const before = await calls(web);
      await until('web to call cart again', async () => (await calls(web)).ok > before.ok);
      expect((await calls(web)).failed).toBe(before.failed);
      const small = await allocated(web);
      const each = (full - small) / (many - (await stat(web, 'cluster_manager.active_clusters')));
      expect(each).toBeGreaterThan(bytesPerCluster * 0.6);
      expect(each).toBeLessThan(bytesPerCluster * 1.4);
      await paste(scope?.verify.shell);
      await paste(scope?.undo.run?.shell);
      await until(
        'the config to come back',
        async () => (await stat(web, 'active_clusters')) > 1500,
      );
    },
  ],
];

test.each(taken('fixes of oom', pasted, 1))('%s', async (_, runs) => runs(), FAULT_MS);
