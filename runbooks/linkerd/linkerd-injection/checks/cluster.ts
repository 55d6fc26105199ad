// What is there: the pods, their namespace, the webhook and the control plane behind it.
import { check } from '../../../../src/authoring.ts';
import { linkerdControlPlane } from '../../../../src/facts/linkerd/control-plane.ts';
import { annotated, injectors } from '../../../../src/facts/linkerd/inject/facts.ts';
import { nowOf } from '../../../../src/model/linkerd/inject/subject.ts';
import { namespaceAsks, runningOf } from '../../../shared/admission/running.ts';
import type { Input } from '../../../shared/kube/subject.ts';
import { tellShared } from '../words.ts';

const pod = runningOf({
  why: 'A native sidecar, the default since 2.20, is one of the init containers.',
  rulesOut: 'a pod that has no proxy by design',
  tell: tellShared,
  nowOf,
});

const namespace = namespaceAsks(
  annotated,
  'An annotation asks for injection, a label does not, and one label turns every webhook off.',
);

const webhooks = check<Input>()({
  id: 'webhooks',
  asks: 'Which webhook injects, and what does it select?',
  why: 'Its selectors decide, and an install may change them.',
  uses: [injectors],
  gather: (look) => look(injectors, {}),
});

const plane = check<Input>()({
  id: 'plane',
  asks: 'Is the injector up, and how was it installed?',
  why: 'A pod that is created while no injector answers starts without a proxy.',
  uses: [linkerdControlPlane],
  gather: (look, { linkerd }) => look(linkerdControlPlane, { named: linkerd }),
});

export const cluster = { pod, namespace, webhooks, plane };
