// What is there: the pods, their namespace, the webhook and the control plane behind it.
import { check, stop } from '../../../../src/authoring.ts';
import { pod as onePod } from '../../../../src/facts/kube/pod.ts';
import { workloads } from '../../../../src/facts/kube/workloads.ts';
import { linkerdControlPlane } from '../../../../src/facts/linkerd/control-plane.ts';
import { annotated, injectors } from '../../../../src/facts/linkerd/inject/facts.ts';
import { byDesign } from '../by-design.ts';
import { namespaceOf, type Input } from '../../../shared/kube/subject.ts';

export const pod = check<Input>()({
  id: 'pod',
  asks: 'What runs now, and from what is it made?',
  why: 'A native sidecar, the default since 2.20, stands among the init containers.',
  rulesOut: 'a pod that has no proxy by design',
  uses: [onePod, workloads],
  gather: async (look, { target }) => {
    const [one, all] = await Promise.all([
      target.is === 'pod' ? look(onePod, { pod: target.pod }) : undefined,
      look(workloads, { namespace: namespaceOf(target) }),
    ]);
    return { pod: one, all };
  },
  judge: (got, _, { target }) => {
    const found = byDesign(got, target);
    return found && [found, stop];
  },
});

const namespace = check<Input>()({
  id: 'namespace',
  asks: 'What does its namespace ask for?',
  why: 'An annotation asks, a label does not, and one label keeps every webhook away.',
  uses: [annotated],
  gather: (look, { target }) => look(annotated, { name: namespaceOf(target) }),
});

const webhooks = check<Input>()({
  id: 'webhooks',
  asks: 'Which webhook injects, and what does it select?',
  why: 'Its own selectors decide, which an install may change.',
  uses: [injectors],
  gather: (look) => look(injectors, {}),
});

const plane = check<Input>()({
  id: 'plane',
  asks: 'Is the injector up, and how was it installed?',
  why: 'A pod that is made while no injector answers starts without a proxy.',
  uses: [linkerdControlPlane],
  gather: (look, { linkerd }) => look(linkerdControlPlane, { named: linkerd }),
});

export const cluster = { pod, namespace, webhooks, plane };
