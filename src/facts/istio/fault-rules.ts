// The VirtualServices that a caller may use: one may inject a fault into its requests.
import { inEach, kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { listed } from '../../core/text.ts';
import { missedPart } from '../kube/ask.ts';
import { faultsIn } from '../../model/istio/faults.ts';
import { changes } from '../../model/kube/moments.ts';
import { virtualServices } from './kinds.ts';
import { ifServed } from '../mesh/served.ts';

/** The caller's namespace, the Service's, the root. */
export type FaultRulesArgs = { readonly namespaces: readonly string[] };

export const faultRules = fact({
  name: 'istio/fault-rules',
  asks: ({ namespaces }: FaultRulesArgs) =>
    `VirtualServices in ${Array.isArray(namespaces) ? listed([...new Set(namespaces)]) : String(namespaces)}`,
  byHand: ({ namespaces }) =>
    inEach(namespaces, (one) => kubectl`get virtualservices -n ${one} -o yaml`),
  needs: [needs(['list'], 'virtualservices.networking.istio.io', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { namespaces }, signal) => {
    const replies = await Promise.all(
      [...new Set(namespaces)].map(async (namespace) => {
        const question: ListQuestion = { ask: 'list', resource: virtualServices, namespace };
        const reply = await ports.ask(question, signal);
        return { question, reply: await ifServed(ports, question, reply, signal) };
      }),
    );
    const found = replies.flatMap(({ reply }) => (reply.ok ? reply.value.items : []));
    const missed = replies.flatMap(({ question, reply }) =>
      reply.ok || reply.why === 'absent'
        ? []
        : [missedPart(`virtualservices in ${question.namespace ?? ''}`, reply, question)],
    );
    return { ok: true, value: found, missed };
  },
  show: (all: readonly KubeObject[]) => {
    const faults = all.flatMap(faultsIn);
    if (all.length === 0) return ['none'];
    return faults.length === 0
      ? ['none injects a fault']
      : faults.map(({ namespace, name, at, status }) => `${namespace}/${name} ${at}: ${status}`);
  },
  moments: (all) => all.flatMap(changes),
});
