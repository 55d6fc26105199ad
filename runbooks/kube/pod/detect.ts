// The cheap sign that `pod` fits a pod.
import { detector } from '../../../src/authoring.ts';
import { pod, unwell } from '../../../src/facts/kube/pod.ts';

export const detect = detector({
  asks: 'Is the pod well?',
  rulesOut: 'a pod that is not well',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
  judge: (got) => {
    const [first] = got.kind === 'known' ? unwell(got.value) : [];
    return got.kind === 'known' && first !== undefined
      ? { says: `The pod is not well: ${first}.`, from: [got] }
      : undefined;
  },
});
