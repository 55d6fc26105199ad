// Weft's control plane, a Deployment.
import { kubectl } from '../../../src/core/command.ts';
import { fact, needs } from '../../../src/core/fact.ts';
import { failure } from '../../../src/facts/kube/ask.ts';
import { deployments } from '../../../src/facts/kube/kinds.ts';
import { number } from '../../../src/model/kube/read.ts';

const name = 'weft-controller';

export const loom = fact({
  name: 'weft/loom',
  asks: ({ root }: { root: string }) => `Weft's control plane in ${root}`,
  byHand: ({ root }) => kubectl`get deployment ${name} -n ${root}`,
  needs: [needs(['get'], 'deployments.apps', 'mesh-root', { names: [name] })],
  timeoutMs: 5000,
  fetch: async (ports, { root }, signal) => {
    const question = { ask: 'get', ref: { resource: deployments, name, namespace: root } } as const;
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    return { ok: true, value: { ready: number(reply.value.status, 'readyReplicas') ?? 0 } };
  },
  show: ({ ready }) => [`${ready} ready`],
});
