// Which pod has an address: an access log names its callers only by IP.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure } from './ask.ts';
import { pods } from './kinds.ts';
import { readPod, type Pod } from './pod.ts';

export type PodAtArgs = { readonly ip: string };

export const podAt = fact({
  name: 'kube/pod-at',
  asks: ({ ip }: PodAtArgs) => `the pod with the address ${ip}`,
  byHand: ({ ip }) => kubectl`get pods -A -o wide --field-selector status.podIP=${ip}`,
  needs: [needs(['list'], 'pods', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { ip }, signal): Promise<Fetched<Pod>> => {
    const question: ListQuestion = { ask: 'list', resource: pods, fields: `status.podIP=${ip}` };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    // Pods on the node's own network share its address; a terminated pod keeps its old one.
    const found = reply.value.items
      .map(readPod)
      .filter((p) => !p.hostNetwork && p.phase === 'Running');
    const [only, more] = found;
    if (only && !more) return { ok: true, value: only };
    const detail = more ? `several pods have the address ${ip}` : `no pod has the address ${ip}`;
    return { ok: false, why: 'absent', detail };
  },
  show: (value) => [
    `${value.ref.namespace}/${value.ref.name}, service account ${value.serviceAccount}`,
  ],
});
