// Plays the kernel's part: ends processes as it does when a container is at its memory limit. The restart, the
// agent's words, the status and the previous log are then the real ones.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signal } from './fault-kit.ts';
import { rolledOut } from './install.ts';
import type { Lab, LabPod } from './lab.ts';
import { podDir } from './paths.ts';
import { until } from './sh.ts';

type Status = { name: string; restartCount: number; ready: boolean };

async function statusOf(lab: Lab, pod: LabPod, container: string): Promise<Status | undefined> {
  const text = await lab.kubectl('-n', pod.namespace, 'get', 'pod', pod.name, '-o', 'json');
  const { status } = JSON.parse(text) as {
    status: { containerStatuses?: Status[]; initContainerStatuses?: Status[] };
  };
  const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  return all.find(({ name }) => name === container);
}

/**
 * `container`: every process, as on cgroup v2. `envoy`: Envoy alone, as on cgroup v1: the agent lives on and ends by
 * itself. `reason` is what the runtime tells of it; without one it is the plain reason of the exit code.
 */
export async function killForMemory(
  lab: Lab,
  pod: LabPod,
  what: 'container' | 'envoy',
  reason?: 'OOMKilled',
): Promise<void> {
  const container = 'istio-proxy';
  const end = join(podDir(pod.namespace, pod.name), `${container}.end`);
  const before = (await statusOf(lab, pod, container))?.restartCount ?? 0;
  if (reason !== undefined) await writeFile(end, reason);
  await signal(pod, what === 'envoy' ? 'envoy' : 'pilot-agent', 'SIGKILL');
  await until(`${container} of ${pod.name} to run again`, async () => {
    const now = await statusOf(lab, pod, container);
    return now !== undefined && now.restartCount > before && now.ready;
  });
  await rm(end, { force: true });
}

type Annotations = Readonly<Record<string, string | null>>;

export async function annotateTemplate(
  lab: Lab,
  deployment: string,
  annotations: Annotations,
): Promise<LabPod> {
  const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
  const args = ['patch', `deployment/${deployment}`, '--type', 'merge', '-p', patch];
  await lab.kubectl('-n', 'shop', ...args);
  await rolledOut('shop', deployment);
  return lab.pod(deployment);
}

const NAMES = ['proxyCPU', 'proxyCPULimit', 'proxyMemory', 'proxyMemoryLimit'];

/** As the shop is made. */
export async function forgetAnnotations(lab: Lab, deployment: string): Promise<void> {
  const names = [...NAMES.map((name) => `sidecar.istio.io/${name}`), 'proxy.istio.io/config'];
  await annotateTemplate(lab, deployment, Object.fromEntries(names.map((name) => [name, null])));
}
