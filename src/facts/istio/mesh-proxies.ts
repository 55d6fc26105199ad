// How many proxies a control plane serves, if it cannot be asked.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure } from '../kube/ask.ts';
import { pods } from '../kube/kinds.ts';

/** Set on every injected pod (istio manifests/.../files/injection-template.yaml). */
const injected = 'security.istio.io/tlsMode=istio';
const most = 500;

export type ProxyCount = { readonly proxies: number; readonly more: boolean };

export const meshProxies = fact({
  name: 'istio/mesh-proxies',
  asks: (_: Record<string, never>) => 'how many pods in the cluster have a sidecar',
  byHand: () => kubectl`get pods -A -l ${injected} --no-headers`,
  needs: [needs(['list'], 'pods', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, _args, signal) => {
    const question: ListQuestion = { ask: 'list', resource: pods, labels: injected, limit: most };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const value = { proxies: reply.value.items.length, more: reply.value.more };
    // Of the rest, only "more than" is said.
    return { ok: true, value, without: [question] };
  },
  show: ({ proxies, more }: ProxyCount) => [
    `${more ? 'more than ' : ''}${proxies} pods with a sidecar`,
  ],
});
