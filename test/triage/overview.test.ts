// The first lines of a session: what is unhealthy, which meshes, and what could not be seen.
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/core/object.ts';
import { answered, failed, type Ask, type Clock } from '../../src/core/ports.ts';
import { questionText } from '../../src/core/question.ts';
import { look } from '../../src/triage/look.ts';
import { overviewOf, type Seen } from '../../src/triage/overview.ts';
import { overviewText } from '../../src/triage/overview-text.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

type Status = {
  readonly state?: object;
  readonly last?: object;
  readonly ready?: boolean;
  readonly restarts?: number;
};

function pod(
  name: string,
  status: Status,
  more: { image?: string; labels?: Record<string, string>; second?: string } = {},
): KubeObject {
  const { state = { running: {} }, last = {}, ready = true, restarts = 0 } = status;
  const names = ['app', ...(more.second ? [more.second] : [])];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: more.labels ?? {} },
    spec: { containers: names.map((one) => ({ name: one, image: more.image ?? 'app:1' })) },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: names.map((one) => ({
        name: one,
        ready,
        restartCount: restarts,
        state,
        lastState: last,
      })),
    },
  } as unknown as KubeObject;
}

const home = (labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels },
});

function seen(more: Partial<Seen>): Seen {
  return {
    pods: [],
    namespaces: [home()],
    warnings: [],
    partly: undefined,
    kubernetes: 'v1.36.3',
    user: undefined,
    gaps: [],
    now,
    ...more,
  };
}

const killed = (minutes: number) => ({
  terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(minutes) },
});

describe('trouble', () => {
  test.each([
    [
      'an OOM kill a moment ago',
      pod('a', { last: killed(3), restarts: 4 }),
      'app: OOMKilled, 4 restarts',
    ],
    ['an OOM kill of yesterday', pod('a', { last: killed(1440) }), undefined],
    [
      'a crash loop',
      pod('a', { state: { waiting: { reason: 'CrashLoopBackOff' } }, ready: false, restarts: 9 }),
      'app: CrashLoopBackOff, 9 restarts',
    ],
    [
      'an image that is not there',
      pod('a', { state: { waiting: { reason: 'ImagePullBackOff' } }, ready: false }),
      'app: ImagePullBackOff',
    ],
    [
      'a pod that starts',
      pod('a', { state: { waiting: { reason: 'ContainerCreating' } }, ready: false }),
      'app: not ready',
    ],
    ['a proxy that is not ready', pod('a', { ready: false }), 'app: not ready'],
    ['a healthy pod', pod('a', {}), undefined],
  ])('%s', (_, one, says) => {
    expect(overviewOf(seen({ pods: [one] })).ailing[0]?.trouble.says).toBe(says);
  });

  test('a proxy that was asked for and is not there; not where the pod opted out', () => {
    const namespaces = [home({ 'istio-injection': 'enabled' })];
    const trouble = (one: KubeObject) =>
      overviewOf(seen({ pods: [one], namespaces })).ailing[0]?.trouble.is;
    expect(trouble(pod('a', {}))).toBe('no proxy');
    expect(
      trouble(pod('a', {}, { labels: { 'sidecar.istio.io/inject': 'false' } })),
    ).toBeUndefined();
    expect(trouble(pod('a', {}, { second: 'istio-proxy' }))).toBeUndefined();
  });

  test('the worst first, and first among the names to choose from', () => {
    const pods = [
      pod('a-fine', {}),
      pod('b-slow', { ready: false }),
      pod('c-killed', { last: killed(1) }),
    ];
    const o = overviewOf(seen({ pods }));
    expect(o.ailing.map(({ name }) => name)).toEqual(['shop/c-killed', 'shop/b-slow']);
    expect(o.places.map(({ word }) => word)).toEqual([
      'shop/c-killed',
      'shop/b-slow',
      'ns/shop',
      'shop/a-fine',
    ]);
  });
});

test('events: warnings of the last minutes, each sentence once, newest first', () => {
  const event = (message: string, minutes: number) =>
    ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: message, namespace: 'shop' },
      reason: 'BackOff',
      message,
      involvedObject: { kind: 'Pod', name: 'a' },
      lastTimestamp: ago(minutes),
    }) as unknown as KubeObject;
  const warnings = [event('older', 5), event('new', 1), event('new', 2), event('long ago', 60)];
  expect(overviewOf(seen({ warnings })).warnings.map(({ message }) => message)).toEqual([
    'new',
    'older',
  ]);
});

describe('as it is printed', () => {
  const style = { color: false, width: 60, height: 24, unicode: false, verbose: false };
  const where = {
    context: 'prod',
    server: 'https://10.0.0.1:6443',
    namespace: 'shop',
    as: undefined,
    recorded: undefined,
  };

  test('within 60 columns, in ASCII', () => {
    const istiod = pod(
      'istiod-1',
      {},
      { image: 'docker.io/istio/pilot:1.31.1', labels: { app: 'istiod' } },
    );
    const long = pod(`a-${'very-'.repeat(20)}long-name`, { last: killed(1), restarts: 3 });
    const text = overviewText(overviewOf(seen({ pods: [istiod, long] })), where, now, style);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('1 control plane pod ready');
    expect(text).toContain('1 workload unhealthy');
  });

  test('whom the server takes us for; from one that does not tell, whom we act as', () => {
    const told = (user: string | undefined) =>
      overviewText(overviewOf(seen({ user })), { ...where, as: 'anna' }, now, style);
    expect(told('oidc:anna')).toMatch(/\bas oidc:anna\b/);
    expect(told(undefined)).toMatch(/\bas anna\b/);
  });

  test('what could not be listed is said, and is not called healthy', () => {
    const gap = {
      asked: 'pods in all namespaces',
      why: 'forbidden',
      detail: 'not yours',
    } as unknown as Seen['gaps'][number];
    const text = overviewText(overviewOf(seen({ gaps: [gap] })), where, now, style);
    expect(text).toContain('unknown: no pods could be listed');
    expect(text).toContain('pods in all namespaces: not allowed');
    expect(text).not.toContain('every pod');
  });
});

describe('looking', () => {
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const never = new AbortController().signal;

  test('who may not list the whole cluster sees the namespace in force', async () => {
    const asked: string[] = [];
    const ask = ((question) => {
      const text = questionText(question);
      asked.push(text);
      if (question.ask === 'whoami') return Promise.resolve(answered({ user: 'anna', groups: [] }));
      if (question.ask === 'server') return Promise.resolve(answered({ gitVersion: 'v1.36.3' }));
      if (text.includes('-A') || text === 'list namespaces')
        return Promise.resolve(failed('forbidden', 'no'));
      return Promise.resolve(
        answered({ items: text.includes('pods') ? [pod('a', {})] : [], more: false }),
      );
    }) as Ask;
    const found = await look({ ask, clock }, 'shop', never);
    expect(asked).toContain('list pods -n shop --limit 5000');
    expect(found.pods).toHaveLength(1);
    expect(found.user).toBe('anna');
    expect(found.partly).toBe('only namespace shop');
    expect(found.gaps.map((gap) => gap.asked)).toEqual([
      'pods in all namespaces',
      'namespaces',
      'events in all namespaces',
    ]);
    expect(found.gaps.every(({ remedy }) => remedy?.argv.includes('can-i'))).toBe(true);
  });

  test('a list that was cut says so', async () => {
    const ask = (() =>
      Promise.resolve(answered({ items: [pod('a', {})], more: true }))) as unknown as Ask;
    expect((await look({ ask, clock }, 'shop', never)).partly).toBe('only the first 1 pod');
  });
});
