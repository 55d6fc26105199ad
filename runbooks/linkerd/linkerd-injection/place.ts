// Which pods a question is about, before it is known what answers the webhook.
import { valueOf, type Place } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { nowOf, subjectsOf } from '../../../src/model/linkerd/inject/subject.ts';
import { subjectOf, verdictFor, viewOf, type Sofar } from './view.ts';

type Got = NonNullable<Sofar['pod']>;

function subjectsAt(got: Got, target: Place): readonly Subject[] {
  if (target.is === 'namespace') {
    const all = valueOf(got.all);
    return all ? subjectsOf(all) : [];
  }
  const one = subjectOf({ pod: got }, { target });
  return one ? [one] : [];
}

export function podsOf(got: Got, target: Place): readonly Pod[] {
  return subjectsAt(got, target).flatMap(({ pods }) => pods);
}

/** Some pod is bare, or missing, and both gates would inject it: then what answers the webhook is worth a closer look. */
export function shouldHaveProxy(sofar: Sofar, target: Place): boolean {
  const view = viewOf(sofar);
  if (!view || !sofar.pod) return false;
  return subjectsAt(sofar.pod, target)
    .filter((subject) => isShort(subject) || nowOf(subject.pods).is === 'bare')
    .some((subject) => verdictFor(view, subject).is === 'injected');
}
