// A pod that has no sidecar, or would lose the one it has. Two gates decide when it is created: the API server calls
// the webhooks whose selectors match, and istiod injects what they send unless its own rules say no.
import { input, runbookOf, stop } from '../../../src/authoring.ts';
import { asked } from './checks/asked.ts';
import { discovery, gates, refusals } from './checks/judged.ts';
import { detect } from './detect.ts';
import { byDesign } from './judge.ts';
import { findings } from './says.ts';
import type { Input, Running } from './subject.ts';

const { pod, namespace, webhooks, config, backends } = asked;

const runbook = runbookOf(
  {
    id: 'injection',
    aliases: ['injection-missing', 'no-sidecar'],
    mesh: 'istio',
    title: 'Sidecar is missing',
    symptom: 'A pod has no istio-proxy, its workload gets no pods, or a restart would change that.',
    words: [
      'not injected',
      'without a sidecar',
      'no proxy',
      'inject label has no effect',
      'pods are not created',
    ],
    input: { target: input.place('the pod, workload or namespace that should be in the mesh') },
    findings,
    detect,
  },
  [pod, namespace, webhooks, config, backends, refusals, gates, discovery],
);

// A check tells or stops, and what has no sidecar by design does both: its step is judged here.
export default {
  ...runbook,
  steps: runbook.steps.map((step): typeof step => (step.id === pod.id ? ending(step) : step)),
};

function ending(step: (typeof runbook.steps)[number]): typeof step {
  return {
    ...step,
    judge: (running, say, target) => {
      const told = byDesign(running as Running, target as Input);
      if (!told) return;
      say(told.id, told.slots, ...told.from);
      return stop;
    },
  };
}
