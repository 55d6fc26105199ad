// The same pod as policies see it. It is the question that `kube/pod` asks, so it is asked once.
import { kubectl } from '../../../core/command.ts';
import { fact, needs } from '../../../core/fact.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';
import { pods } from '../../kube/kinds.ts';
import { readWorkload } from '../../../model/linkerd/policy/workload.ts';

export const policyPod = fact({
  name: 'linkerd/policy-pod',
  asks: (args: { pod: PodRef }) => `the ports and probes of ${podText(args.pod)}`,
  byHand: ({ pod }) => kubectl`get pod ${pod.name} -n ${pod.namespace} -o yaml`,
  needs: [needs(['get'], 'pods', 'target')],
  timeoutMs: 10_000,
  fetch: async (ports, args, signal) => {
    const ref = { resource: pods, name: args.pod.name, namespace: args.pod.namespace };
    const question = { ask: 'get', ref } as const;
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readWorkload(reply.value) } : failure(reply, question);
  },
  show: ({ named, probes }) => [
    ...named.map((p) => `port ${p.port} is named ${p.name}`),
    ...probes.map((p) => `the kubelet probes ${p.path} on port ${p.port}`),
  ],
});
