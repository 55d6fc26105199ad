// What guards a proxy's admin port: the Server that selects it, else the default policy that the pod was injected with
// (linkerd2 policy-controller/k8s/index/src/inbound/index.rs).
import { kubectl } from '../../../core/command.ts';
import { fact, needs } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { ListQuestion } from '../../../core/question.ts';
import type { Resource } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';
import type { Pod } from '../../kube/pod.ts';
import { at, number, text } from '../../../model/kube/read.ts';
import { adminPortOf, proxyContainer } from '../../../model/linkerd/mesh-pod.ts';
import { matchesSelector } from '../../../model/linkerd/policy/selector.ts';
import { ifServed } from '../../mesh/served.ts';

const servers: Resource = {
  group: 'policy.linkerd.io',
  version: 'v1beta3',
  plural: 'servers',
  kind: 'Server',
  namespaced: true,
};

export type Servers = readonly KubeObject[];

export const adminServers = fact({
  name: 'linkerd/servers',
  asks: ({ namespace }: { namespace: string }) => `Servers in ${namespace}`,
  byHand: ({ namespace }) => kubectl`get servers.policy.linkerd.io -n ${namespace} -o yaml`,
  needs: [needs(['list'], 'servers.policy.linkerd.io', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace }, signal) => {
    const question: ListQuestion = { ask: 'list', resource: servers, namespace };
    const reply = await ifServed(ports, question, await ports.ask(question, signal), signal);
    return reply.ok ? { ok: true, value: reply.value.items } : failure(reply, question);
  },
  show: (all: Servers) =>
    all.length === 0
      ? ['none']
      : all.map((s) => `${s.metadata.name}: port ${String(at(s.spec, 'port'))}`),
});

export type Gate =
  | { readonly is: 'server'; readonly name: string }
  | { readonly is: 'default'; readonly policy: string }
  | { readonly is: 'unknown' };

/** `all` is undefined if the Servers could not be listed. */
export function gateOf(all: Servers | undefined, pod: Pod): Gate {
  if (all === undefined) return { is: 'unknown' };
  const [first] = all
    .filter((server) => selectsPort(server, pod))
    .toSorted((a, b) => ageOf(a).localeCompare(ageOf(b)));
  if (first) return { is: 'server', name: first.metadata.name };
  const proxy = pod.containers.find(({ name }) => name === proxyContainer);
  const policy =
    pod.annotations['config.linkerd.io/default-inbound-policy'] ??
    proxy?.env['LINKERD2_PROXY_INBOUND_DEFAULT_POLICY'];
  return policy === undefined ? { is: 'unknown' } : { is: 'default', policy };
}

/** The oldest wins; at the same age, the first by name. */
function ageOf({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
}

function selectsPort({ spec }: KubeObject, pod: Pod): boolean {
  const selector = at(spec, 'podSelector');
  if (selector === undefined || !matchesSelector(selector, pod.labels)) return false;
  return number(spec, 'port') === adminPortOf(pod) || text(spec, 'port') === 'linkerd-admin';
}
