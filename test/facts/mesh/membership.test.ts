// Which mesh a pod is in, for a pod of each kind.
import { describe, expect, test } from 'vitest';
import type { JsonObject, KubeObject } from '../../../src/core/object.ts';
import { membership } from '../../../src/facts/mesh/membership.ts';
import { guard } from '../../../src/guard/guard.ts';
import { replay } from '../../../src/snapshot/replay.ts';
import { never } from '../kube/world.ts';

type Meta = Readonly<Record<string, string>>;
type Made = {
  readonly labels?: Meta;
  readonly annotations?: Meta;
  readonly main?: readonly JsonObject[];
  readonly init?: readonly JsonObject[];
  readonly home?: { readonly labels?: Meta; readonly annotations?: Meta };
  readonly more?: readonly KubeObject[];
};
const app = { name: 'app' };
const ref = { namespace: 'shop', name: 'web' };

async function of({ labels, annotations, main = [], init = [], home = {}, more = [] }: Made) {
  const objects: readonly KubeObject[] = [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...ref, ...(labels && { labels }), ...(annotations && { annotations }) },
      spec: { containers: [app, ...main], initContainers: init },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', ...home } },
    ...more,
  ];
  const file = { meshdoc: 1, runbook: 'x', input: {}, now: '2026-11-21T08:00:00Z' } as const;
  const { ask, clock } = replay({ file: { ...file, complete: true }, objects, answers: [] });
  const got = await membership.fetch({ ask: guard(ask), clock }, { pod: ref }, never);
  if (!got.ok) throw new Error(got.detail);
  const { members, asked, connected } = got.value;
  return { is: members.map(({ mesh, as }) => `${mesh}: ${as}`), asked, connected };
}
const proxy = (name: string) => ({ name });
const native = (name: string) => ({ name, restartPolicy: 'Always' });

describe('a pod in a mesh', () => {
  test.each<[string, Made, readonly string[]]>([
    ['Istio', { main: [proxy('istio-proxy')] }, ['istio: a sidecar']],
    ['Istio, native', { init: [native('istio-proxy')] }, ['istio: a native sidecar']],
    [
      'Istio, ambient',
      { annotations: { 'ambient.istio.io/redirection': 'enabled' } },
      ['istio: ambient mode'],
    ],
    [
      'an Istio gateway',
      { main: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] },
      ['istio: a gateway'],
    ],
    ['Linkerd', { main: [proxy('linkerd-proxy')] }, ['linkerd: a sidecar']],
    ['Linkerd, native', { init: [native('linkerd-proxy')] }, ['linkerd: a native sidecar']],
    [
      'part of Linkerd',
      { labels: { 'linkerd.io/control-plane-component': 'identity' } },
      ['linkerd: the control plane (identity)'],
    ],
    ['Consul', { main: [proxy('consul-dataplane')] }, ['consul: a sidecar']],
    ['Consul, native', { init: [native('consul-dataplane')] }, ['consul: a native sidecar']],
    [
      'two',
      { main: [proxy('istio-proxy')], init: [native('linkerd-proxy')] },
      ['istio: a sidecar', 'linkerd: a native sidecar'],
    ],
    ['none', { init: [proxy('istio-init')] }, []],
  ])('%s', async (_, made, wanted) => {
    expect((await of(made)).is).toEqual(wanted);
  });

  test('connected by Cilium', async () => {
    const endpoint = { apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata: ref };
    expect((await of({})).connected).toEqual([]);
    expect((await of({ more: [endpoint] })).connected).toEqual(['cilium']);
  });
});

describe('what is asked for', () => {
  test.each<[string, Made, readonly string[]]>([
    ['the namespace: Istio', { home: { labels: { 'istio-injection': 'enabled' } } }, ['istio']],
    ['a revision', { home: { labels: { 'istio.io/rev': 'canary' } } }, ['istio']],
    ['the pod: Istio', { labels: { 'sidecar.istio.io/inject': 'true' } }, ['istio']],
    [
      'the namespace: Linkerd',
      { home: { annotations: { 'linkerd.io/inject': 'enabled' } } },
      ['linkerd'],
    ],
    [
      'the pod wins over its namespace',
      {
        annotations: { 'linkerd.io/inject': 'disabled' },
        home: { annotations: { 'linkerd.io/inject': 'enabled' } },
      },
      [],
    ],
    [
      'the pod: Consul',
      { annotations: { 'consul.hashicorp.com/connect-inject': 'true' } },
      ['consul'],
    ],
    ['nothing', { home: { labels: { 'istio-injection': 'disabled' } } }, []],
  ])('%s', async (_, made, wanted) => {
    expect((await of(made)).asked).toEqual(wanted);
  });
});
