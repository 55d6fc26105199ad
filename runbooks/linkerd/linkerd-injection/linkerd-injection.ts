// A pod that has no Linkerd proxy, has one that does not start, or would lose it. Two gates decide when a pod is created:
// the API server calls the webhook whose selectors match, then the injector injects what annotations ask for.
import { aheadLook, input, runbookOf } from '../../../src/authoring.ts';
import { linkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { injectors } from '../../../src/facts/linkerd/inject/facts.ts';
import { checks } from './checks.ts';
import { findings } from './says.ts';

export default runbookOf(
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
    answersOnly: ['two-proxies'],
    among: { last: ['webhook-broken'] },
    ahead: ({ linkerd }) => [
      aheadLook(injectors, {}),
      aheadLook(linkerdControlPlane, { named: linkerd }),
    ],
  },
  checks,
);
