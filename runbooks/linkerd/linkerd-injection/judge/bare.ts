// How `linkerd-injection` concludes about a pod without a proxy that would get one now: it was made before, or while
// nobody answered.
import { age } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { createdAt, type Subject } from '../../../../src/model/kube/subject.ts';
import { askedThen } from '../../../../src/model/linkerd/inject/asked.ts';
import { verdictOf, type Verdict } from '../../../../src/model/linkerd/inject/verdict.ts';
import type { Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import * as slots from '../slots.ts';
import type { InjectionSay, Trouble, View } from '../view.ts';

type Injected = Extract<Verdict, { is: 'injected' }>;

export function sayBare(
  say: InjectionSay,
  view: View,
  subject: Subject,
  pod: Pod,
  { by }: Injected,
): void {
  const at = { ...slots.makerSlots(subject), subject: subject.text };
  const made = createdAt(pod);
  const then = askedThen(view.events, subject.maker, made, view.now);
  const own = verdictOf(view.world, view.namespace, pod);
  const trouble = view.troubleOf(by);
  const from = [...view.from, ...view.answering] as const;
  if (own.is !== 'injected' && own.is !== 'unknown') {
    const what = 'its pods carry other labels and annotations than the template has now';
    return say('older-than-template', { ...at, what }, ...view.from);
  }
  if (then.is === 'skipped') {
    const what = `the injector was asked when it was made, and said: ${then.why}`;
    return say('older-than-annotation', { ...at, what }, ...from);
  }
  const open = by.failurePolicy === 'Ignore';
  if (open && trouble && trouble.is !== 'blocked') {
    return sayOpen(say, view, subject, by, trouble);
  }
  const older = olderThan(view, by, made, then.is === 'never');
  if (older) return say.likely(older.is, { ...at, what: older.what }, ...from);
  if (then.is !== 'never') return say('unexplained', at, ...from);
  if (open && trouble) return sayOpen(say.likely, view, subject, by, trouble);
  const answering = slots.answerSlots(view, by, trouble);
  say.likely('not-reached', { ...at, ...answering }, ...from);
}

function sayOpen(
  say: InjectionSay | InjectionSay['likely'],
  view: View,
  subject: Subject,
  by: Webhook,
  trouble: Trouble,
): void {
  const at = { ...slots.makerSlots(subject), subject: subject.text };
  const answering = { ...slots.answerSlots(view, by, trouble), ...slots.trustSlots(view, by) };
  const why = slots.troubleText(trouble);
  const bundleText = slots.bundleText(by, trouble);
  say('failing-open', { ...at, ...answering, why, bundleText }, ...view.answering, ...view.from);
}

type Older = {
  readonly is: 'older-than-annotation' | 'older-than-webhook' | 'while-down';
  readonly what: string;
};

/**
 * What changed after the pod was made. A webhook that was never reached was not kept away by an annotation: it is called
 * for every pod, and says that it skipped it.
 */
function olderThan(
  { namespace, injectsSince }: View,
  by: Webhook,
  made: number | undefined,
  never: boolean,
): Older | undefined {
  if (made === undefined) return undefined;
  const after = (at: number | undefined) => (at !== undefined && at > made ? age(at - made) : '');
  const { name, annotated, changed } = namespace;
  const asked = annotated ?? changed;
  const told = annotated ? 'annotated' : 'last changed';
  const found: readonly (Older & { readonly when: string })[] = [
    {
      is: 'older-than-annotation',
      when: never ? '' : after(asked?.at),
      what: `namespace ${name} was ${told} by ${asked?.by ?? 'somebody'}`,
    },
    {
      is: 'older-than-webhook',
      when: after(by.created),
      what: `${by.configuration} was created`,
    },
    { is: 'while-down', when: after(injectsSince), what: 'it started' },
  ];
  const first = found.find(({ when }) => when !== '');
  return first && { is: first.is, what: `${first.what} ${first.when} after the pod` };
}
