// A pod that has no Linkerd proxy, or one that does not start, or would lose it. Two gates decide when it is created: the
// API server calls the webhook whose selectors match, and the injector injects what its annotations ask for.
import { input, runbookOf, stop } from '../../../src/authoring.ts';
import { cluster } from './checks/cluster.ts';
import { checks } from './checks.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';

const runbook = runbookOf(
  {
    id: 'linkerd-injection',
    aliases: ['linkerd-inject', 'linkerd-proxy-missing'],
    mesh: 'linkerd',
    title: 'Linkerd proxy is missing',
    symptom: 'A pod has no linkerd-proxy, its proxy never starts, or a restart would change that.',
    words: [
      'not injected',
      'not meshed',
      'no proxy',
      'inject annotation has no effect',
      'pods are not created',
    ],
    input: { target: input.place('the pod, workload or namespace that should be in the mesh') },
    findings,
    detect,
  },
  checks,
);

/** What has no proxy by design ends the diagnosis: a check can state that, or stop, and not both yet. */
const steps = runbook.steps.map((step): typeof step => {
  if (step.id !== cluster.pod.id) return step;
  return {
    ...step,
    judge: (got, say, asked, sofar) => {
      const found = step.judge(got, say, asked, sofar);
      if (typeof found !== 'object' || !('length' in found) || found.length === 0) return found;
      for (const { id, slots, from } of found) say(id, slots, ...from);
      return stop;
    },
  };
});

export default { ...runbook, steps };
