// NetworkPolicies that keep the API server from the injector. It is no pod, so only rules without peers or with address
// blocks can let it in; many network plugins let it in all the same, so this is never sure.
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { ListQuestion } from '../../../core/question.ts';
import { failure } from '../../kube/ask.ts';
import { networkPolicies } from '../../kube/kinds.ts';
import { blockingPolicies } from '../../kube/network-policy.ts';
import { injectorPort } from './facts.ts';

/** What the chart gives its pods (linkerd2 charts/linkerd-control-plane/templates/proxy-injector.yaml). */
export const injectorLabels = { 'linkerd.io/control-plane-component': 'proxy-injector' } as const;

/** Names of the policies that select the injector and let in no API server. */
export const shutOut = fact({
  name: 'linkerd/injector-policies',
  asks: ({ namespace }: { namespace: string }) => `NetworkPolicies in ${namespace}`,
  byHand: ({ namespace }) => kubectl`get networkpolicies -n ${namespace} -o yaml`,
  needs: [needs(['list'], 'networkpolicies.networking.k8s.io', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace }, signal): Promise<Fetched<readonly string[]>> => {
    const question: ListQuestion = { ask: 'list', resource: networkPolicies, namespace };
    const reply = await ports.ask(question, signal);
    return reply.ok
      ? { ok: true, value: shuttingOut(reply.value.items, namespace) }
      : failure(reply, question);
  },
  show: (all) =>
    all.length === 0
      ? ['none blocks the API server from the injector']
      : all.map((name) => `${name} selects the injector and does not allow the API server`),
});

export function shuttingOut(policies: readonly KubeObject[], namespace: string): readonly string[] {
  // No name, no labels, no known address: selectors do not match it, and any address block may.
  const apiServer = { namespace: '', labels: {}, ip: undefined };
  const injector = { namespace, labels: injectorLabels, ip: undefined };
  const args = { from: apiServer, to: [injector], toNamespace: namespace, port: injectorPort };
  return blockingPolicies(policies, args, { '': {} }).map(({ name }) => name);
}
