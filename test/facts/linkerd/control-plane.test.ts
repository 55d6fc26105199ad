// Where Linkerd is and how it was installed, from small worlds; values as linkerd2's chart writes them.
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/facts/linkerd/config.ts';
import { linkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { componentOf } from '../../../src/model/linkerd/control-plane.ts';
import { adminPortOf, linkerdRole, proxyVersion } from '../../../src/model/linkerd/mesh-pod.ts';
import { readPod } from '../../../src/facts/kube/pod.ts';
import type { JsonObject, KubeObject } from '../../../src/core/object.ts';
import { guard } from '../../../src/guard/guard.ts';
import { replay } from '../../../src/snapshot/replay.ts';
import { never } from '../kube/world.ts';

const values = `clusterNetworks: 10.0.0.0/8, 192.168.0.0/16
identity:
  issuer: { scheme: kubernetes.io/tls, clockSkewAllowance: 20s }
identityTrustDomain: ""
linkerdVersion: edge-26.8.3
proxy: { defaultInboundPolicy: deny, nativeSidecar: true, opaquePorts: "25,3306" }
`;
const component = (name: string) => ({
  name: `linkerd-${name}`,
  namespace: 'mesh',
  labels: { 'linkerd.io/control-plane-component': name },
});
const mesh = { 'linkerd.io/is-control-plane': 'true' };
const world: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh', labels: mesh } },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'linkerd-config', namespace: 'mesh' },
    data: { values },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: component('identity'),
    spec: { replicas: 2 },
    status: { readyReplicas: 1 },
  },
];

async function found(objects: readonly KubeObject[], denied: readonly string[] = []) {
  const replies = denied.map((question) => ({ question, why: 'forbidden', detail: 'no' }) as const);
  const file = { meshdoc: 1, runbook: 'x', input: {}, now: '2026-11-21T08:00:00Z' } as const;
  const saved = { file: { ...file, complete: true, replies }, objects, answers: [] };
  const { ask, clock } = replay(saved);
  return linkerdControlPlane.fetch({ ask: guard(ask), clock }, { named: undefined }, never);
}

describe('the control plane', () => {
  test('its namespace by label, its version, its parts', async () => {
    const got = await found(world);
    if (!got.ok) throw new Error(got.detail);
    const { namespace, config } = got.value;
    expect([namespace, config?.version, got.missed]).toEqual(['mesh', 'edge-26.8.3', []]);
    expect(componentOf(got.value, 'identity')).toMatchObject({ wanted: 2, ready: 1 });
    expect(componentOf(got.value, 'destination')).toBeUndefined();
  });

  test('none at all is an answer; what may not be listed is looked for where it usually is', async () => {
    expect(await found([])).toMatchObject({ ok: false, why: 'absent' });
    const key = 'list namespaces -l linkerd.io/is-control-plane=true';
    const moved = await found(
      world.map((o) => ({ ...o, metadata: { ...o.metadata, namespace: 'linkerd' } })),
      [key],
    );
    expect(moved).toMatchObject({ ok: true, value: { namespace: 'linkerd' } });
    expect(moved.missed?.map(({ why }) => why)).toEqual(['forbidden']);
    expect(await found([], [key])).toMatchObject({ ok: false, why: 'absent' });
  });

  test('its config is what was written, and its defaults those of the chart', () => {
    expect(readConfig(values)).toMatchObject({
      trustDomain: 'cluster.local',
      issuerScheme: 'kubernetes.io/tls',
      defaultInboundPolicy: 'deny',
      clusterNetworks: ['10.0.0.0/8', '192.168.0.0/16'],
      opaquePorts: '25,3306',
      clockSkewSeconds: 20,
      tokenProjection: true,
      cni: false,
    });
    expect(readConfig('linkerdVersion: edge-24.1.1')?.defaultInboundPolicy).toBe(
      'all-unauthenticated',
    );
    expect(readConfig('<html>')).toBeUndefined();
    expect(readConfig('a: [')).toBeUndefined();
  });
});

const image = 'cr.l5d.io/linkerd/proxy:edge-26.8.3';
function pod(spec: JsonObject, labels: Record<string, string> = {}) {
  return readPod({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels }, spec });
}
const proxy = {
  name: 'linkerd-proxy',
  image,
  ports: [{ name: 'linkerd-admin', containerPort: 14191 }],
};

describe('a pod', () => {
  test.each([
    ['native sidecar', { initContainers: [{ ...proxy, restartPolicy: 'Always' }] }, {}, true],
    ['classic sidecar', { containers: [proxy] }, {}, false],
  ])('%s', (_, spec, labels, native) => {
    const made = pod(spec, labels);
    expect(linkerdRole(made)).toMatchObject({ is: 'meshed', native });
    expect([adminPortOf(made), proxyVersion(made)]).toEqual([14191, 'edge-26.8.3']);
  });

  test('labels without a proxy are no proxy; a part of Linkerd is one, with or without', () => {
    const copied = { 'linkerd.io/control-plane-ns': 'linkerd' };
    expect(linkerdRole(pod({ containers: [{ name: 'app' }] }, copied))).toEqual({ is: 'none' });
    const part = { 'linkerd.io/control-plane-component': 'identity' };
    const role = linkerdRole(pod({ containers: [{ name: 'identity' }] }, part));
    expect(role).toEqual({ is: 'control-plane', component: 'identity', proxy: undefined });
    expect(adminPortOf(pod({ containers: [] }))).toBe(4191);
  });
});
