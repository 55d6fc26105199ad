import { describe, expect, test } from 'vitest';
import { readAgentEnd } from '../../../../src/facts/istio/agent-end.ts';
import { deaths, eviction, type Witness } from '../../../../runbooks/istio/oom/deaths.ts';
import type { Event } from '../../../../src/facts/kube/events.ts';
import { readPod } from '../../../../src/facts/kube/pod.ts';

const at = '2026-11-21T10:59:45Z';

type Ends = Readonly<Record<string, { exitCode: number; reason: string } | undefined>>;

const resources = { limits: { memory: '1Gi' } };

function podWith(ends: Ends, native = false, extra: object = {}, limited = true) {
  const own = limited ? { resources } : {};
  const status = (name: string) => {
    const end = ends[name];
    const lastState = end ? { terminated: { ...end, finishedAt: at } } : {};
    return { name, restartCount: end ? 1 : 0, ready: true, state: { running: {} }, lastState };
  };
  const proxy = { name: 'istio-proxy', ...own, ...(native ? { restartPolicy: 'Always' } : {}) };
  return readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', ...extra },
    spec: {
      initContainers: [{ name: 'istio-init', ...own }, ...(native ? [proxy] : [])],
      containers: [{ name: 'app', ...own }, ...(native ? [] : [proxy])],
    },
    status: {
      phase: 'Running',
      initContainerStatuses: ['istio-init', 'istio-proxy'].map(status),
      containerStatuses: ['app', 'istio-proxy'].map(status),
    },
  });
}

const event = (reason: string, message: string, last = at): Event => ({
  object: 'web',
  kind: 'Pod',
  reason,
  message,
  count: 1,
  last,
});

function judged(ends: Ends, rest: Partial<Witness> = {}, native = false) {
  const pod = podWith(ends, native);
  const witness: Witness = { pod, events: [], node: undefined, agent: undefined, ...rest };
  return deaths(witness).map((d) => `${d.whose} ${d.shape}`);
}

const node = (...killed: Event[]): Witness['node'] => ({
  name: 'node-1',
  underPressure: false,
  cpus: 8,
  memory: undefined,
  killed,
});
const agent = readAgentEnd([
  '2026-11-21T10:59:45.957123Z\twarn\tEnvoy may have been out of memory killed. Check memory usage and limits.',
  '2026-11-21T10:59:45.957131Z\terror\tEnvoy exited with error: signal: killed',
]);

describe('shapes', () => {
  const proxy = (exitCode: number, reason: string): Ends => ({
    'istio-proxy': { exitCode, reason },
  });

  test('OOMKilled with 137, native sidecar or not', () => {
    expect(judged(proxy(137, 'OOMKilled'))).toEqual(['proxy oom-killed']);
    expect(judged(proxy(137, 'OOMKilled'), {}, true)).toEqual(['proxy oom-killed']);
  });

  test('exit code 0: only the log of the agent tells', () => {
    expect(judged(proxy(0, 'Completed'))).toEqual([]);
    expect(judged(proxy(0, 'Completed'), { agent })).toEqual(['proxy envoy-killed']);
    expect(judged(proxy(0, 'OOMKilled'), { agent })).toEqual(['proxy envoy-killed']);
    expect(judged(proxy(0, 'OOMKilled'))).toEqual(['proxy envoy-killed']);
  });

  test('a log of another end proves nothing about this one', () => {
    const older = { ...agent, at: (agent.at ?? 0) - 3_600_000 };
    expect(judged(proxy(0, 'Completed'), { agent: older })).toEqual([]);
  });

  test('137 alone, and what explains it otherwise', () => {
    expect(judged(proxy(137, 'Error'))).toEqual(['proxy killed']);
    const probe = event(
      'Killing',
      'Container istio-proxy failed liveness probe, will be restarted',
    );
    expect(judged(proxy(137, 'Error'), { events: [probe] })).toEqual(['proxy probe']);
    const of = event('Killing', 'Container app failed liveness probe, will be restarted');
    expect(judged(proxy(137, 'Error'), { events: [of] })).toEqual(['proxy killed']);
    const old = { ...probe, last: '2026-11-21T08:00:00Z' };
    expect(judged(proxy(137, 'Error'), { events: [old] })).toEqual(['proxy killed']);
  });

  test('a pod that is being deleted is ended with 137 in the ordinary course', () => {
    const pod = podWith(proxy(137, 'Error'), false, { deletionTimestamp: at });
    expect(deaths({ pod, events: [], node: undefined, agent: undefined })).toEqual([]);
  });

  test('the node had no memory left', () => {
    const system = event('SystemOOM', 'System OOM encountered, victim process: envoy, pid: 4711');
    expect(judged(proxy(137, 'Error'), { node: node(system) })).toEqual(['proxy node-oom']);
    const other = event('SystemOOM', 'System OOM encountered, victim process: java, pid: 4711');
    expect(judged(proxy(137, 'Error'), { node: node(other) })).toEqual(['proxy killed']);
    const limit = event('OOMKilling', 'Memory cgroup out of memory: Killed process 4711 (envoy)');
    expect(judged(proxy(137, 'Error'), { node: node(limit) })).toEqual(['proxy killed']);
  });

  test('a container without a limit reached none: its node had no memory left', () => {
    const pod = podWith(proxy(137, 'OOMKilled'), false, {}, false);
    const found = deaths({ pod, events: [], node: undefined, agent: undefined });
    expect(found.map(({ shape }) => shape)).toEqual(['node-oom']);
  });

  test('the application, an init container, both', () => {
    const oom = { exitCode: 137, reason: 'OOMKilled' };
    expect(judged({ app: oom })).toEqual(['application oom-killed']);
    expect(judged({ 'istio-init': oom })).toEqual(['init oom-killed']);
    expect(judged({ app: oom, 'istio-proxy': oom })).toEqual([
      'proxy oom-killed',
      'application oom-killed',
    ]);
  });

  test('an end of another kind is none of these', () => {
    expect(judged({ app: { exitCode: 1, reason: 'Error' } })).toEqual([]);
    expect(judged(proxy(143, 'Error'))).toEqual([]);
    expect(judged({})).toEqual([]);
  });
});

test('an eviction names who used more than it asked for', () => {
  const message =
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 51Mi. Container istio-proxy was using 900Mi, request is 128Mi, has larger consumption of memory. ';
  const pod = { ...podWith({}), reason: 'Evicted', message };
  expect(eviction(pod)).toEqual({
    resource: 'memory',
    over: [{ container: 'istio-proxy', used: '900Mi', request: '128Mi' }],
  });
  expect(eviction(podWith({}))).toBeUndefined();
});
