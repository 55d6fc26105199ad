// What decides about a new pod: its namespace, the webhooks, and how Linkerd was installed.
import { valueOf, type Answers, type Place } from '../../../src/authoring.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { nowOf, subjectsOf, templateOf } from '../../../src/model/linkerd/inject/subject.ts';
import { verdictOf, type Verdict } from '../../../src/model/linkerd/inject/verdict.ts';
import { subjectOf, type Running } from '../../shared/kube/subject.ts';
import type { cluster } from './checks/cluster.ts';

type Here = NonNullable<ReturnType<typeof hereOf>>;

/** Without the namespace's annotations and the webhooks there is no verdict. */
export function hereOf({ namespace, webhooks, plane }: Partial<Answers<typeof cluster>>) {
  if (namespace?.kind !== 'known' || webhooks?.kind !== 'known') return undefined;
  const tokenProjection = valueOf(plane)?.config?.tokenProjection ?? true;
  return {
    namespace: namespace.value,
    world: { webhooks: webhooks.value.webhooks, settings: { tokenProjection } },
    now: webhooks.value.now,
    from: [namespace, webhooks] as const,
  };
}

export function verdictFor(
  { world, namespace }: Pick<Here, 'world' | 'namespace'>,
  subject: Subject,
): Verdict {
  return verdictOf(world, namespace, templateOf(subject));
}

/** Some pod has no proxy, or is missing, although it would be injected: then the webhook's backend needs a closer look. */
export function shouldHaveProxy(seen: Answers<typeof cluster>, target: Place): boolean {
  const here = hereOf(seen);
  if (!here) return false;
  return subjectsAt(seen.pod, target)
    .filter((subject) => isShort(subject) || nowOf(subject.pods).is === 'bare')
    .some((subject) => verdictFor(here, subject).is === 'injected');
}

/** What the target is about: one workload or pod, or all of a namespace. */
export function subjectsAt(got: Running, target: Place): readonly Subject[] {
  if (target.is === 'namespace') {
    const all = valueOf(got.all);
    return all ? subjectsOf(all) : [];
  }
  const one = subjectOf(got, target);
  return one ? [one] : [];
}
