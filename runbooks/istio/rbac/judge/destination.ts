// What `rbac` says of a destination that no proxy protects: that answers the question.
import { podText, stop, type runbookOf } from '../../../../src/authoring.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import type { Gathered, Input } from '../checks.ts';

type Step = ReturnType<typeof runbookOf>['steps'][number];

/** A check cannot tell and stop at once, so this one is judged as a step is. */
export function stopping(step: Step): Step {
  return {
    ...step,
    judge: (got, say, input) => {
      const { about } = got as NonNullable<Gathered['destination']>;
      if (about.kind !== 'known') return undefined;
      const { is } = meshRole(about.value);
      if (is !== 'none' && is !== 'control-plane' && is !== 'proxyless') return undefined;
      const { pod } = (input as Input).dst;
      say('no-proxy', { pod: podText(pod), namespace: pod.namespace, name: pod.name }, about);
      return stop;
    },
  };
}
