// The proxy's decision. Identities as in linkerd2-proxy linkerd/app/inbound/src/policy.rs (tests), networks as in
// linkerd/proxy/server-policy/src/authz/network.rs; the laws over policy sets that are made up.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, tryAuthz, type Caller } from '../../../../src/model/linkerd/policy/decide.ts';
import { portServer } from '../../../../src/model/linkerd/policy/server.ts';
import type {
  Authz,
  ClusterInfo,
  PolicyObjects,
  Scene,
} from '../../../../src/model/linkerd/policy/types.ts';
import { readWorkload } from '../../../../src/model/linkerd/policy/workload.ts';
import { policySets } from './sets.ts';

const everywhere = [
  { cidr: '0.0.0.0/0', except: [] },
  { cidr: '::/0', except: [] },
];
const ref = { group: 'policy.linkerd.io', kind: 'AuthorizationPolicy', name: 'one' };
const who = (id: string): Caller => ({ identity: { is: 'tls', id }, ip: '10.1.2.3' });
const nobody: Caller = { identity: { is: 'none' }, ip: '10.1.2.3' };

function named(exact: readonly string[], ends: readonly string[] = []): Authz {
  return { ref, clients: { is: 'identities', exact, ends }, networks: everywhere };
}

test.each([
  ['spiffe://some-root/some-workload', named(['spiffe://some-root/some-workload']), 'yes'],
  ['spiffe://some-root/some-workload-1', named(['spiffe://some-root/some-workload-2']), 'no'],
  ['some.id.local', named(['some.id.local']), 'yes'],
  ['some.id.local.one', named(['some.id.local.two']), 'no'],
  ['some.id.local', named([], ['id.local']), 'yes'],
  ['some.id.local', named([], ['another-id.local']), 'no'],
  ['spiffe://some-root/some-workload-1', named([], ['some-workload-1']), 'no'],
  ['some.workload.one', named(['some.workload.one', 'some.workload.two']), 'yes'],
] as const)('identity %s', (id, authz, holds) => {
  expect(tryAuthz(authz, who(id)).holds).toBe(holds);
});

test('an identity is only what mutual TLS carries', () => {
  expect(tryAuthz(named([], ['']), nobody)).toMatchObject({
    holds: 'no',
    fails: [{ is: 'no-identity' }],
  });
  const unknown: Caller = { identity: { is: 'unknown' }, ip: undefined };
  expect(tryAuthz(named([], ['']), unknown).holds).toBe('maybe');
});

test('a network holds without its exceptions, and an identity must hold with it', () => {
  const office = [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }];
  const authz = (ip: string) =>
    tryAuthz({ ...named(['a']), networks: office }, { ...who('a'), ip });
  expect(authz('10.2.0.1').holds).toBe('yes');
  expect(authz('10.1.0.1')).toMatchObject({ holds: 'no', fails: [{ is: 'network' }] });
  expect(tryAuthz({ ...named(['b']), networks: office }, who('a')).fails).toHaveLength(2);
});

const cluster: ClusterInfo = {
  controlPlane: 'linkerd',
  trustDomain: 'cluster.local',
  networks: ['10.0.0.0/8', 'fd00::/8'],
  probeNetworks: ['0.0.0.0/0', '::/0'],
  defaultPolicy: 'deny',
};
const callers: readonly Caller[] = [
  nobody,
  who('client.other.serviceaccount.identity.linkerd.cluster.local'),
  who('spiffe://root/ns/a/sa/b'),
  { identity: { is: 'none' }, ip: '172.16.0.9' },
];
const requests = [
  { path: '/', method: 'GET', params: {}, headers: {}, host: 'web.example.org' },
  { path: '/api', method: 'POST', params: { q: 'v' }, headers: { 'x-a': '1' }, host: 'x' },
  { path: '/ready', method: 'GET', params: {}, headers: {}, host: 'x' },
];

function sceneOf(seed: number): Scene {
  const [set] = policySets(seed, 1);
  if (!set) throw new Error('no set');
  return { workload: readWorkload(set.pod), cluster, objects: set.objects };
}
const scenes = fc.integer().map(sceneOf);

test('another authorization never denies what was allowed', () => {
  fc.assert(
    fc.property(
      scenes,
      fc.integer(),
      fc.constantFrom(...callers),
      fc.constantFrom(...requests),
      (scene, seed, caller, request) => {
        const more = sceneOf(seed).objects.authorizationPolicies.map((policy) => ({
          ...policy,
          metadata: {
            ...policy.metadata,
            name: `${policy.metadata.name}-more`,
            namespace: scene.workload.namespace,
          },
        }));
        const objects: PolicyObjects = {
          ...scene.objects,
          authorizationPolicies: [...scene.objects.authorizationPolicies, ...more],
        };
        const before = decide(portServer(scene, 8080), caller, request);
        const after = decide(portServer({ ...scene, objects }, 8080), caller, request);
        if (before.is === 'allowed') expect(after.is).toBe('allowed');
        if (before.is === 'no-route') expect(after.is).toBe('no-route');
      },
    ),
    { numRuns: 300 },
  );
});

test('the pod itself is always let through where a route takes the request', () => {
  fc.assert(
    fc.property(scenes, fc.constantFrom(...requests), (scene, request) => {
      const self: Caller = { identity: { is: 'none' }, ip: '127.0.0.1' };
      expect(decide(portServer(scene, 8080), self, request).is).not.toBe('denied');
    }),
    { numRuns: 200 },
  );
});

test('deny without any policy lets in the probes of the kubelet and nobody else', () => {
  fc.assert(
    fc.property(
      scenes,
      fc.constantFrom(...callers),
      fc.constantFrom(...requests),
      (scene, caller, request) => {
        const objects: PolicyObjects = { ...scene.objects, servers: [] };
        const workload = { ...scene.workload, annotations: {} };
        const outcome = decide(portServer({ ...scene, workload, objects }, 8080), caller, request);
        const probed = workload.probes.some((p) => p.port === 8080 && p.path === request.path);
        expect(outcome.is).toBe(probed && request.method === 'GET' ? 'allowed' : 'denied');
      },
    ),
    { numRuns: 200 },
  );
});

test('less known of a caller or a request is never another answer, only none', () => {
  fc.assert(
    fc.property(
      scenes,
      fc.constantFrom(...callers),
      fc.constantFrom(...requests),
      (scene, caller, request) => {
        const server = portServer(scene, 8080);
        const full = decide(server, caller, request);
        const unknown: Caller = { identity: { is: 'unknown' }, ip: caller.ip };
        const half = decide(server, unknown, request);
        if (half.is !== 'unknown') expect(half.is).toBe(full.is);
        const vague = decide(server, caller, {
          ...request,
          method: undefined,
          host: undefined,
          headers: {},
        });
        if (vague.is !== 'unknown') expect(vague.is).toBe(full.is);
      },
    ),
    { numRuns: 300 },
  );
});
