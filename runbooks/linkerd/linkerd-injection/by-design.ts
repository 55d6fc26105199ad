// What has no proxy by design, and ends the question.
import { contributor, tells, type Found, type Place } from '../../../src/authoring.ts';
import { nowOf } from '../../../src/model/linkerd/inject/subject.ts';
import { subjectOf, type Running } from '../../shared/kube/subject.ts';

export const outside = {
  ended: contributor('{subject} has ended ({phase}) and gets no proxy any more.', {
    means: 'What it makes next is judged when it is made.',
  }),
  'static-pod': contributor(
    '{subject} is a static pod: its node makes it, and no webhook changes it.',
    { means: 'What the API server shows is a mirror. Such a pod stays outside the mesh.' },
  ),
  'mesh-part': contributor(
    '{subject} is {what}: it is a part of Linkerd, and the webhook leaves it out.',
    { means: 'Its proxy is written into its manifest. Diagnose a workload instead.' },
  ),
};
const tell = tells(outside);

export function byDesign(got: Running, target: Place): Found | undefined {
  const subject = subjectOf(got, target);
  const first = target.is === 'pod' ? got.pod : got.all;
  if (!subject || first?.kind !== 'known') return undefined;
  const about = { subject: subject.text };
  const from = [first] as const;
  const now = nowOf(subject.pods);
  switch (now.is) {
    case 'static':
      return tell('static-pod', about, { from });
    case 'mesh-part':
      return tell('mesh-part', { ...about, what: now.what }, { from });
    case 'ended':
      return tell('ended', { ...about, phase: now.pod.phase }, { from });
    default:
      return undefined;
  }
}
