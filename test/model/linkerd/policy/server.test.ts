// What we say the policy controller would send, against what the real one sent: linkerd-policy-controller, built from
// linkerd2 b24cd4059 (edge-26.8), was given generated sets of policies, a namespace each, and asked over gRPC
// (InboundServerPolicies/GetPort). Its answers are kept in short: see `shortOf` for how.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../src/core/object.ts';
import { policySets } from './sets.ts';
import { portServer } from '../../../../src/model/linkerd/policy/server.ts';
import type {
  Authz,
  ClusterInfo,
  Network,
  PortServer,
  Ref,
  Route,
  RouteMatch,
  TextMatch,
} from '../../../../src/model/linkerd/policy/types.ts';
import { readWorkload } from '../../../../src/model/linkerd/policy/workload.ts';

/** By set, then by port; `~` and `@` stand for what is in every other line. */
type Answers = readonly Readonly<Record<string, unknown>>[];
const file = new URL('recorded.json', import.meta.url);
const text = readFileSync(file, 'utf8')
  .replaceAll('~', '.serviceaccount.identity.linkerd.cluster.local')
  .replaceAll('@', 'policy.linkerd.io');
const answers = JSON.parse(text) as Answers;
const sets = policySets(7, answers.length);

/** As the controller was started. */
const cluster: ClusterInfo = {
  controlPlane: 'linkerd',
  trustDomain: 'cluster.local',
  networks: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'],
  probeNetworks: ['0.0.0.0/0', '::/0'],
  defaultPolicy: 'all-unauthenticated',
};
/** One that several sets refer to. */
const shared: KubeObject = {
  apiVersion: 'policy.linkerd.io/v1alpha1',
  kind: 'MeshTLSAuthentication',
  metadata: { name: 'shared', namespace: 'shared' },
  spec: { identities: ['*.shared.example.org'] },
};

test('equals what the real policy controller sent, for every set and port', () => {
  let compared = 0;
  for (const [i, { pod, objects }] of sets.entries()) {
    const scene = {
      workload: readWorkload(pod),
      cluster,
      objects: { ...objects, meshTls: [...objects.meshTls, shared] },
    };
    for (const [port, answer] of Object.entries(answers[i] ?? {})) {
      const name = `${pod.metadata.namespace}:${port}`;
      expect({ [name]: shortOf(portServer(scene, Number(port))) }).toEqual({ [name]: answer });
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(500);
});

test('the recorded sets have what matters in them', () => {
  const said = JSON.stringify(answers);
  for (const word of [
    'serverauthorization',
    'any tls',
    'grpc',
    'opaque',
    '"limit":["limit"',
    ' but ',
    'audit',
    'GRPCRoute',
    'gateway.networking.k8s.io HTTPRoute',
    'default probe',
  ]) {
    expect(said).toContain(word);
  }
});

function shortOf(server: PortServer): unknown {
  const { ref, protocol, routes, rateLimit } = server;
  return {
    server: [ref.group, ref.kind.toLowerCase(), ref.name].join(' ').trim(),
    protocol,
    authzs: authzsShort(server.authzs),
    routes: routes.map(routeShort),
    limit:
      rateLimit === undefined
        ? null
        : [
            rateLimit.name,
            rateLimit.total ?? null,
            rateLimit.identity ?? null,
            rateLimit.overrides.map(({ limit, clients }) => [limit, clients]),
          ],
  };
}

function routeShort({ ref, hosts, rules, authzs }: Route): unknown {
  const all = rules.map((matches) => matches.map(matchShort));
  return [refShort(ref), hosts, all, authzsShort(authzs)];
}

function matchShort({ path, method, headers, params, rpc }: RouteMatch): unknown {
  const texts = (all: readonly TextMatch[]) => all.map(({ is, name, value }) => [is, name, value]);
  if (rpc === 'unset') return [null, texts(headers)];
  if (rpc) return [[rpc.service, rpc.method], texts(headers)];
  return [path ? [path.is, path.value] : null, method ?? null, texts(headers), texts(params)];
}

function authzsShort(all: readonly Authz[]): unknown {
  return all
    .map(({ ref, clients, networks }) => {
      const name = refShort({ ...ref, kind: ref.kind.toLowerCase() });
      return [name, clientsShort(clients), networks.map(networkShort)] as const;
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function clientsShort(clients: Authz['clients']): unknown {
  if (clients.is === 'anyone') return 'anyone';
  if (clients.is === 'any-tls') return 'any tls';
  return [...clients.exact.toSorted(), ...clients.ends.map((end) => `*${end}`).toSorted()];
}

function networkShort({ cidr, except }: Network): string {
  const one = (block: string) => (block.includes('/') ? block : `${block}/32`);
  return [cidr, ...except].map(one).join(' but ');
}

function refShort({ group, kind, name }: Ref): string {
  return kind === 'default' ? `default ${name}` : `${group} ${kind} ${name}`;
}
