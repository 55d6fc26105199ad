// What has no sidecar by design, and ends the question.
import { contributor, symptom, tells, type Found } from '../../../src/authoring.ts';
import { nowOf } from '../../../src/model/istio/inject/subject.ts';
import { subjectOf, type Input, type Running } from '../../shared/kube/subject.ts';

export const outside = {
  ambient: contributor(
    '{subject} is in ambient mode: it has no sidecar by design, its node has a ztunnel.',
    { means: 'Its traffic is in the mesh all the same. Injection is not what to look at.' },
  ),
  'ambient-pending': symptom(
    '{subject} is labelled for ambient mode, and its traffic is not redirected to a ztunnel.',
    {
      means:
        'It needs no sidecar. The istio-cni agent of its node redirects it and notes that on the pod; the note is missing.',
    },
  ),
  'ambient-conflict': contributor(
    '{subject} is labelled for ambient mode and has a sidecar: the sidecar wins.',
    {
      means:
        'A pod with a sidecar is left out of the redirect to the ztunnel, whatever its labels say.',
    },
  ),
  ended: contributor('{subject} has ended ({phase}) and gets no sidecar any more.', {
    means: 'What it makes next is judged when it is made.',
  }),
  'static-pod': contributor(
    '{subject} is a static pod: its node makes it, and no webhook changes it.',
    { means: 'What the API server shows is a mirror. Such a pod stays outside the mesh.' },
  ),
  'mesh-part': contributor(
    '{subject} is {what}: it belongs to the mesh and has no sidecar itself.',
    { means: 'Diagnose a workload instead.' },
  ),
};
const tell = tells(outside);

export function byDesign(running: Running, input: Input): Found | undefined {
  const subject = subjectOf(running, input.target);
  const first = input.target.is === 'pod' ? running.pod : running.all;
  if (!subject || first?.kind !== 'known') return undefined;
  const about = { subject: subject.text };
  const rest = { from: [first] } as const;
  const now = nowOf(subject.pods);
  switch (now.is) {
    case 'ambient':
      return tell('ambient', about, rest);
    case 'static':
      return tell('static-pod', about, rest);
    case 'mesh-part':
      return tell('mesh-part', { ...about, what: now.what }, rest);
    case 'ended':
      return tell('ended', { ...about, phase: now.pod.phase }, rest);
    default:
      return undefined;
  }
}
