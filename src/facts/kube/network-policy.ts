// Does a NetworkPolicy block the connection from one pod to another? Rules: kubernetes.io NetworkPolicy API
// (staging/src/k8s.io/api/networking/v1/types.go): a pod that no policy selects is open; a selected one may do only
// what some policy allows.
import { inEach, kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../core/fact.ts';
import type { Reply } from '../../core/ports.ts';
import type { KubeObject } from '../../core/object.ts';
import type { GetQuestion, ListQuestion } from '../../core/question.ts';
import { count } from '../../core/text.ts';
import { failure, getObject, missedPart } from './ask.ts';
import { namespaces, networkPolicies } from './kinds.ts';
import { selects, type Labels, type LabelSelector } from '../../model/kube/labels.ts';
import { at, list, number, record, text, texts } from '../../model/kube/read.ts';

export type Endpoint = {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ip: string | undefined;
};
export type Way = 'egress' | 'ingress';
export type Blocking = {
  /** The pods it selects. */
  readonly podSelector: LabelSelector;
  readonly namespace: string;
  readonly name: string;
  readonly way: Way;
};

export type PolicyArgs = {
  readonly from: Endpoint;
  /** Any one of these is enough. */
  readonly to: readonly Endpoint[];
  readonly toNamespace: string;
  readonly port: number;
};

export type PolicyView = {
  /** The policies that select the pod and do not allow the connection. */
  readonly blocking: readonly Blocking[];
  /** How many policies there are in the two namespaces. */
  readonly policies: number;
};

export const policiesBetween = fact({
  name: 'kube/network-policies',
  asks: ({ from, toNamespace }: PolicyArgs) =>
    `NetworkPolicies in ${from.namespace} and ${toNamespace}`,
  byHand: ({ from, toNamespace }) =>
    inEach([from.namespace, toNamespace], (one) => kubectl`get networkpolicies -n ${one} -o yaml`),
  needs: [
    needs(['list'], 'networkpolicies.networking.k8s.io', 'target'),
    needs(['list'], 'networkpolicies.networking.k8s.io', 'mesh-root'),
    needs(['get'], 'namespaces', 'all'),
  ],
  timeoutMs: 8000,
  fetch: async (ports, args, signal): Promise<Fetched<PolicyView>> => {
    const question = (namespace: string): ListQuestion => ({
      ask: 'list',
      resource: networkPolicies,
      namespace,
    });
    const [here, there, fromNs, toNs] = await Promise.all([
      ports.ask(question(args.from.namespace), signal),
      ports.ask(question(args.toNamespace), signal),
      getObject(ports, namespaces, args.from.namespace, undefined, signal),
      getObject(ports, namespaces, args.toNamespace, undefined, signal),
    ]);
    if (!here.ok) return failure(here, question(args.from.namespace));
    const labels = {
      [args.from.namespace]: fromNs.ok ? (fromNs.value.metadata.labels ?? {}) : undefined,
      [args.toNamespace]: toNs.ok ? (toNs.value.metadata.labels ?? {}) : undefined,
    };
    const policies = [...here.value.items, ...(there.ok ? there.value.items : [])];
    const unread = (reply: Reply<unknown>, name: string): Missed[] =>
      reply.ok || reply.why === 'absent' || policies.length === 0
        ? []
        : [missedPart(`the labels of namespace ${name}`, reply, namespaceQuestion(name))];
    const missed = [
      ...(there.ok
        ? []
        : [
            missedPart(`NetworkPolicies in ${args.toNamespace}`, there, question(args.toNamespace)),
          ]),
      ...unread(fromNs, args.from.namespace),
      ...unread(toNs, args.toNamespace),
    ];
    return {
      ok: true,
      missed,
      // Without a policy no label is looked at.
      without: [args.from.namespace, args.toNamespace].map(namespaceQuestion),
      value: { blocking: blockingPolicies(policies, args, labels), policies: policies.length },
    };
  },
  show: ({ blocking, policies }) => [
    count(policies, 'policy', 'policies'),
    ...blocking.map(
      (b) => `${b.namespace}/${b.name} selects the pod and does not allow this ${b.way}`,
    ),
  ],
});

/** The same where one side is a Prometheus, which may be anywhere. */
export const policiesToward = fact({
  ...policiesBetween,
  needs: [
    needs(['list'], 'networkpolicies.networking.k8s.io', 'all'),
    needs(['get'], 'namespaces', 'all'),
  ],
});

function namespaceQuestion(name: string): GetQuestion {
  return { ask: 'get', ref: { resource: namespaces, name } };
}

type NamespaceLabels = Readonly<Record<string, Labels | undefined>>;

/** Empty when the connection is allowed, or when the policies do not decide it. */
export function blockingPolicies(
  policies: readonly KubeObject[],
  args: PolicyArgs,
  labels: NamespaceLabels,
): readonly Blocking[] {
  const out = selecting(policies, args.from, 'egress');
  const egressOpen =
    out.length === 0 ||
    args.to.length === 0 ||
    args.to.some((to) => out.some((p) => allows(p, 'egress', to, args.port, labels)));
  if (!egressOpen) return out.map((p) => named(p, 'egress'));
  const reachable = args.to.filter((to) => {
    const into = selecting(policies, to, 'ingress');
    return (
      into.length === 0 || into.some((p) => allows(p, 'ingress', args.from, args.port, labels))
    );
  });
  if (reachable.length > 0 || args.to.length === 0) return [];
  const into = args.to.flatMap((to) => selecting(policies, to, 'ingress'));
  return [...new Set(into)].map((p) => named(p, 'ingress'));
}

function selecting(
  policies: readonly KubeObject[],
  end: Endpoint,
  way: Way,
): readonly KubeObject[] {
  return policies.filter(
    (p) =>
      p.metadata.namespace === end.namespace &&
      applies(p, way) &&
      selects(record(p.spec, 'podSelector') as LabelSelector, end.labels),
  );
}

/** Without policyTypes: always ingress, and egress when there are egress rules. */
function applies(policy: KubeObject, way: Way): boolean {
  const types = texts(policy.spec, 'policyTypes');
  if (types.length > 0) return types.some((t) => t.toLowerCase() === way);
  return way === 'ingress' || list(policy.spec, 'egress').length > 0;
}

function allows(
  policy: KubeObject,
  way: Way,
  peer: Endpoint,
  port: number,
  labels: NamespaceLabels,
): boolean {
  return list(policy.spec, way).some((rule) => {
    const peers = list(rule, way === 'egress' ? 'to' : 'from');
    const home = policy.metadata.namespace ?? '';
    return (
      allowsPort(rule, port) &&
      (peers.length === 0 || peers.some((p) => isPeer(p, peer, home, labels)))
    );
  });
}

/** A named port counts as a match: only the other pod knows its number. */
function allowsPort(rule: unknown, port: number): boolean {
  const ports = list(rule, 'ports');
  return (
    ports.length === 0 ||
    ports.some((p) => {
      if ((text(p, 'protocol') ?? 'TCP') !== 'TCP') return false;
      const first = at(p, 'port');
      if (typeof first !== 'number') return true;
      return port >= first && port <= (number(p, 'endPort') ?? first);
    })
  );
}

/** What is not known (labels of a namespace that may not be read) counts as a match: never blame by guess. */
function isPeer(peer: unknown, end: Endpoint, home: string, labels: NamespaceLabels): boolean {
  const block = record(peer, 'ipBlock');
  if (Object.keys(block).length > 0) return inBlock(end.ip, block);
  const podSelector = at(peer, 'podSelector') as LabelSelector | undefined;
  const namespaceSelector = at(peer, 'namespaceSelector') as LabelSelector | undefined;
  const known = labels[end.namespace];
  const namespaceFits = namespaceSelector
    ? known === undefined || selects(namespaceSelector, known)
    : end.namespace === home;
  return namespaceFits && (podSelector === undefined || selects(podSelector, end.labels));
}

function inBlock(ip: string | undefined, block: unknown): boolean {
  if (ip === undefined || ip.includes(':')) return true;
  const inside = (cidr: string) => {
    const [base = '', bits = '32'] = cidr.split('/');
    const size = 2 ** (32 - Number(bits));
    return Math.floor(asNumber(ip) / size) === Math.floor(asNumber(base) / size);
  };
  return inside(text(block, 'cidr') ?? '') && !texts(block, 'except').some(inside);
}

function asNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function named(policy: KubeObject, way: Way): Blocking {
  const podSelector = record(policy.spec, 'podSelector') as LabelSelector;
  return {
    namespace: policy.metadata.namespace ?? '',
    name: policy.metadata.name,
    way,
    podSelector,
  };
}
