// The security policies that may apply to a workload. Each kind and namespace is listed separately, so a forbidden list
// costs only that list. Where istiod looks: istio pilot/pkg/model/authorization.go, authentication.go: the root
// namespace and the workload's own (a waypoint: the service's too).
import { inEach, kubectl } from '../../core/command.ts';
import { fact, needs, type Missed } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import { resourceName, type Resource } from '../../core/refs.ts';
import { listed } from '../../core/text.ts';
import { missedPart } from '../kube/ask.ts';
import { changes } from '../../model/kube/moments.ts';
import { text } from '../../model/kube/read.ts';
import { authorizationPolicies, peerAuthentications, requestAuthentications } from './kinds.ts';
import { ifServed } from '../mesh/served.ts';

export type PolicyKind = 'authorization' | 'requestAuthentication' | 'peerAuthentication';

export type Policies = {
  readonly [K in PolicyKind]: readonly KubeObject[];
} & {
  /** Namespaces where a kind could not be listed: a policy there may matter. */
  readonly unseen: { readonly [K in PolicyKind]: readonly string[] };
};
/** The workload's own namespace first. */
export type PoliciesArgs = { readonly namespaces: readonly string[] };

const kinds: readonly (readonly [PolicyKind, Resource])[] = [
  ['authorization', authorizationPolicies],
  ['requestAuthentication', requestAuthentications],
  ['peerAuthentication', peerAuthentications],
];

export const policies = fact({
  name: 'istio/policies',
  asks: ({ namespaces }: PoliciesArgs) => `the security policies in ${listedOf(namespaces)}`,
  byHand: ({ namespaces }) =>
    inEach(
      namespaces,
      (one) => kubectl`get authorizationpolicies,requestauthentications,peerauthentications
        -n ${one} -o yaml`,
    ),
  needs: kinds.flatMap(([, resource]) => [
    needs(['list'], resourceName(resource), 'target'),
    needs(['list'], resourceName(resource), 'mesh-root'),
  ]),
  timeoutMs: 8000,
  fetch: async (ports, { namespaces }, signal) => {
    const lists = await Promise.all(
      kinds.flatMap(([kind, resource]) =>
        [...new Set(namespaces)].map((namespace) => one(ports, kind, resource, namespace, signal)),
      ),
    );
    const itemsOf = (kind: PolicyKind) =>
      lists.filter((l) => l.kind === kind).flatMap((l) => l.items);
    const unseenOf = (kind: PolicyKind) =>
      lists.filter((l) => l.kind === kind && l.missed).map((l) => l.namespace);
    const value: Policies = {
      authorization: itemsOf('authorization'),
      requestAuthentication: itemsOf('requestAuthentication'),
      peerAuthentication: itemsOf('peerAuthentication'),
      unseen: {
        authorization: unseenOf('authorization'),
        requestAuthentication: unseenOf('requestAuthentication'),
        peerAuthentication: unseenOf('peerAuthentication'),
      },
    };
    return { ok: true, value, missed: lists.flatMap((l) => l.missed ?? []) };
  },
  show: (value) => {
    const all = kinds.flatMap(([kind]) => value[kind]);
    return all.length === 0 ? ['none'] : all.map(policyLine);
  },
  moments: (value) => kinds.flatMap(([kind]) => value[kind].flatMap(changes)),
});

function listedOf(namespaces: readonly string[]): string {
  return Array.isArray(namespaces) ? listed([...new Set(namespaces)]) : String(namespaces);
}

type OneList = {
  readonly kind: PolicyKind;
  readonly namespace: string;
  readonly items: readonly KubeObject[];
  readonly missed?: readonly Missed[];
};

async function one(
  ports: Ports,
  kind: PolicyKind,
  resource: Resource,
  namespace: string,
  signal: AbortSignal,
): Promise<OneList> {
  const question = { ask: 'list', resource, namespace } as const;
  const reply = await ifServed(ports, question, await ports.ask(question, signal), signal);
  // A cluster without the type has none of its policies.
  if (!reply.ok && reply.why === 'absent') return { kind, namespace, items: [] };
  if (reply.ok) return { kind, namespace, items: reply.value.items };
  const missed = missedPart(`${resource.plural} in ${namespace}`, reply, question);
  return { kind, namespace, items: [], missed: [missed] };
}

/** `AuthorizationPolicy shop/no-web: DENY, 1 rule` */
export function policyLine(object: KubeObject): string {
  const { namespace = '', name } = object.metadata;
  const named = `${object.kind} ${namespace}/${name}`;
  if (object.kind === 'PeerAuthentication')
    return `${named}: ${text(object.spec, 'mtls', 'mode') ?? 'UNSET'}`;
  if (object.kind === 'RequestAuthentication') return named;
  return `${named}: ${text(object.spec, 'action') ?? 'ALLOW'}`;
}
