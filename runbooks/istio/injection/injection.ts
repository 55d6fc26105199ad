// A pod that has no sidecar, or would lose the one it has. Two gates decide when a pod is created: the API server calls
// the webhooks whose selectors match, then istiod injects the pod unless its own rules exclude it.
import { aheadLook, input, runbookOf } from '../../../src/authoring.ts';
import { injectors } from '../../../src/facts/istio/inject/facts.ts';
import { asked } from './checks/asked.ts';
import { discovery, gates, refusals } from './checks/judged.ts';
import { findings } from './says.ts';

const { pod, namespace, webhooks, config, backends } = asked;

export default runbookOf(
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
    among: { last: ['restart-refused'] },
    ahead: () => [aheadLook(injectors, {})],
  },
  [pod, namespace, webhooks, config, backends, refusals, gates, discovery],
);
