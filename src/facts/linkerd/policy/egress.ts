// The EgressNetworks that a namespace obeys, and the routes that are attached to them. Linkerd
// before 2.17 does not have the kind (linkerd2 charts/linkerd-crds/templates/policy/egress-network.yaml).
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { Ports } from '../../../core/ports.ts';
import { resourceName, type Resource } from '../../../core/refs.ts';
import { missedPart } from '../../kube/ask.ts';
import { text } from '../../../model/kube/read.ts';
import { changes } from '../../../model/kube/moments.ts';
import {
  routeKinds,
  type EgressObjects,
  type RouteKind,
} from '../../../model/linkerd/policy/egress.ts';
import { resources } from '../../../model/linkerd/policy/kinds.ts';
import { gatewayGroup, policyGroup } from '../../../model/linkerd/policy/refs.ts';
import { nameOf } from './objects.ts';

export type EgressArgs = {
  readonly namespace: string;
  /** Where networks for all namespaces are kept (Helm value egress.globalEgressNetworkNamespace). */
  readonly shared: string;
};
export type Egress = EgressObjects & {
  /** Lists that were not answered: what is missing may decide. */
  readonly unseen: readonly string[];
  readonly takesTlsRoutes: boolean;
};

const egressNetworks: Resource = {
  ...{ group: policyGroup, version: 'v1alpha1', plural: 'egressnetworks' },
  ...{ kind: 'EgressNetwork', namespaced: true },
};
const gateway = (plural: string, kind: string): Resource => ({
  ...{ group: gatewayGroup, version: 'v1alpha2', plural, kind, namespaced: true },
});
const byKind: Readonly<Record<RouteKind, readonly Resource[]>> = {
  grpc: [resources.grpcRoutes],
  http: [resources.httpRoutes, resources.gatewayHttpRoutes],
  tls: [gateway('tlsroutes', 'TLSRoute')],
  tcp: [gateway('tcproutes', 'TCPRoute')],
};
const optional = 'to tell which EgressNetwork decides about a host outside the cluster';
const all = [egressNetworks, ...routeKinds.flatMap((kind) => byKind[kind])];

export const egress = fact({
  name: 'linkerd/egress',
  asks: ({ namespace }: EgressArgs) => `the EgressNetworks that ${namespace} obeys`,
  byHand: () =>
    kubectl`get egressnetworks.${policyGroup},httproutes.${policyGroup},httproutes.${gatewayGroup},tlsroutes.${gatewayGroup},tcproutes.${gatewayGroup} -A -o yaml`,
  needs: all.map((kind) => needs(['list'], resourceName(kind), 'all', { optional })),
  timeoutMs: 9000,
  fetch: async (ports, { namespace, shared }, signal): Promise<Fetched<Egress>> => {
    const places = [...new Set([namespace, shared])];
    const networks = await listed(ports, [egressNetworks], places, signal);
    // Without a network no route is attached to one.
    const isEmpty = networks.items.length === 0;
    const read = async (kind: RouteKind) =>
      isEmpty ? nothing : listed(ports, byKind[kind], places, signal);
    const [grpc, http, tls, tcp] = await Promise.all([
      ...[read('grpc'), read('http'), read('tls'), read('tcp')],
    ]);
    const missed = [networks, grpc, http, tls, tcp].flatMap((one) => one?.missed ?? []);
    return {
      ok: true,
      value: {
        networks: networks.items,
        routes: {
          ...{ grpc: grpc?.items ?? [], http: http?.items ?? [] },
          ...{ tls: tls?.items ?? [], tcp: tcp?.items ?? [] },
        },
        unseen: missed.map(({ asked }) => asked),
        takesTlsRoutes: tls?.isServed ?? false,
      },
      missed,
    };
  },
  show: ({ networks, routes }) => {
    const objects = [...networks, ...routeKinds.flatMap((kind) => routes[kind])];
    return objects.length === 0 ? ['none'] : objects.slice(0, 14).map(objectText);
  },
  moments: ({ networks, routes }) =>
    [...networks, ...routeKinds.flatMap((kind) => routes[kind])].flatMap(changes),
});

export function objectText(object: KubeObject): string {
  const policy = text(object.spec, 'trafficPolicy');
  return `${object.kind} ${nameOf(object)}${policy === undefined ? '' : `: ${policy}`}`;
}

type Some = {
  readonly items: readonly KubeObject[];
  readonly missed: readonly Missed[];
  readonly isServed: boolean;
};
const nothing: Some = { items: [], missed: [], isServed: false };

async function listed(
  ports: Ports,
  kinds: readonly Resource[],
  places: readonly string[],
  signal: AbortSignal,
): Promise<Some> {
  const each = await Promise.all(
    kinds.flatMap((resource) =>
      places.map(async (namespace): Promise<Some> => {
        const question = { ask: 'list', resource, namespace } as const;
        const reply = await ports.ask(question, signal);
        if (reply.ok) return { items: reply.value.items, missed: [], isServed: true };
        if (reply.why === 'absent') return nothing;
        const missed = [missedPart(`${resource.plural} in ${namespace}`, reply, question)];
        return { items: [], missed, isServed: true };
      }),
    ),
  );
  return {
    items: each.flatMap(({ items }) => items),
    missed: each.flatMap(({ missed }) => missed),
    isServed: each.some(({ isServed }) => isServed),
  };
}
