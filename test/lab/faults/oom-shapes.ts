import { mkdir, writeFile } from 'node:fs/promises';
import { removeNamespaces } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { manifest } from '../install.ts';
import type { Lab } from '../lab.ts';
import { inState } from '../paths.ts';
import { completedState, crashingState, patchStatus, runningState } from '../pod-status.ts';
import { until } from '../sh.ts';

const PROXY = {
  name: 'istio-proxy',
  image: 'docker.io/istio/proxyv2:1.31.1',
  args: ['proxy', 'sidecar'],
  resources: { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '100m', memory: '128Mi' } },
};
const INIT = {
  name: 'istio-init',
  image: 'docker.io/istio/proxyv2:1.31.1',
  resources: PROXY.resources,
};
const APP = { name: 'app', image: 'lab/app:1', resources: { limits: { memory: '512Mi' } } };
const WITH_PROXY = ['killed', 'probed', 'crowded', 'stopped', 'evicted', 'unstarted'];

const pod = (name: string, meshed: boolean): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'oom',
    labels: { app: name, 'lab.meshdoc.dev/run': 'manual' },
    annotations: meshed ? { 'istio.io/rev': 'default' } : {},
  },
  spec: {
    // The node that is short of memory has one pod of these alone.
    ...(name === 'crowded' ? { nodeName: 'node-2' } : {}),
    initContainers: meshed ? [INIT] : [],
    containers: meshed ? [APP, PROXY] : [APP],
  },
});

const stamp = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

type About = { kind: string; name: string; namespace?: string };

const event = (about: About, reason: string, message: string): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `${about.name}.${reason.toLowerCase()}`,
    namespace: about.namespace ?? 'default',
  },
  type: 'Warning',
  reason,
  message,
  count: 1,
  firstTimestamp: stamp(),
  lastTimestamp: stamp(),
  source: { component: 'kubelet' },
  involvedObject: { apiVersion: 'v1', ...about },
});

/** A pod that does not run has no log unless one is written for it. */
async function giveLog(name: string): Promise<object> {
  const dir = inState('oom-logs');
  await mkdir(dir, { recursive: true });
  const file = `${dir}/${name}.log`;
  await writeFile(
    file,
    `${new Date().toISOString()} stdout F 2026-01-01T00:00:00Z\tinfo\tReadiness succeeded in 1.2s\n`,
  );
  const logs = [{ containers: ['istio-proxy'], logsFile: file, previousLogsFile: file }];
  const metadata = { name, namespace: 'oom' };
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Logs', metadata, spec: { logs } };
}

async function evict(lab: Lab): Promise<void> {
  const message =
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 51352Ki. Container istio-proxy was using 903Mi, request is 128Mi, has larger consumption of memory. ';
  const status = { phase: 'Failed', reason: 'Evicted', message, containerStatuses: [] };
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
  await lab.kubectl('-n', 'oom', 'patch', 'pod', 'evicted', ...patch);
}

export default {
  name: 'oom-shapes',
  does: 'The namespace oom holds one pod for every way in which a container is killed.',
  async break(lab) {
    await lab.apply(await manifest('oom.yaml'));
    const pods = [...WITH_PROXY.map((name) => pod(name, true)), pod('plain', false)];
    const logs = await Promise.all(WITH_PROXY.map(giveLog));
    const items = [...pods, ...logs];
    await lab.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await until('the pods of oom to have addresses', async () => {
      const path = 'jsonpath={.items[?(@.status.podIP)].metadata.name}';
      const names = await lab.kubectl('-n', 'oom', 'get', 'pods', '-o', path);
      return [...WITH_PROXY, 'plain', 'orders'].every((name) => names.includes(name));
    });
    const [app, proxy] = [runningState(), { 'istio-proxy': runningState() }];
    const init = { 'istio-init': completedState() };
    const killed = { ...crashingState(137, 'Error', 3), ...runningNow };
    const oom = { ...crashingState(137, 'OOMKilled', 3), ...runningNow };
    const orders = (await lab.pod('orders', 'oom')).name;
    await patchStatus(lab, 'oom', orders, { app: oom, ...proxy }, init);
    await patchStatus(lab, 'oom', 'plain', { app: oom });
    for (const name of ['killed', 'probed', 'crowded'])
      await patchStatus(lab, 'oom', name, { app, 'istio-proxy': killed }, init);
    await patchStatus(lab, 'oom', 'stopped', { app: killed, ...proxy }, init);
    const waiting = { ready: false, state: { waiting: { reason: 'PodInitializing' } } };
    const never = { app: waiting, 'istio-proxy': waiting };
    await patchStatus(lab, 'oom', 'unstarted', never, {
      'istio-init': crashingState(137, 'OOMKilled', 3),
    });
    await evict(lab);
    const where = ['-n', 'oom', 'get', 'pod', 'crowded', '-o', 'jsonpath={.spec.nodeName}'];
    const node = await lab.kubectl(...where);
    const said = [
      event(
        { kind: 'Pod', name: 'probed', namespace: 'oom' },
        'Killing',
        'Container istio-proxy failed liveness probe, will be restarted',
      ),
      event(
        { kind: 'Node', name: node },
        'SystemOOM',
        'System OOM encountered, victim process: envoy, pid: 4711',
      ),
    ];
    await lab.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: said }));
    return { target: 'oom/killed', orders: `oom/${orders}`, node };
  },
  async mend(lab) {
    await removeNamespaces('oom');
    await lab.kubectl('-n', 'default', 'delete', 'events', '--all');
  },
} satisfies Fault;

const runningNow = { ready: true, started: true, state: runningState().state };
