// Everything that can decide who may call a pod's port: all of it is in the pod's own namespace, except the
// authentications that a policy names in another one.
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { Ports } from '../../../core/ports.ts';
import { resourceName, type Resource } from '../../../core/refs.ts';
import { missedPart } from '../../kube/ask.ts';
import { changes } from '../../../model/kube/moments.ts';
import { list } from '../../../model/kube/read.ts';
import { older, resources } from '../../../model/linkerd/policy/kinds.ts';
import { isKind, policyGroup, readTarget } from '../../../model/linkerd/policy/refs.ts';
import {
  policyKinds,
  type PolicyKind,
  type PolicyObjects,
} from '../../../model/linkerd/policy/types.ts';
import { ifServed } from '../../mesh/served.ts';

export type Policies = {
  readonly objects: PolicyObjects;
  /** Kinds that could not be listed completely: what is missing may matter. */
  readonly unseen: readonly PolicyKind[];
  /** A policy put into the caller's namespace by mistake would not have been seen. */
  readonly besideUnseen: boolean;
};
export type PoliciesArgs = {
  readonly namespace: string;
  /** Where somebody may have put a policy by mistake: the caller's namespace. */
  readonly beside: readonly string[];
};

export const linkerdPolicies = fact({
  name: 'linkerd/policies',
  asks: ({ namespace }: PoliciesArgs) => `Linkerd's policies in ${namespace}`,
  byHand: ({ namespace }) =>
    kubectl`get
      servers.${policyGroup},authorizationpolicies.${policyGroup},meshtlsauthentications.${policyGroup},networkauthentications.${policyGroup},httproutes.${policyGroup}
      -n ${namespace} -o yaml`,
  needs: policyKinds.map((kind) => needs(['list'], resourceName(resources[kind]), 'target')),
  timeoutMs: 9000,
  fetch: async (ports, { namespace, beside }, signal): Promise<Fetched<Policies>> => {
    const elsewhere = [...new Set(beside)].filter((other) => other !== namespace);
    const [own, strayed] = await Promise.all([
      Promise.all(policyKinds.map((kind) => one(ports, kind, namespace, signal))),
      Promise.all(elsewhere.map((other) => one(ports, 'authorizationPolicies', other, signal))),
    ]);
    const policies = [...own, ...strayed].filter((l) => l.kind === 'authorizationPolicies');
    const named = await Promise.all(
      namedElsewhere(
        policies.flatMap((l) => l.items),
        namespace,
      ).map(({ kind, other }) => one(ports, kind, other, signal)),
    );
    const lists = [...own, ...strayed, ...named];
    const itemsOf = (kind: PolicyKind) =>
      lists.filter((l) => l.kind === kind).flatMap((l) => l.items);
    const unseen = [...own, ...named].filter((l) => l.missed.length > 0).map((l) => l.kind);
    return {
      ok: true,
      value: {
        objects: byKind(itemsOf),
        unseen: [...new Set(unseen)],
        besideUnseen: strayed.some((l) => l.missed.length > 0),
      },
      missed: lists.flatMap((l) => l.missed),
    };
  },
  show: ({ objects }) => {
    const all = policyKinds.flatMap((kind) =>
      objects[kind].map((object) => `${resources[kind].kind} ${nameOf(object)}`),
    );
    return all.length === 0 ? ['none'] : all.slice(0, 14);
  },
  moments: ({ objects }) => policyKinds.flatMap((kind) => objects[kind].flatMap(changes)),
});

function byKind(itemsOf: (kind: PolicyKind) => readonly KubeObject[]): PolicyObjects {
  return {
    servers: itemsOf('servers'),
    serverAuthorizations: itemsOf('serverAuthorizations'),
    authorizationPolicies: itemsOf('authorizationPolicies'),
    meshTls: itemsOf('meshTls'),
    networks: itemsOf('networks'),
    httpRoutes: itemsOf('httpRoutes'),
    gatewayHttpRoutes: itemsOf('gatewayHttpRoutes'),
    grpcRoutes: itemsOf('grpcRoutes'),
    rateLimits: itemsOf('rateLimits'),
  };
}

export function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

type OneList = {
  readonly kind: PolicyKind;
  readonly items: readonly KubeObject[];
  readonly missed: readonly Missed[];
};

async function one(
  ports: Ports,
  kind: PolicyKind,
  namespace: string,
  signal: AbortSignal,
): Promise<OneList> {
  const ask = (resource: Resource) => ports.ask({ ask: 'list', resource, namespace }, signal);
  const first = await ask(resources[kind]);
  const other = older[kind];
  const last = !first.ok && first.why === 'absent' && other ? await ask(other) : first;
  const resource = resources[kind];
  const question = { ask: 'list', resource, namespace } as const;
  const reply = await ifServed(ports, question, last, signal);
  if (reply.ok) return { kind, items: reply.value.items, missed: [] };
  // A cluster without the type has no such objects.
  if (reply.why === 'absent') return { kind, items: [], missed: [] };
  const asked = `${resource.plural} in ${namespace}`;
  return { kind, items: [], missed: [missedPart(asked, reply, question)] };
}

type Elsewhere = { readonly kind: PolicyKind; readonly other: string };

function namedElsewhere(policies: readonly KubeObject[], namespace: string): readonly Elsewhere[] {
  const found = policies.flatMap(({ spec, metadata }) =>
    list(spec, 'requiredAuthenticationRefs')
      .map(readTarget)
      .flatMap((ref): Elsewhere[] => {
        const other = ref.namespace ?? metadata.namespace ?? namespace;
        if (other === namespace) return [];
        if (isKind(ref, policyGroup, 'MeshTLSAuthentication')) return [{ kind: 'meshTls', other }];
        const network = isKind(ref, policyGroup, 'NetworkAuthentication');
        return network ? [{ kind: 'networks', other }] : [];
      }),
  );
  return found.filter(
    (a, i) => found.findIndex((b) => b.kind === a.kind && b.other === a.other) === i,
  );
}
