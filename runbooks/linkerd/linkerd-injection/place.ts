// Which pods a question is about.
import { valueOf, type Place } from '../../../src/authoring.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import { subjectsOf } from '../../../src/model/linkerd/inject/subject.ts';
import { subjectOf, type Running } from '../../shared/kube/subject.ts';

export function subjectsAt(got: Running, target: Place): readonly Subject[] {
  if (target.is === 'namespace') {
    const all = valueOf(got.all);
    return all ? subjectsOf(all) : [];
  }
  const one = subjectOf(got, target);
  return one ? [one] : [];
}
