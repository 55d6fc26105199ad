// Whether a node is there: its own conditions. A pod on a node that is gone keeps the status it had.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { GetQuestion } from '../../core/question.ts';
import { failure } from './ask.ts';
import { nodes } from './kinds.ts';
import { list, text } from '../../model/kube/read.ts';

export type NodeHealth = {
  readonly name: string;
  /** Condition Ready; `Unknown` when its kubelet does not report any more. */
  readonly ready: string;
  readonly message: string;
  /** `DiskPressure`, `MemoryPressure`, `PIDPressure`: those that are True. */
  readonly pressure: readonly string[];
};

export const nodeHealth = fact({
  name: 'kube/node-health',
  asks: ({ node }: { node: string }) => `the conditions of the node ${node}`,
  byHand: ({ node }) => kubectl`describe node ${node}`,
  needs: [needs(['get'], 'nodes', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { node }, signal) => {
    const question: GetQuestion = { ask: 'get', ref: { resource: nodes, name: node } };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const conditions = list(reply.value.status, 'conditions');
    const ready = conditions.find((c) => text(c, 'type') === 'Ready');
    return {
      ok: true,
      value: {
        name: node,
        ready: text(ready, 'status') ?? 'Unknown',
        message: text(ready, 'message') ?? 'its status does not say why',
        pressure: conditions.flatMap((c) => {
          const type = text(c, 'type') ?? '';
          return type.endsWith('Pressure') && text(c, 'status') === 'True' ? [type] : [];
        }),
      },
    };
  },
  show: ({ ready, message, pressure }) => [
    `Ready: ${ready} (${message})`,
    ...(pressure.length > 0 ? [`under pressure: ${pressure.join(', ')}`] : []),
  ],
});
