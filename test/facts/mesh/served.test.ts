// A 404 of a kind that the mesh brings along, held against whether the mesh runs.
import { describe, expect, test } from 'vitest';
import { answered, failed, type Ask, type Ports, type Reply } from '../../../src/core/ports.ts';
import type { Listed, ListQuestion } from '../../../src/core/question.ts';
import { authorizationPolicies } from '../../../src/facts/istio/kinds.ts';
import { resources } from '../../../src/model/linkerd/policy/kinds.ts';
import { ifServed } from '../../../src/facts/mesh/served.ts';

const signal = new AbortController().signal;
const gone = failed('absent', 'the server has none');
const istio: ListQuestion = { ask: 'list', resource: authorizationPolicies, namespace: 'shop' };
const none: Reply<Listed> = answered({ items: [], more: false });
const pod: Reply<Listed> = answered({
  items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'mesh' } }],
  more: true,
});

function portsWith(byLabels: Readonly<Record<string, Reply<Listed>>>, otherwise: Reply<Listed>) {
  const ask: Ask = (question) =>
    Promise.resolve(
      ((question as ListQuestion).labels !== undefined
        ? byLabels[(question as ListQuestion).labels ?? '']
        : undefined) ?? otherwise,
    ) as never;
  return { ask, clock: { now: () => 0, sleep: () => Promise.resolve() } } satisfies Ports;
}

describe('a kind that Istio brings along', () => {
  test.each([
    ['app=istiod', 'although istiod runs in mesh'],
    ['app=ztunnel', 'although a ztunnel runs in mesh'],
    ['security.istio.io/tlsMode=istio', 'although a sidecar runs in mesh'],
  ])('is not gone where %s is there', async (labels, says) => {
    const reply = await ifServed(portsWith({ [labels]: pod }, none), istio, gone, signal);
    expect(reply).toMatchObject({ ok: false, why: 'unreadable' });
    expect(reply.ok ? '' : reply.detail).toContain(
      `the API server has no AuthorizationPolicy of Istio, ${says}`,
    );
  });

  test('is gone where nothing of Istio runs', async () => {
    expect(await ifServed(portsWith({}, none), istio, gone, signal)).toBe(gone);
  });

  test('is not known to be gone where that may not be asked', async () => {
    const denied = portsWith({}, failed('forbidden', 'may not'));
    expect(await ifServed(denied, istio, gone, signal)).toMatchObject({ why: 'unreadable' });
  });
});

test('what answers, or is of no mesh, is left as it is', async () => {
  const all = portsWith({}, pod);
  expect(await ifServed(all, istio, none, signal)).toBe(none);
  const route = { ...istio, resource: resources.gatewayHttpRoutes };
  expect(await ifServed(all, route, gone, signal)).toBe(gone);
  const server = { ...istio, resource: resources.servers };
  expect(await ifServed(all, server, gone, signal)).toMatchObject({ why: 'unreadable' });
});
